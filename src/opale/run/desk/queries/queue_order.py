"""The order of the queue, and why a ticket is where it is.

Source: docs/rules/priority.md, "The queue".

Within a stream: what can be worked on now, then priority, then the nearest due time, then Premium.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When

from opale.customers.models import Coverage
from opale.kernel import business_time
from opale.kernel.business_time import Calendar
from opale.kernel.errors import NotFound
from opale.kernel.isolation import is_customer_request
from opale.kernel.reference_cache import cached
from opale.organisation.models import WorkingCalendar
from opale.run.desk.models import FOREVER, Commitment, DeskQuerySet, Intervention, Kind, Ticket

ORDER = ("priority", "next_due_at", "-premium", "received_at", "id")
COUNT_LIMIT = 1000
_INSTANT = timedelta(microseconds=1)


def opens_at(calendar: Calendar, at: datetime) -> datetime:
    """Return when the calendar is next open: `at` itself when it is open then."""
    return business_time.add(calendar, at, _INSTANT) - _INSTANT


def closed_calendars(at: datetime) -> dict[int, datetime]:
    """Return the working calendars that are closed at a moment, each with when it opens again."""
    opening = {pk: opens_at(calendar, at) for pk, calendar in _calendars()}
    return {pk: opens for pk, opens in opening.items() if opens > at}


@cached(1)
def _calendars() -> tuple[tuple[int, Calendar], ...]:
    rows = WorkingCalendar.objects.values_list("pk", "record")
    return tuple((pk, Calendar.from_record(record)) for pk, record in rows)


def has_intervention(at: datetime) -> Exists:
    """Return the condition that an intervention runs: work is done outside the hours of the
    plan."""
    running = Intervention.objects.filter(
        Q(ends=None) | Q(ends__gt=at), ticket=OuterRef("pk"), starts__lte=at
    )
    return Exists(running)


SOLD = (
    Commitment.Measure.ACKNOWLEDGE,
    Commitment.Measure.FIRST_RESPONSE,
    Commitment.Measure.RESTORE,
    Commitment.Measure.RESOLVE,
)
"""What contracts promise; the rest is promised by the desk to itself, or by an agent."""


def runs_always() -> Exists:
    """Return the condition that a promise of the contract runs day and night, not yet kept."""
    running = Commitment.objects.filter(
        ticket=OuterRef("pk"),
        measure__in=SOLD,
        coverage=Coverage.ALWAYS,
        met_at=None,
        due_at__isnull=False,
    )
    return Exists(running)


OWN_PLATFORM = Q(kind=Kind.INCIDENT, item__isnull=False, item__customer=None)
"""A failure of the provider's own platform: worked day and night, whatever plan it affects."""


def outside_hours(at: datetime, closed: Collection[int]) -> Q:
    """Return the filter for tickets whose plan covers the customer's hours alone, while their
    calendar is one of those closed and no promise to the customer runs."""
    return (
        Q(plan_version__coverage=Coverage.CUSTOMER_HOURS, customer__calendar_id__in=closed)
        & ~OWN_PLATFORM
        & ~Q(has_intervention(at))
        & ~Q(runs_always())
    )


@dataclass(frozen=True, slots=True)
class Queue:
    """Tickets in queue order, the columns of their order, and when the closed calendars open.

    Each ticket carries `waits`: it is outside the hours that its plan covers.
    """

    tickets: DeskQuerySet[Ticket]
    order: tuple[str, ...]
    opening: Mapping[int, datetime]

    def sorted(self) -> DeskQuerySet[Ticket]:
        return self.tickets.order_by(*self.order)

    def starts_at(self, ticket: Ticket) -> datetime | None:
        """Return when work on a ticket of this queue begins; None when it is worked now."""
        return starts_at(ticket, self.opening)


def starts_at(ticket: Ticket, opening: Mapping[int, datetime]) -> datetime | None:
    """Return when work on a ticket that carries `waits` begins; None when it is worked now."""
    if not getattr(ticket, "waits", False) or ticket.customer is None:
        return None
    return opening.get(ticket.customer.calendar_id)


def in_order(tickets: DeskQuerySet[Ticket], at: datetime) -> Queue:
    """Sort the tickets: workable at `at` first, then by priority, nearest due time and Premium.

    A customer's own are not told apart by the hours of work: its role reads no calendar.
    """
    opening = {} if is_customer_request() else closed_calendars(at)
    order = ("waits", *ORDER) if opening else ORDER
    return Queue(with_waits(tickets, at, sorted(opening)), order, opening)


def with_waits(
    tickets: DeskQuerySet[Ticket], at: datetime | None, closed: Collection[int]
) -> DeskQuerySet[Ticket]:
    """Annotate each ticket with whether it waits for its hours, given the closed calendars."""
    if at is None or not closed:
        # In business hours the index of the order is enough: nothing has to be sorted.
        return tickets.annotate(waits=Value(False, output_field=BooleanField()))
    return tickets.annotate(waits=Case(When(outside_hours(at, closed), then=True), default=False))


def work_starts_at(ticket: Ticket, at: datetime) -> datetime | None:
    """Return when work on a ticket that waits for its hours begins; None when it is worked now."""
    if ticket.customer is None or ticket.plan_version is None:
        return None
    if ticket.plan_version.coverage != Coverage.CUSTOMER_HOURS:
        return None
    opens = opens_at(Calendar.from_record(ticket.customer.calendar.record), at)
    if opens <= at:
        return None
    outside = outside_hours(at, [ticket.customer.calendar_id])
    return opens if Ticket.objects.filter(outside, pk=ticket.pk).exists() else None


@dataclass(frozen=True)
class QueuePlace:
    """The place of a ticket in the queue of its stream, and the reasons for it."""

    ticket: Ticket
    at: datetime
    place: int
    nearest: Commitment | None
    starts_at: datetime | None

    @cached_property
    def own_platform(self) -> bool:
        item = self.ticket.item
        return self.ticket.kind == Kind.INCIDENT and item is not None and item.customer_id is None

    @cached_property
    def promised_always(self) -> bool:
        """Return whether a promise of the contract runs day and night."""
        return Ticket.objects.filter(runs_always(), pk=self.ticket.pk).exists()

    @cached_property
    def intervention(self) -> Intervention | None:
        return running_intervention(self.ticket, self.at)

    @property
    def more_before(self) -> bool:
        return self.place > COUNT_LIMIT


def place_of(ticket: Ticket, queue: DeskQuerySet[Ticket], at: datetime) -> QueuePlace:
    """Return the place of an open ticket among those of its stream, counted up to COUNT_LIMIT."""
    same = in_order(queue.filter(stream=ticket.stream), at)
    starts_at = work_starts_at(ticket, at)
    values = {"waits": starts_at is not None}
    before, equal = Q(), Q()
    for column in same.order:
        name, down = column.removeprefix("-"), column.startswith("-")
        value = values.get(name, getattr(ticket, name, None))
        before |= equal & Q(**{f"{name}__{'gt' if down else 'lt'}": value})
        equal &= Q(**{name: value})
    earlier = same.tickets.filter(before).order_by()[: COUNT_LIMIT + 1].count()
    nearest = None
    if ticket.next_due_at < FOREVER:
        running = Commitment.objects.filter(ticket=ticket, met_at=None, due_at__isnull=False)
        nearest = running.order_by("due_at").first()
    return QueuePlace(ticket, at, earlier + 1, nearest, starts_at)


def running_intervention(ticket: Ticket, at: datetime) -> Intervention | None:
    """Return the running intervention outside the hours of the plan, with who agreed to it."""
    running = Intervention.objects.filter(
        Q(ends=None) | Q(ends__gt=at), ticket=ticket, starts__lte=at
    )
    return running.select_related("agreed_by").first()


def interventions_of(ticket: Ticket) -> list[Intervention]:
    return list(Intervention.objects.filter(ticket=ticket).select_related("agreed_by"))


def get_intervention(ticket: Ticket, intervention_id: int) -> Intervention:
    """Errors: NotFound."""
    found = Intervention.objects.filter(ticket=ticket, pk=intervention_id).first()
    if found is None:
        raise NotFound
    return found
