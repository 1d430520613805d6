"""Who is asking, for each request: `request.actor`, language and time zone."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from opale.kernel.actor import ANONYMOUS, Actor
from opale.kernel.isolation import as_customers
from opale.organisation.models import User
from opale.organisation.queries import actor_of

Handler = Callable[[HttpRequest], HttpResponseBase]


class Asker:
    """Sets the actor, the language and the time zone; a customer's request runs as the portal role."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        actor = actor_of(user) if isinstance(user, User) else ANONYMOUS
        request.actor = actor
        zone = user.time_zone if isinstance(user, User) else settings.TIME_ZONE
        with translation.override(self.language(request)), timezone.override(ZoneInfo(zone)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.answer(request, actor)
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
        return response

    def answer(self, request: HttpRequest, actor: Actor) -> HttpResponseBase:
        if actor.kind == "contact" and not request.path.startswith("/account/"):
            with as_customers(customers_of(actor)):
                response = self.get_response(request)
                render = getattr(response, "render", None)
                return render() if callable(render) else response
        return self.get_response(request)

    @staticmethod
    def language(request: HttpRequest) -> str:
        """The cookie of this browser, then the user's choice, then what the browser asks for."""
        spoken = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen in spoken:
            return chosen
        if isinstance(request.user, User) and request.user.language in spoken:
            return request.user.language
        return translation.get_language_from_request(request)


def customers_of(actor: Actor) -> frozenset[int]:
    """The customers that a contact's grants name."""
    return frozenset().union(*(scope.customers for scope in actor.grants.values()))
