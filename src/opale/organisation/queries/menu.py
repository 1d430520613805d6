"""Rooms that a reader pinned to the menu, or took out of it."""

from opale.kernel.actor import Actor
from opale.organisation.models import User
from opale.ui.navigation import Pins


def pins_of(actor: Actor) -> Pins | None:
    """Return the pins of the actor's login; None for whoever cannot pin anything."""
    if actor.person_id is None or actor.user_id is None:
        return None
    user = User.objects.get(pk=actor.user_id)
    return Pins(frozenset(user.pinned), frozenset(user.unpinned))
