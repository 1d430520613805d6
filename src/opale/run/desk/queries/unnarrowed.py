"""A list of the queue that nothing narrows: what nearly every page of one asks, so that its
questions are made once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.compiled_queries import compiled
from opale.kernel.rows import rows_of
from opale.run.desk.models import Commitment, DeskQuerySet, Sight, Ticket
from opale.run.desk.queries.queue_order import ORDER, closed_calendars, with_waits
from opale.run.desk.queries.ticket_lists import (
    DUE_SOON,
    NEWEST,
    View,
    in_view,
    with_list_annotations,
)
from opale.ui.keyset import Kinds, Order

PLACE_KINDS: Final[Kinds] = {
    "waits": bool,
    "priority": range(1, 6),
    "next_due_at": datetime,
    "premium": bool,
    "received_at": datetime,
    "id": int,
}
VALUES: Final = ("next_due_at", "received_at", "id")
NEAREST_CLOCKS = """
    SELECT DISTINCT ON (ticket_id) ticket_id, id, measure, starts_at, due_at FROM desk_commitment
    WHERE ticket_id = ANY(%s) AND met_at IS NULL AND due_at IS NOT NULL
    ORDER BY ticket_id, due_at, id
"""


@dataclass(frozen=True, slots=True)
class Unnarrowed:
    """A view at a moment, in its order; `opening` says when the closed calendars open.

    Its rows are those of `for_list` and `in_order`.
    """

    view: View
    at: datetime
    order: tuple[str, ...]
    opening: Mapping[int, datetime]

    @classmethod
    def of(cls, view: View, at: datetime) -> "Unnarrowed":
        if view == "all":
            return cls(view, at, NEWEST, {})
        opening = closed_calendars(at)
        return cls(view, at, ("waits", *ORDER) if opening else ORDER, opening)

    def rows(
        self, size: int, *, seen_by: Actor, place: Sequence[Any] = (), back: bool = False
    ) -> list[Ticket]:
        """The first tickets, or the first beyond a place (the values of `order`). With `back` from
        the end on, so that the place's nearest comes first."""
        known = dict(zip(Order(self.order).names(), place, strict=bool(place)))
        rows: list[Ticket] = []
        # What waits for its hours comes behind; sorted with the others, all would be read.
        for waits in self._halves(back):
            if known and known.get("waits") != waits:
                continue
            rows += self._half(waits, known, size, seen_by, back)[: size - len(rows)]
            known = {}
            if len(rows) == size:
                break
        _read_clocks(rows)
        return rows

    def _halves(self, back: bool) -> tuple[bool | None, ...]:
        if not self.opening:
            return (None,)
        return (True, False) if back else (False, True)

    def _half(
        self, waits: bool | None, known: Mapping[str, Any], size: int, seen_by: Actor, back: bool
    ) -> list[Ticket]:
        sight = Sight.of(seen_by)
        place = tuple(known[name] for name in VALUES if name in known)
        if self.view == "all":
            return _newest(place, sight=sight, size=size, back=back)
        return _queued(
            self.at if self.opening else None,
            self.at + DUE_SOON if self.view == "due" else None,
            tuple(sorted(self.opening)),
            place,
            view=self.view,
            sight=sight,
            size=size,
            waits=waits,
            rank=(known["priority"], known["premium"]) if known else (0, False),
            back=back,
        )


def _read_clocks(tickets: list[Ticket]) -> None:
    """The nearest clock that runs of each (`running`), as far as a line shows it."""
    found = rows_of(NEAREST_CLOCKS, [ticket.pk for ticket in tickets])
    nearest = {key: _clock(*shown) for key, *shown in found}
    for ticket in tickets:
        clock = nearest.get(ticket.pk)
        ticket.running = [clock] if clock else []  # type: ignore[attr-defined]  # read along


def _clock(pk: int, measure: str, starts_at: datetime, due_at: datetime) -> Commitment:
    return Commitment(pk=pk, measure=measure, starts_at=starts_at, due_at=due_at)


@compiled
def _newest(
    place: Sequence[Any], /, *, sight: Sight, size: int, back: bool
) -> DeskQuerySet[Ticket]:
    tickets = with_list_annotations(Ticket.objects.visible_to(sight.actor))
    return _beyond(tickets, Order(NEWEST), place, back)[:size]


@compiled
def _queued(
    at: datetime | None,
    soon: datetime | None,
    closed: Collection[int],
    place: Sequence[Any],
    /,
    *,
    view: View,
    sight: Sight,
    size: int,
    waits: bool | None,
    rank: tuple[int, bool],
    back: bool,
) -> DeskQuerySet[Ticket]:
    """`rank` are the priority and Premium of the place, of which there are few."""
    tickets = in_view(view, Ticket.objects.visible_to(sight.actor), seen_by=sight.actor, soon=soon)
    rows = with_list_annotations(with_waits(tickets, at, closed))
    if waits is not None:
        rows = rows.filter(Q(waits=waits))
    if place:
        (priority, premium), (due, received, key) = rank, place
        place = (priority, due, premium, received, key)
    return _beyond(rows, Order(ORDER), place, back)[:size]


def _beyond(
    rows: DeskQuerySet[Ticket], order: Order, place: Sequence[Any], back: bool
) -> DeskQuerySet[Ticket]:
    order = order.reversed() if back else order
    return (rows.filter(order.beyond(place)) if place else rows).order_by(*order.expressions())
