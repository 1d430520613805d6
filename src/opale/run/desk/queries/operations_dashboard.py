"""Figures of the operations dashboard: ages, clocks at risk, unaccepted work, long waits, workload.

Counts of work, never of people's performance: those are off unless switched on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Value, When

from opale.kernel.actor import Actor
from opale.kernel.capped_counts import capped_counts
from opale.organisation.models import Person
from opale.run.desk.models import (
    FOREVER,
    Commitment,
    DeskQuerySet,
    Ownership,
    Pause,
    Ticket,
)
from opale.run.desk.queries.ticket_lists import in_view
from opale.run.desk.queries.wallboards import breached_since, has_unaccepted_work, start_of_day
from opale.run.desk.states import OPEN_STATES, WAITING_STATES, TicketState

AGES = (
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
)
"""The limits between the ages of open work; the last age is open-ended."""
LONG_WAIT = timedelta(days=3)
"""The longest acceptable wait for a customer."""
COUNT_LIMIT = 10_000
BY_DEFAULT = {
    "triage": Ownership.Reason.RECEIVED,
    "lead": Ownership.Reason.RECEIVED_BY_LEAD,
    "manager": Ownership.Reason.RECEIVED_BY_MANAGER,
}
FIGURES = (
    "late",
    "due-1h",
    "due-4h",
    "not-accepted",
    "waiting-long",
    "broken-today",
    "by-triage",
    "by-lead",
    "by-manager",
    "ownerless",
)


@dataclass(frozen=True, slots=True)
class PersonWorkload:
    """A person's workload: work in progress, and waiting."""

    person: Person
    working: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The figures of the dashboard; `ages` counts open tickets by stream ("" for none yet) and by
    age, the youngest first."""

    figures: Mapping[str, int]
    open: int
    ages: Mapping[str, list[int]]
    hands: list[PersonWorkload]


def get_dashboard(*, seen_by: Actor, at: datetime, stream: str = "") -> Dashboard:
    rows = [tickets_behind_figure(name, seen_by=seen_by, at=at, stream=stream) for name in FIGURES]
    opened = _open(seen_by, stream)
    counts = capped_counts([*rows, opened], COUNT_LIMIT)
    return Dashboard(
        figures=dict(zip(FIGURES, counts, strict=False)),
        open=counts[-1],
        ages=_ages(opened, at),
        hands=_hands(opened),
    )


def tickets_behind_figure(
    name: str, *, seen_by: Actor, at: datetime, stream: str = "", of: str = ""
) -> DeskQuerySet[Ticket]:
    """Return the tickets behind a figure; `of` is an age (`0` to `5`) or an owner."""
    rows = _open(seen_by, stream)
    mine = {"ticket": OuterRef("pk")}
    running = Commitment.objects.filter(**mine, met_at=None, due_at__isnull=False)
    if name == "late":
        return in_view("late", rows, seen_by=seen_by, at=at)
    if name == "due-1h":
        return in_view("due", rows, seen_by=seen_by, at=at)
    if name == "due-4h":
        return rows.filter(Exists(running.filter(due_at__gte=at, due_at__lt=at + AGES[1])))
    if name == "not-accepted":
        return rows.filter(has_unaccepted_work())
    if name == "waiting-long":
        waits = Pause.objects.filter(**mine, ends=None, kind=Pause.Kind.CUSTOMER)
        long = Exists(waits.filter(starts__lt=at - LONG_WAIT))
        return rows.filter(long, state=TicketState.PENDING)
    if name == "broken-today":
        broken = breached_since(start_of_day(at), seen_by=seen_by).values("ticket")
        return _of_stream(Ticket.objects.visible_to(seen_by), stream).filter(pk__in=broken)
    if name == "age":
        return rows.filter(_aged(int(of), at))
    if name == "owner":
        return rows.filter(owner_id=int(of))
    present = Ownership.objects.filter(**mine, ends=FOREVER)
    if name == "ownerless":
        return rows.exclude(Exists(present))
    reason = BY_DEFAULT[name.removeprefix("by-")]
    return rows.filter(Exists(present.filter(reason=reason)), state=TicketState.NEW)


def _open(seen_by: Actor, stream: str) -> DeskQuerySet[Ticket]:
    return _of_stream(Ticket.objects.visible_to(seen_by).filter(state__in=OPEN_STATES), stream)


def _of_stream(rows: DeskQuerySet[Ticket], stream: str) -> DeskQuerySet[Ticket]:
    return rows.filter(stream="" if stream == "none" else stream) if stream else rows


def _aged(bucket: int, at: datetime) -> Q:
    youngest = Q(received_at__lte=at - AGES[bucket - 1]) if bucket else Q()
    oldest = Q(received_at__gt=at - AGES[bucket]) if bucket < len(AGES) else Q()
    return youngest & oldest


def _ages(opened: DeskQuerySet[Ticket], at: datetime) -> dict[str, list[int]]:
    """Count the open tickets by stream and age, in one query."""
    buckets = range(len(AGES) + 1)
    aged = Case(
        *(When(_aged(bucket, at), then=Value(bucket)) for bucket in buckets),
        output_field=IntegerField(),
    )
    rows = opened.annotate(aged=aged).values_list("stream", "aged").annotate(number=Count("pk"))
    found: dict[str, list[int]] = {}
    for stream, bucket, number in rows.order_by():
        found.setdefault(stream, [0] * len(buckets))[bucket] = number
    return found


def _hands(opened: DeskQuerySet[Ticket]) -> list[PersonWorkload]:
    rows = opened.values("owner_id").annotate(
        waiting=Count("pk", filter=Q(state__in=WAITING_STATES)), whole=Count("pk")
    )
    held = {row["owner_id"]: row for row in rows.order_by()}
    people = Person.objects.in_bulk(list(held))
    hands = [
        PersonWorkload(people[pk], row["whole"] - row["waiting"], row["waiting"])
        for pk, row in held.items()
    ]
    return sorted(hands, key=lambda hand: (-hand.working, -hand.waiting, hand.person.name))
