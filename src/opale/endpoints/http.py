"""Requests with an actor, and the rights needed to open a page."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed

P = ParamSpec("P")

SESSION = "session"
READER = "opale.reader"
"""Key of a request's environment for the actor that it was found to be from; "" for nobody."""


class ActorRequest(HttpRequest):
    """Request after organisation's middleware, with its actor or ANONYMOUS.

    `credential` is "session", "token:<id>", or "" without a valid one.
    """

    actor: Actor
    credential: str
    htmx: HtmxDetails
    revision: int


View = Callable[Concatenate[ActorRequest, P], HttpResponseBase]


def needs(right: str, *others: str) -> Callable[[View[P]], View[P]]:
    """Open a page to those who hold `right` on any row; "" for any logged-in user.

    With `others`, each of these rights opens it too.

    `visible_to` decides what they see, the action what they may change. An anonymous visitor is
    redirected to the login. Errors: NotAllowed.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if request.actor.kind == "anonymous":
                if request.user.is_authenticated:
                    # The login would send it back here, and so on.
                    raise NotAllowed(_("This login belongs to no active person."))
                return _to_login(request)
            if right and not any(request.actor.can(one) for one in (right, *others)):
                raise NotAllowed
            return view(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]  # read by the table of routes
        return guarded

    return decorate


def _to_login(request: ActorRequest) -> HttpResponseBase:
    if request.htmx:
        # A redirect would be followed by the browser and the login drawn inside the region.
        page = request.htmx.current_url_abs_path or "/"
        login = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page})}"
        return HttpResponse(status=401, headers={"HX-Redirect": login})
    return redirect_to_login(request.get_full_path())
