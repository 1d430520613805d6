"""Wishes of people for the roster."""

from datetime import date

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.shifts.models import DutyWish, DutyWishQuerySet


def wishes_of(actor: Actor, *, since: date) -> DutyWishQuerySet:
    """Return the actor's wishes from a day on."""
    if actor.person_id is None:
        return DutyWish.objects.none()
    return DutyWish.objects.filter(person=actor.person_id, day__gte=since).order_by("day")


def get_wish(wish_id: int, *, seen_by: Actor) -> DutyWish:
    """Return a wish of the actor. Errors: NotFound."""
    own = DutyWish.objects.none()
    if seen_by.person_id is not None:
        own = DutyWish.objects.filter(person=seen_by.person_id)
    wish = own.filter(pk=wish_id).first()
    if wish is None:
        raise NotFound
    return wish
