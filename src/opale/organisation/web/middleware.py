"""Middleware that sets `request.actor`, language and time zone."""

from collections.abc import Callable
from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from opale.endpoints.http import READER, SESSION, ActorRequest
from opale.endpoints.rate_limits import refuse_call
from opale.kernel.actor import ANONYMOUS, Actor
from opale.kernel.isolation import as_customers
from opale.kernel.reference_cache import pinned, revision
from opale.organisation.actions.access import record_session_use
from opale.organisation.actions.tokens import record_token_use
from opale.organisation.models import ApiToken, User
from opale.organisation.queries.identity import actor_of, actor_of_token, get_valid_token
from opale.organisation.web.devices import remember_browser

Handler = Callable[[HttpRequest], HttpResponseBase]
API_ROOTS = ("/api/", "/tmf-api/")
OWN_ROLE = ("/account/",)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


KNOWN_LOGIN = "opale.login"
"""The key in a request's environment of the user and actor of its session, known for less than a
minute. No client can set it."""


class LoginMiddleware(AuthenticationMiddleware):
    """Sets `request.user`, from KNOWN_LOGIN where the server knows the login already."""

    def process_request(self, request: HttpRequest) -> None:
        known: tuple[User, Actor] | None = request.META.get(KNOWN_LOGIN)
        if known is not None:
            request.user = known[0]
            return
        super().process_request(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        remember_browser(request, response)
        return response


class ActorMiddleware:
    """Sets the actor, the language and the time zone; a customer's request runs as the portal role.

    In the API a bearer token, even an invalid one, goes before the session of the browser.
    The use of a session is recorded at most once a minute.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, plain: HttpRequest) -> HttpResponseBase:
        request = cast(ActorRequest, plain)
        if request.method in SAFE:  # a request that only reads changes no cached data
            with pinned():
                return self.ask(request)
        return self.ask(request)

    def ask(self, request: ActorRequest) -> HttpResponseBase:
        with pinned():
            request.revision = revision()
            user = self.identify(request)
        request.META[READER] = request.actor.key if request.actor != ANONYMOUS else ""
        zone = user.time_zone if user else settings.TIME_ZONE
        with translation.override(language_of(request, user)), timezone.override(ZoneInfo(zone)):
            request.LANGUAGE_CODE = translation.get_language()
            called = request.path.startswith(API_ROOTS)
            refusal = refuse_call(request) if called else None
            response = refusal or self.answer(request, request.actor)
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
        return response

    def identify(self, request: ActorRequest) -> User | None:
        request.actor, request.credential = ANONYMOUS, ""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and request.path.startswith(API_ROOTS):
            return self.identify_token(request, get_valid_token(secret.strip()))
        if not isinstance(request.user, User):
            return None
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME):
            record_session_use(request)
        _user, actor = request.META.get(KNOWN_LOGIN) or (None, None)
        request.actor = actor or actor_of(request.user)
        request.credential = SESSION if request.actor != ANONYMOUS else ""
        return request.user

    @staticmethod
    def identify_token(request: ActorRequest, token: ApiToken | None) -> User | None:
        if token is None:
            return None
        request.actor = actor_of_token(token)
        if request.actor.kind != "anonymous":
            request.credential = f"token:{token.pk}"
        record_token_use(token)
        return token.user

    def answer(self, request: ActorRequest, actor: Actor) -> HttpResponseBase:
        if actor.kind == "contact" and not request.path.startswith(OWN_ROLE):
            reads = request.method in SAFE
            with as_customers(customers_of(actor), login=actor.user_id, reads=reads):
                response = self.get_response(request)
                if response.status_code >= 500:  # a failed request leaves nothing, not even in part
                    transaction.set_rollback(True)
                render = getattr(response, "render", None)
                return render() if callable(render) else response
        return self.get_response(request)


def language_of(request: HttpRequest, user: User | None) -> str:
    """Return the language: this browser's cookie, the user's choice, or the browser's request."""
    spoken = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in spoken:
        return chosen
    if user and user.language in spoken:
        return user.language
    return translation.get_language_from_request(request)


def customers_of(actor: Actor) -> frozenset[int]:
    """Return the customers that a contact's grants name."""
    return frozenset().union(*(scope.customers for scope in actor.grants.values()))
