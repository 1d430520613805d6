"""Authentication of endpoints: an API token, or the browser's session with its CSRF token.

Organisation's middleware has already identified the actor (`request.actor`, `request.credential`);
this module decides whether that opens the endpoint.
"""

from collections.abc import Callable, Sequence
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from opale.endpoints.http import SESSION, ActorRequest
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed


def may(right: str, *others: str) -> Sequence[Callable[[HttpRequest], Any]]:
    """Return the checks that open an endpoint to holders of `right` on any row; "" for any login.

    With `others`, each of these rights opens it too.
    """
    return [ApiToken(right, *others), BrowserSession(right, *others)]


class ApiToken(HttpBearer):
    """`Authorization: Bearer <token>`."""

    def __init__(self, right: str = "", *others: str) -> None:
        self.right, self.others = right, others
        super().__init__()

    def __call__(self, request: HttpRequest) -> Actor | None:
        if not _credential(request).startswith("token:"):
            return None
        return _admitted(request, self.right, *self.others)

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        return self(request)


class BrowserSession(APIKeyCookie):
    """Cookie of a logged-in browser; requests that change something carry the CSRF token too."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, right: str = "", *others: str) -> None:
        self.right, self.others = right, others
        super().__init__()

    def __call__(self, request: HttpRequest) -> Actor | None:
        if _credential(request) != SESSION:
            return None
        if check_csrf(request) is not None:
            raise NotAllowed(_("The request lacks this page's CSRF token."))
        return _admitted(request, self.right, *self.others)

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        return self(request)


def _credential(request: HttpRequest) -> str:
    return str(getattr(request, "credential", ""))


def _admitted(request: HttpRequest, right: str, *others: str) -> Actor:
    actor = cast(ActorRequest, request).actor
    if right and not any(map(actor.can, (right, *others))):
        raise NotAllowed(_("You, or this token, don't have permission to do this."))
    return actor
