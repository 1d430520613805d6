"""Views of the frame: pages and partials."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from opale.ui import palette, refusals, typed_dates
from opale.ui.context import THEME_COOKIE, THEMES
from opale.ui.current_actor import current_actor

YEAR = 365 * 24 * 3600
LONGEST_WORDS = 200


def _back(request: HttpRequest) -> HttpResponse:
    """Return a redirect to the page of the form, never to another site."""
    wanted = request.POST.get("next") or request.headers.get("Referer", "/")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    # Not by `redirect`, which takes a word without a slash for the name of a page.
    return HttpResponseRedirect(wanted if safe and "/" in wanted else "/")


def _words(request: HttpRequest) -> str:
    """Return the words typed into the palette, without what the database cannot search for."""
    return request.GET.get("q", "")[:LONGEST_WORDS].replace("\x00", "").strip()


def _remember(response: HttpResponse, cookie: str, value: str) -> HttpResponse:
    if value:
        response.set_cookie(
            cookie, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    else:
        response.delete_cookie(cookie, samesite="Lax")
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("language", "")
    spoken = wanted if wanted in dict(settings.LANGUAGES) else ""
    return _remember(_back(request), settings.LANGUAGE_COOKIE_NAME, spoken)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Set the theme: light, dark, or the system's when empty."""
    wanted = request.POST.get("theme", "")
    return _remember(_back(request), THEME_COOKIE, wanted if wanted in THEMES else "")


@never_cache
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Return the quick results of the palette; those of slow sources are fetched after it."""
    text, actor = _words(request), current_actor(request)
    found = palette.find(text, actor)
    partial = request.headers.get("HX-Request") == "true"
    further = [] if partial else palette.find_slow(text, actor)
    context = {
        "groups": palette.grouped(found + further),
        "last": palette.grouped(palette.fallback_results(text, actor)),
        "asked": text,
        "further": partial and bool(text),
    }
    return render(request, "ui/_results.html" if partial else "ui/palette.html", context)


@never_cache
@require_GET
def find_further(request: HttpRequest) -> HttpResponse:
    text = _words(request)
    groups = palette.grouped(palette.find_slow(text, current_actor(request)))
    return render(request, "ui/_results_further.html", {"groups": groups, "asked": text})


@never_cache
@require_GET
def rail(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/_frame/_rail.html")


@require_GET
def when(request: HttpRequest, past: bool = False) -> HttpResponse:
    """Return how a typed date is understood, while it is being typed; nothing when it is not."""
    typed = str(next(iter(request.GET.values()), ""))
    try:
        return HttpResponse(
            escape(typed_dates.format_moment(typed_dates.parse_moment(typed, past=past)))
            if typed
            else ""
        )
    except (ValueError, OverflowError):
        return HttpResponse("")


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/offline.html")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusals.render_refusal(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    sentence = "" if isinstance(exception, Http404) else str(exception)
    return refusals.render_refusal(request, 404, sentence)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the error page of a form drawn before the last login, or sent without cookies."""
    return refusals.render_refusal(request, 400)
