"""Offers of duties."""

from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.shifts import rights
from opale.run.shifts.models import SwapRequest, SwapRequestQuerySet


def offers(*, seen_by: Actor) -> SwapRequestQuerySet:
    """Return all offers, newest first."""
    found = SwapRequest.objects.visible_to(seen_by).select_related(
        "duty__team", "duty__person", "offered_by", "to", "in_return__team", "accepted_by"
    )
    return found.order_by("-id")


def get_offer(offer_id: int, *, seen_by: Actor) -> SwapRequest:
    """Errors: NotFound."""
    offer = offers(seen_by=seen_by).filter(pk=offer_id).first()
    if offer is None:
        raise NotFound
    return offer


def offered_to(actor: Actor) -> SwapRequestQuerySet:
    """Return open offers that the actor may take: made to that person or to one of their teams."""
    to_the_team = Q(to=None, duty__team__in=_teams(actor))
    open_ones = offers(seen_by=actor).open().exclude(offered_by=actor.person_id)
    return open_ones.filter(Q(to=actor.person_id, to__isnull=False) | to_the_team)


def offered_by(actor: Actor) -> SwapRequestQuerySet:
    """Return the actor's own offers that are still open."""
    return offers(seen_by=actor).open().filter(offered_by=actor.person_id)


def _teams(actor: Actor) -> frozenset[int]:
    scope = actor.scope(rights.SWAP)
    return scope.teams if scope is not None else frozenset()
