"""What upper rooms add to tickets and to the wall, beside the slots."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model, Q

from opale.kernel.actor import Actor
from opale.kernel.states import Move
from opale.run.desk.models import Merge, Ticket


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """A line of a ticket's timeline, visible to the desk alone. `template` draws `row` as
    `entry.row`."""

    at: datetime
    template: str
    row: Any
    actor: str = ""


class DatedRow(Protocol):
    """A line of the timeline as its page draws it: a `TimelineEvent`, or the desk's own entry."""

    @property
    def at(self) -> datetime: ...
    @property
    def template(self) -> str: ...
    @property
    def row(self) -> Any: ...
    @property
    def actor(self) -> str: ...


TimelineReader = Callable[[Ticket, int], Iterable[DatedRow]]
"""Returns the newest events of a ticket, at most so many."""


class MergeRule(Protocol):
    """What a merge does with the rows of a record. `move_back` is given what `move` returned,
    through JSON."""

    def move(self, record: "TicketRecord", merge: Merge, *, by: Actor, at: datetime) -> Any:
        """Move the rows of `merge.ticket` to `merge.into`."""

    def move_back(
        self,
        record: "TicketRecord",
        merge: Merge,
        moved: Any,
        way: Collection[int],
        *,
        at: datetime,
    ) -> None:
        """Move back to `merge.ticket` what still belongs to one of the tickets in `way`."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Rows follow the merge, except those that the other ticket has already by their `unique`
    columns."""

    unique: tuple[str, ...] = ()

    def move(self, record: "TicketRecord", merge: Merge, *, by: Actor, at: datetime) -> list[int]:
        rows, unique = record.model._default_manager, self.unique
        there = set(rows.filter(ticket=merge.into_id).values_list(*unique)) if unique else set()
        found = rows.filter(ticket=merge.ticket_id).values_list("pk", *unique)
        keys = [key for key, *columns in found if not unique or tuple(columns) not in there]
        record.attach(keys, merge.into)
        return keys

    def move_back(
        self,
        record: "TicketRecord",
        merge: Merge,
        moved: Any,
        way: Collection[int],
        *,
        at: datetime,
    ) -> None:
        here = record.model._default_manager.filter(pk__in=moved, ticket__in=way)
        record.attach(list(here.values_list("pk", flat=True)), merge.ticket)


@dataclass(frozen=True, slots=True)
class Block:
    """A reason for which tickets may not make some moves. `find` returns why, by ticket."""

    moves: tuple[Move, ...]
    find: Callable[[Sequence[Ticket]], Mapping[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRecord:
    """A table whose rows belong to a ticket. Every such table is registered.

    - `leads`: the columns that lead to the ticket on whose page the rows are shown.
    - `rare`: most tickets have none; the page asks once which of these exist, and reads only those.
    - `follows_customer`: `customer` is the ticket's, and changes with it; for this and for merges
      the column `ticket` is the one that counts.
    - `of_ticket`: which rows follow it; the others are another customer's.
    - `on_merge`: what a merge does with the rows; without it they stay.
    - `timeline`: the newest rows as entries of the ticket's timeline.
    - `block`: moves of the ticket that have to wait for the row.
    """

    model: type[Model]
    leads: tuple[str, ...] = ("ticket_id",)
    rare: bool = False
    follows_customer: bool = True
    of_ticket: Q = field(default_factory=Q)
    on_merge: MergeRule | None = None
    timeline: TimelineReader | None = None
    block: Block | None = None

    def set_customer(self, tickets: Collection[int], customer_id: int | None) -> None:
        """Set the customer of the rows that follow these tickets."""
        rows = self.model._default_manager.filter(self.of_ticket, ticket__in=tickets)
        rows.update(customer_id=customer_id)

    def attach(self, keys: Collection[int], ticket: Ticket) -> None:
        """Attach the rows with these keys to a ticket, and so to its customer."""
        columns: dict[str, int | None] = {"ticket_id": ticket.pk}
        if self.follows_customer:
            columns["customer_id"] = ticket.customer_id
        self.model._default_manager.filter(pk__in=keys).update(**columns)


_records: dict[type[Model], TicketRecord] = {}


def register_ticket_record(record: TicketRecord) -> None:
    """Register what belongs to tickets; called in a room's `apps.py`."""
    _records[record.model] = record


def ticket_records() -> Collection[TicketRecord]:
    """Return the registered records, those of the desk first."""
    return _records.values()


MissedCallCounter = Callable[[Actor], tuple[int, datetime | None]]
"""Returns the number of missed calls not called back, and since when the oldest waits."""
_missed: list[MissedCallCounter] = []


def register_missed_calls(count: MissedCallCounter) -> None:
    """Register the count of missed calls for the wall; without it, the wall shows none."""
    _missed[:] = [count]


def count_missed_calls(actor: Actor) -> tuple[int, datetime | None] | None:
    return _missed[0](actor) if _missed else None
