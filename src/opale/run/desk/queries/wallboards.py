"""Figures of the wallboard. Source: docs/rules/wall.md."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Exists, Min, OuterRef
from django.utils.functional import Promise
from django.utils.timezone import localtime

from opale.customers.models import Stream
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.capped_counts import capped_counts
from opale.kernel.errors import NotFound
from opale.run.desk.models import Assignment, Commitment, DeskQuerySet, Ticket, WallKey
from opale.run.desk.ports import count_missed_calls
from opale.run.desk.queries.queue_order import in_order
from opale.run.desk.queries.ticket_lists import tickets_in, with_list_columns
from opale.run.desk.states import AssignmentState, TicketState
from opale.run.events.queries.alerts import count_by_severity
from opale.run.events.states import Severity
from opale.run.shifts.models import Duty
from opale.run.shifts.queries.duties import Answerable, answerable, on_duty, service_desk

URGENT = (1, 2)
ROWS = 8
NEXT = 5
SHOWN_AHEAD = timedelta(hours=4)
COUNT_LIMIT = 1_000
SCREEN_RIGHTS = ("desk.read", "desk.console", "events.read", "shifts.read", "telephone.read")
"""The rights of a screen: no confidential tickets, since it is no person."""


@dataclass(frozen=True, slots=True)
class QueueLength:
    """A queue by its length and its oldest ticket: `since` is None where it is empty."""

    name: str | Promise
    count: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class WallboardState:
    """The state of operations at a glance; `next` falls due next and is less urgent."""

    urgent: list[Ticket]
    urgent_count: int
    next: list[Ticket]
    severities: list[tuple[Severity, int]]
    answers: Answerable | None
    shift: list[Duty]
    queues: list[QueueLength]
    breached: int
    missed: QueueLength | None = None
    lead: Duty | None = field(default=None)


def get_wallboard(*, seen_by: Actor, at: datetime) -> WallboardState:
    tickets = tickets_in("open", seen_by=seen_by, at=at).filter(priority__in=URGENT)
    asked = Assignment.objects.visible_to(seen_by).filter(state=AssignmentState.REQUESTED)
    broken = breached_since(start_of_day(at), seen_by=seen_by)
    standing = tickets_in("open", seen_by=seen_by, at=at).filter(has_unaccepted_work())
    urgent, unaccepted, breached = capped_counts([tickets, standing, broken], COUNT_LIMIT)
    found = count_by_severity(seen_by)
    shift = _shift(at)
    rows = list(with_list_columns(in_order(tickets, at).sorted())[:ROWS])
    return WallboardState(
        urgent=rows,
        next=_next(seen_by, at, ROWS - 2 - len(rows)),
        urgent_count=urgent,
        severities=[(s, found.get(s, 0)) for s in reversed(Severity) if s is not Severity.CLEAR],
        answers=_answers(at),
        shift=shift,
        lead=next((duty for duty in shift if duty.role == Duty.Role.LEAD), None),
        queues=[
            *_untriaged(seen_by, at),
            QueueLength("asked", unaccepted, asked.aggregate(since=Min("asked_at"))["since"]),
        ],
        breached=breached,
        missed=_missed_calls(seen_by),
    )


def _next(seen_by: Actor, at: datetime, size: int) -> list[Ticket]:
    """Return what falls due next of the rest; overdue tickets appear by their number alone."""
    rest = tickets_in("open", seen_by=seen_by, at=at).exclude(priority__in=URGENT)
    coming = rest.filter(next_due_at__gte=at, next_due_at__lt=at + SHOWN_AHEAD)
    return list(with_list_columns(coming).order_by("next_due_at", "id")[: max(0, min(size, NEXT))])


def has_unaccepted_work() -> Exists:
    """Return the condition that work asked on the ticket has not been accepted."""
    return Exists(Assignment.objects.filter(ticket=OuterRef("pk"), state=AssignmentState.REQUESTED))


def start_of_day(at: datetime) -> datetime:
    """Return midnight of the reader's day."""
    return localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def breached_since(at: datetime, *, seen_by: Actor) -> DeskQuerySet[Commitment]:
    """Return the customer commitments breached since then; assignments have their own."""
    return Commitment.objects.visible_to(seen_by).filter(breached_at__gte=at, assignment=None)


def _untriaged(seen_by: Actor, at: datetime) -> list[QueueLength]:
    """Return the untriaged tickets by stream."""
    rows = Ticket.objects.visible_to(seen_by).filter(state=TicketState.NEW)
    counted = dict(_by_stream(rows))
    oldest = dict(rows.values_list("stream").annotate(since=Min("received_at")).order_by())
    names: list[tuple[str, str | Promise]] = [*Stream.choices, ("", "none")]
    return [QueueLength(name, counted.get(key, 0), oldest.get(key)) for key, name in names]


def _by_stream(rows: DeskQuerySet[Ticket]) -> list[tuple[str, int]]:
    streams = [*Stream.values, ""]
    counts = capped_counts([rows.filter(stream=stream) for stream in streams], COUNT_LIMIT)
    return list(zip(streams, counts, strict=True))


def _missed_calls(seen_by: Actor) -> QueueLength | None:
    told = count_missed_calls(seen_by)
    return QueueLength("missed", *told) if told else None


def _shift(at: datetime) -> list[Duty]:
    try:
        return on_duty(service_desk(), at)
    except NotFound:
        return []


def _answers(at: datetime) -> Answerable | None:
    try:
        return answerable(service_desk(), at)
    except NotFound:
        return None


def wall_keys(*, seen_by: Actor) -> list[WallKey]:
    """Return the active wallboard links, the newest first."""
    return list(WallKey.objects.visible_to(seen_by).filter(revoked_at=None).order_by("-id"))


def get_wall_key(key_id: int, *, seen_by: Actor) -> WallKey:
    """Errors: NotFound."""
    found = WallKey.objects.visible_to(seen_by).filter(pk=key_id).first()
    if found is None:
        raise NotFound
    return found


def find_wall_key(key: str) -> WallKey:
    """Return the link of a screen by its key. Errors: NotFound (never made, or revoked)."""
    found = WallKey.objects.filter(digest=hash_wall_key(key), revoked_at=None).first()
    if found is None:
        raise NotFound
    return found


def hash_wall_key(key: str) -> str:
    """Hash a key: keys are long and random, so one round of SHA-256 is enough, and look-up is an
    index hit."""
    return sha256(key.encode()).hexdigest()


def screen_actor(key: WallKey) -> Actor:
    """Return the actor of a screen: read-only, and no person."""
    return Actor("token", f"wall:{key.pk}", key.name, dict.fromkeys(SCREEN_RIGHTS, EVERYTHING))


LONG_AGO = timedelta(minutes=30)
"""The wait after which the wallboard highlights a queue."""
