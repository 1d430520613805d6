"""Error pages: what happened, what is safe, what to do."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from opale.ui.current_actor import current_actor
from opale.ui.toasts import toast, trigger


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    title: str
    happened: str
    do: str


def describe_refusal(status: int) -> Refusal:
    said = {
        400: (
            _("Invalid request"),
            _("The browser sent something Opale cannot read. Nothing was changed."),
            _("Go back, reload the page and try again."),
        ),
        403: (
            _("You don't have permission to do this"),
            _("Your functions do not include this permission."),
            _("If you need it for your work, ask an administrator."),
        ),
        404: (
            _("Page not found"),
            _("This page does not exist, or you don't have access to it."),
            _("Check the address, or search for what you need."),
        ),
        409: (
            _("This changed in the meantime"),
            _(
                "Somebody else changed it first, or its current state does not allow this. "
                "Nothing was changed."
            ),
            _("Reload the page to see its current state."),
        ),
        422: (
            _("Some fields need correcting"),
            _("Nothing was changed."),
            _("Go back and correct the fields listed here."),
        ),
        429: (
            _("Too many requests"),
            _("Your login sent more requests than allowed in a short time. Nothing was changed."),
            _("Wait a moment, then try again."),
        ),
        500: (
            _("Something went wrong on our side"),
            _("The error was logged. Your last change was not saved, not even in part."),
            _("Try again in a minute. If it happens again, contact your administrator."),
        ),
        503: (
            _("Opale is busy"),
            _(
                "This page did not answer in time. Earlier changes are saved; your last one may "
                "not be."
            ),
            _("Try again in a moment."),
        ),
    }
    return Refusal(status, *said.get(status, said[500]))


def _page_to_load_again(request: HttpRequest) -> str:
    """Return the address asked for, or of what was posted the page of its button: the address of a
    button has no page.
    """
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    page = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return page if safe and "/" in page else "/"


def render_refusal(
    request: HttpRequest, status: int, sentence: str = "", *, broken: bool = False
) -> HttpResponse:
    """Return an error page, or for htmx a toast that leaves the page as it is. A `broken` one reads
    nothing that might fail again: neither counts nor session.
    """
    refusal = describe_refusal(status)
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=status)
        response.headers["HX-Reswap"] = "none"
        toast(response, sentence or f"{refusal.title}. {refusal.do}", tone="bad")
        # The screen is out of date: the region around the button is drawn again.
        return trigger(response, "opale:refresh") if status == 409 else response
    framed = not broken and current_actor(request).kind != "anonymous"
    context = {
        "refusal": refusal,
        "sentence": sentence,
        "broken": broken,
        "again": _page_to_load_again(request),
        "layout": "ui/base.html" if framed else "ui/door.html",
    }
    return render(request, "ui/refusal.html", context, status=status)
