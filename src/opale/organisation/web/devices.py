"""Browsers in which a login succeeded before: failures elsewhere do not lock their owner out.

Each has a signed cookie. Wrong passwords are counted for such a browser alone, and for all others
together, so that who guesses a password only ever stops strangers.
Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
"""

from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from opale.organisation.models import User
from opale.organisation.queries.identity import is_email_of

COOKIE = "opale_browser"
SALT = "opale.known-browser"
KEPT_SECONDS = 400 * 24 * 3600
"""As long as browsers keep a cookie."""


def trust_browser(*, request: HttpRequest, user: User, **_signal: Any) -> None:
    """Have the answer to this request tell the browser that its user is known there."""
    request.trusted_login = user  # type: ignore[attr-defined]  # read below, by the middleware


def remember_browser(request: HttpRequest, response: HttpResponseBase) -> None:
    """Set the cookie where a login has just succeeded, unless this browser has it already."""
    user: User | None = getattr(request, "trusted_login", None)
    if user is None or known_browser(request, user.email):
        return
    response.set_signed_cookie(
        COOKIE,
        f"{user.pk}:{token_urlsafe(12)}",
        salt=SALT,
        max_age=KEPT_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_browser(request: HttpRequest, email: str) -> str:
    """Return what names this browser, where the login of this address succeeded in it; else ""."""
    said = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=KEPT_SECONDS) or ""
    user_id, _colon, name = said.partition(":")
    if not name or not user_id.isdecimal():
        return ""
    return name if is_email_of(int(user_id), email) else ""
