"""Who asks for a page."""

from django.http import HttpRequest

from opale.kernel.actor import ANONYMOUS, Actor


def current_actor(request: HttpRequest) -> Actor:
    """The actor that organisation's middleware put on the request; without it, nobody."""
    actor = getattr(request, "actor", ANONYMOUS)
    return actor if isinstance(actor, Actor) else ANONYMOUS
