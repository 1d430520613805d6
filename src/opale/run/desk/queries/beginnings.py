"""How a list of the queue begins: what every page of one asks, so that it is made once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.fixed import fixed
from opale.kernel.prepared import rows_of
from opale.run.desk.models import Commitment, DeskQuerySet, Sight, Ticket
from opale.run.desk.queries.lists import DUE_SOON, View, in_view, with_marks
from opale.run.desk.queries.order import ORDER, closed_calendars, with_waits

NEWEST = ("-received_at", "-id")
NEAREST_CLOCKS = """
    SELECT DISTINCT ON (ticket_id) ticket_id, id, measure, starts_at, due_at FROM desk_commitment
    WHERE ticket_id = ANY(%s) AND met_at IS NULL AND due_at IS NOT NULL
    ORDER BY ticket_id, due_at, id
"""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first tickets of a view in the order of the queue, and when closed calendars open."""

    rows: list[Ticket]
    order: tuple[str, ...]
    opening: Mapping[int, datetime]


def beginning(view: View, size: int, *, seen_by: Actor, at: datetime) -> Beginning:
    """As `for_list` and `in_order` give them, of a view that nothing narrows."""
    sight = Sight.of(seen_by)
    if view == "all":
        rows = _newest(sight=sight, size=size)
        _read_clocks(rows)
        return Beginning(rows, NEWEST, {})
    opening = closed_calendars(at)
    soon = at + DUE_SOON if view == "due" else None
    closed = tuple(sorted(opening))
    moment = at if closed else None
    rows = _first(moment, soon, closed, view=view, sight=sight, size=size)
    # What waits for its hours comes behind; sorted with the others, all would be read.
    if closed and len(rows) < size:
        rest = size - len(rows)
        rows += _waiting(at, soon, closed, view=view, sight=sight, size=size)[:rest]
    _read_clocks(rows)
    return Beginning(rows, ("waits", *ORDER) if opening else ORDER, opening)


def _read_clocks(tickets: list[Ticket]) -> None:
    """The nearest clock that runs of each (`running`), as far as a line shows it."""
    found = rows_of(NEAREST_CLOCKS, [ticket.pk for ticket in tickets])
    nearest = {key: _clock(*shown) for key, *shown in found}
    for ticket in tickets:
        clock = nearest.get(ticket.pk)
        ticket.running = [clock] if clock else []  # type: ignore[attr-defined]  # read along


def _clock(pk: int, measure: str, starts_at: datetime, due_at: datetime) -> Commitment:
    return Commitment(pk=pk, measure=measure, starts_at=starts_at, due_at=due_at)


@fixed
def _newest(*, sight: Sight, size: int) -> DeskQuerySet[Ticket]:
    return with_marks(Ticket.objects.visible_to(sight.actor)).order_by(*NEWEST)[:size]


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
    at: datetime | None,
    soon: datetime | None,
    closed: Collection[int],
    view: View,
    sight: Sight,
) -> DeskQuerySet[Ticket]:
    tickets = in_view(view, Ticket.objects.visible_to(sight.actor), seen_by=sight.actor, soon=soon)
    return with_marks(with_waits(tickets, at, closed)).order_by(*ORDER)
