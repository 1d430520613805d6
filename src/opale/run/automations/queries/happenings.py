"""What happened to tickets in a time, and what fell due in it: read from their records.

A timed automation acts when `wait` has passed since a moment and the same did not happen again
meanwhile, or `wait` before the next SLA is due. Without a wait, moments are what triggers are.
Source: docs/rules/automations.md, "When".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import Greatest

from opale.kernel.models import StateMove
from opale.run.automations.states import Moment, Trigger
from opale.run.desk.models import (
    FOREVER,
    Assignment,
    Classification,
    Commitment,
    DeskQuerySet,
    Message,
    Ownership,
    Ticket,
)
from opale.run.desk.states import RETURN, RUNNING_STATES

TICKET: Final = "desk.ticket"
ASSIGNMENT: Final = "desk.assignment"
R = TypeVar("R", bound=Model)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a ticket, or fell due; `key` tells it from others of its kind."""

    ticket_id: int
    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Window:
    """A time, after `since` and until `until`, in which things happen or fall due by `wait` later.

    `running` are the tickets that are not ended now; without it those too that ended in it. With
    `most`, only so many of the newest happenings are read.
    """

    tickets: DeskQuerySet[Ticket]
    since: datetime
    until: datetime
    wait: timedelta = timedelta()
    running: bool = False
    most: int | None = None

    def among(self) -> QuerySet[Ticket]:
        wanted = Q(state__in=RUNNING_STATES)
        if not self.running:
            wanted |= Q(closed_at__gt=self.since)
        return self.tickets.filter(wanted)

    def holds(self, column: str) -> Q:
        """Return the filter of rows whose moment and wait end in this time."""
        begins, ends = self.since - self.wait, self.until - self.wait
        return Q(**{f"{column}__gt": begins, f"{column}__lte": ends})

    def newest(self, rows: QuerySet[R], column: str) -> QuerySet[R]:
        """Return the rows that are read: all of them, or the newest by this column."""
        return rows if self.most is None else rows.order_by(f"-{column}", "-pk")[: self.most]


Reader = Callable[[Window], Iterator[Happening]]


def happenings(trigger: Trigger, moment: str, window: Window) -> list[Happening]:
    """Return what is an occasion of an automation in a time, the newest first."""
    read = MOMENTS[Moment(moment)] if trigger == Trigger.TIME else TRIGGERS[trigger]
    found = sorted(read(window), key=lambda one: (one.at, one.key), reverse=True)
    return found[: window.most]


def _received(window: Window) -> Iterator[Happening]:
    rows = window.among().filter(window.holds("received_at"))
    for key, at in window.newest(rows, "received_at").values_list("pk", "received_at"):
        yield Happening(key, at + window.wait, "received")


def _restored(window: Window) -> Iterator[Happening]:
    rows = window.among().filter(window.holds("restored_at"))
    for key, at in window.newest(rows, "restored_at").values_list("pk", "restored_at"):
        if at is not None:
            yield Happening(key, at, f"restored:{at.isoformat()}")


def _moved(window: Window) -> Iterator[Happening]:
    """Yield changes of state that were not followed by another within the wait."""
    moves = StateMove.objects.filter(subject=TICKET).exclude(source=F("target"))
    later = moves.filter(
        subject_id=OuterRef("subject_id"),
        id__gt=OuterRef("id"),
        at__lte=OuterRef("at") + window.wait,
    )
    rows = moves.filter(window.holds("at"), subject_id__in=window.among().values("pk"))
    rows = rows.filter(~Exists(later)) if window.wait else rows
    for pk, key, at in window.newest(rows, "at").values_list("pk", "subject_id", "at"):
        yield Happening(key, at + window.wait, f"state:{pk}")


def _kept_state(window: Window) -> Iterator[Happening]:
    """Yield changes of state, and receipts, after which a ticket kept its state for the wait."""
    yield from _moved(window)
    moved = StateMove.objects.filter(
        subject=TICKET,
        subject_id=OuterRef("pk"),
        at__lte=OuterRef("received_at") + window.wait,
    ).exclude(source=F("target"))
    rows = window.among().filter(window.holds("received_at")).filter(~Exists(moved))
    for key, at in window.newest(rows, "received_at").values_list("pk", "received_at"):
        yield Happening(key, at + window.wait, "state:received")


def _messages(direction: Message.Direction, *, first: bool) -> Reader:
    """Return the reader of messages that no other of the same side followed within the wait;
    with `first`, the message that a ticket was received with is one of them."""

    def read(window: Window) -> Iterator[Happening]:
        sent = Message.objects.filter(direction=direction, visibility=Message.Visibility.PUBLIC)
        if direction == Message.Direction.SENT:
            sent = sent.filter(is_notice=False)
        rows = sent.filter(window.holds("at"), ticket__in=window.among())
        if window.wait:
            later = sent.filter(
                ticket=OuterRef("ticket"),
                at__gt=OuterRef("at"),
                at__lte=OuterRef("at") + window.wait,
            )
            rows = rows.filter(~Exists(later))
        if not first:
            rows = rows.filter(at__gt=F("ticket__received_at"))
        for pk, key, at in window.newest(rows, "at").values_list("pk", "ticket_id", "at"):
            yield Happening(key, at + window.wait, f"message:{pk}")

    return read


def _due(window: Window) -> Iterator[Happening]:
    """Yield SLAs that were open when the wait before their end began, or began within it."""
    rows = Commitment.objects.filter(ticket__in=window.among(), due_at__isnull=False)
    rows = rows.filter(due_at__gt=window.since, due_at__lte=window.until + window.wait)
    before = ExpressionWrapper(F("due_at") - window.wait, output_field=DateTimeField())
    fell = rows.annotate(fell=Greatest(before, F("starts_at")))
    fell = fell.filter(fell__gt=window.since, fell__lte=window.until)
    fell = fell.filter(Q(met_at=None) | Q(met_at__gt=F("fell")))
    for pk, key, at in window.newest(fell, "fell").values_list("pk", "ticket_id", "fell"):
        yield Happening(key, at, f"due:{pk}")


def _classified(window: Window) -> Iterator[Happening]:
    """Yield classifications but for the first, which a ticket is received with."""
    rows = Classification.objects.filter(window.holds("recorded_at"), ticket__in=window.among())
    first = Classification.objects.filter(ticket=OuterRef("ticket"), id__lt=OuterRef("id"))
    rows = rows.filter(Exists(first)).order_by()
    newest = window.newest(rows, "recorded_at")
    for pk, key, at in newest.values_list("pk", "ticket_id", "recorded_at"):
        yield Happening(key, at, f"classified:{pk}")


def _rows(model: Any, column: str, name: str, **only: Any) -> Reader:
    """Return the reader of the rows of a table, each with its ticket and a moment."""

    def read(window: Window) -> Iterator[Happening]:
        rows = model.objects.filter(window.holds(column), ticket__in=window.among(), **only)
        rows = window.newest(rows, column)
        for pk, key, at in rows.values_list("pk", "ticket_id", column):
            yield Happening(key, at, f"{name}:{pk}")

    return read


def _assignments(move: str) -> Reader:
    def read(window: Window) -> Iterator[Happening]:
        among = Assignment.objects.filter(ticket__in=window.among())
        moves = StateMove.objects.filter(window.holds("at"), subject=ASSIGNMENT, move=move)
        moves = window.newest(moves.filter(subject_id__in=among.values("pk")), "at")
        rows = list(moves.values_list("pk", "subject_id", "at"))
        moved = Assignment.objects.filter(pk__in={key for _pk, key, _at in rows})
        tickets = dict(moved.values_list("pk", "ticket_id"))
        for pk, key, at in rows:
            yield Happening(tickets[key], at, f"{move}:{pk}")

    return read


TRIGGERS: Final[Mapping[Trigger, Reader]] = {
    Trigger.RECEIVED: _received,
    Trigger.CLASSIFIED: _classified,
    Trigger.STATE: _moved,
    Trigger.OWNER: _rows(
        Ownership, "starts", "owner", reason__in=("taken", "given", "handed_over")
    ),
    Trigger.CUSTOMER_WROTE: _messages(Message.Direction.RECEIVED, first=False),
    Trigger.MESSAGE_SENT: _messages(Message.Direction.SENT, first=True),
    Trigger.ESCALATED: _assignments("ask"),
    Trigger.RETURNED: _assignments(RETURN.name),
    Trigger.RESTORED: _restored,
    Trigger.BREACHED: _rows(Commitment, "breached_at", "breached"),
}
MOMENTS: Final[Mapping[Moment, Reader]] = {
    Moment.RECEIVED: _received,
    Moment.STATE: _kept_state,
    Moment.CUSTOMER_WROTE: _messages(Message.Direction.RECEIVED, first=True),
    Moment.MESSAGE_SENT: _messages(Message.Direction.SENT, first=True),
    Moment.DUE: _due,
}


def due_soon(tickets: DeskQuerySet[Ticket], at: datetime, wait: timedelta) -> list[Happening]:
    """Return the running tickets whose next SLA is due within the wait, as their clocks say now."""
    rows = tickets.filter(state__in=RUNNING_STATES).exclude(next_due_at=FOREVER)
    rows = rows.filter(next_due_at__gt=at, next_due_at__lte=at + wait)
    return [
        Happening(key, max(due - wait, received), f"due:{due.isoformat()}")
        for key, due, received in rows.values_list("pk", "next_due_at", "received_at")
    ]
