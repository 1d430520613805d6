"""Middleware: the strict Content-Security-Policy, what caches may keep, and refusals as pages or
toasts.
"""

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import resolve_url

from opale.kernel.errors import (
    Conflict,
    IllegalMove,
    Invalid,
    NotAllowed,
    NotFound,
    OpaleError,
    TooMany,
    Unavailable,
)
from opale.ui import live_cursor, side_pane
from opale.ui.refusals import render_refusal

Handler = Callable[[HttpRequest], HttpResponseBase]

STATUS: dict[type[OpaleError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    IllegalMove: 409,
    Conflict: 409,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
}


ENDPOINTS = ("/api/", "/tmf-api/")
NUL = "%00"
REDIRECTS = {301, 302, 303}
OK = 200


def _lead(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    """Redirect the whole page: followed by htmx itself, a redirect would be drawn into a region."""
    target = response.headers["Location"]
    login = resolve_url(settings.LOGIN_URL)
    if urlsplit(target).path == login:
        # After the login, back to the page itself, not to its partial.
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        where = urlencode({"next": f"{shown.path}?{shown.query}" if shown.query else shown.path})
        target = f"{login}?{where}"
    led = HttpResponse(status=204, headers={"HX-Redirect": target})
    led.cookies = response.cookies
    return led


def _form_targets() -> str:
    """Return the allowed targets of forms: this site, and another provider's login it may redirect
    to.
    """
    providers = getattr(settings, "SOCIALACCOUNT_PROVIDERS", {})
    servers = [
        urlsplit(app.get("settings", {}).get("server_url", ""))
        for provider in providers.values()
        for app in provider.get("APPS", [])
    ]
    return " ".join(["'self'", *(f"{s.scheme}://{s.netloc}" for s in servers if s.netloc)])


class ContentSecurityPolicy:
    """Middleware of the policy: no inline code, nothing from elsewhere. A response may carry its
    own.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.policy = "; ".join(
            (
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "img-src 'self' data:",
                "font-src 'self'",
                "connect-src 'self'",
                "frame-src 'self'",
                "worker-src 'self'",
                "manifest-src 'self'",
                f"form-action {_form_targets()}",
                "base-uri 'none'",
                "frame-ancestors 'none'",
            )
        )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        return response


def _holds_nul(sent: QueryDict) -> bool:
    return any("\x00" in text for name, values in sent.lists() for text in (name, *values))


class PlainAddresses:
    """Middleware that takes NUL from the query of a page, and finds nothing where a path has it.

    No column holds it: whatever is looked for by such a text fails. Endpoints refuse it themselves.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if NUL in query and not request.path_info.startswith(ENDPOINTS):
            request.META["QUERY_STRING"] = query.replace(NUL, "")
        return self.get_response(request)


class NoStore:
    """Middleware that keeps pages, exports and answers out of every cache, unless a view says else.

    They hold what their reader alone may see; after a log-out the Back button shows none of it.
    Programs may keep an answer of the API that has an ETag, and ask whether it still holds.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        kept = "no-cache" if "ETag" in response.headers else "no-store"
        response.headers.setdefault("Cache-Control", f"private, {kept}")
        return response


class Refusals:
    """Middleware that draws a refusal as a page, or for htmx as a toast, with its status.

    As the last before the view, it also notes the place in the stream of changes
    (ui/live_cursor.py).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        live_cursor.record_cursor(request)
        response = self.get_response(request)
        if response.status_code in REDIRECTS and request.headers.get("HX-Request") == "true":
            if side_pane.targets_side_pane(request):
                return response  # the browser follows it with the same headers, into the pane
            return _lead(request, response)
        if response.status_code == OK and side_pane.targets_side_pane(request):
            side_pane.show_pending_toast(request, response)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: object,
        args: Sequence[object],
        named: Mapping[str, object],
    ) -> HttpResponse | None:
        if request.path_info.startswith(ENDPOINTS):
            return None
        if "\x00" in request.path_info:
            return render_refusal(request, 404, NotFound().sentence)
        # Programs of others, which come without a token, may send what the view reads raw.
        by_people = request.method == "POST" and not getattr(view, "csrf_exempt", False)
        if by_people and _holds_nul(request.POST):
            return render_refusal(request, 400, "")
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OpaleError):
            return None
        status = next((s for kind, s in STATUS.items() if isinstance(error, kind)), 500)
        response = render_refusal(request, status, error.sentence)
        if isinstance(error, TooMany | Unavailable):
            response.headers["Retry-After"] = str(max(1, ceil(error.retry_after.total_seconds())))
        return response
