"""Actor of a page's request."""

from django.http import HttpRequest

from opale.kernel.actor import ANONYMOUS, Actor


def current_actor(request: HttpRequest) -> Actor:
    """Return the actor that organisation's middleware put on the request; without it, ANONYMOUS."""
    actor = getattr(request, "actor", ANONYMOUS)
    return actor if isinstance(actor, Actor) else ANONYMOUS
