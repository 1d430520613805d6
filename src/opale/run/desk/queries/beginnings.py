"""How a list of the queue begins: what every page of one asks, so that it is made once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, prefetch_related_objects

from opale.kernel.actor import Actor
from opale.kernel.fixed import fixed
from opale.run.desk.models import DeskQuerySet, Sight, Ticket
from opale.run.desk.queries.lists import (
    DUE_SOON,
    View,
    in_view,
    let_go,
    running_clocks,
    with_marks,
)
from opale.run.desk.queries.order import ORDER, closed_calendars, with_waits


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first tickets of a view in the order of the queue, and when closed calendars open."""

    rows: list[Ticket]
    opening: Mapping[int, datetime]

    @property
    def order(self) -> tuple[str, ...]:
        return ("waits", *ORDER) if self.opening else ORDER


def beginning(view: View, size: int, *, seen_by: Actor, at: datetime) -> Beginning:
    """As `for_list` and `in_order` give them, of a view that nothing narrows."""
    opening, sight = closed_calendars(at), Sight.of(seen_by)
    soon = at + DUE_SOON if view == "due" else None
    closed = tuple(sorted(opening))
    rows = _first(at if closed else None, soon, closed, view=view, sight=sight, size=size)
    # What waits for its hours comes behind; sorted with the others, all would be read.
    if closed and len(rows) < size:
        rest = size - len(rows)
        rows += _waiting(at, soon, closed, view=view, sight=sight, size=size)[:rest]
    prefetch_related_objects(rows, running_clocks())
    let_go(rows)
    return Beginning(rows, opening)


@fixed
def _first(
    at: datetime | None,
    soon: datetime | None,
    closed: Collection[int],
    /,
    *,
    view: View,
    sight: Sight,
    size: int,
) -> DeskQuerySet[Ticket]:
    rows = _ordered(at, soon, closed, view, sight)
    return (rows.filter(Q(waits=False)) if closed else rows)[:size]


@fixed
def _waiting(
    at: datetime,
    soon: datetime | None,
    closed: Collection[int],
    /,
    *,
    view: View,
    sight: Sight,
    size: int,
) -> DeskQuerySet[Ticket]:
    return _ordered(at, soon, closed, view, sight).filter(Q(waits=True))[:size]


def _ordered(
    at: datetime | None, soon: datetime | None, closed: Collection[int], view: View, sight: Sight
) -> DeskQuerySet[Ticket]:
    seen = Ticket.objects.visible_to(sight.actor)
    tickets = in_view(view, seen, seen_by=sight.actor, soon=soon)
    return with_marks(with_waits(tickets, at, closed)).order_by(*ORDER)
