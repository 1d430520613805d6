"""Monthly availability of services and the penalties that follow, from the record of incidents.

Source: docs/rules/clocks.md, "Availability" and "Penalties".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from opale.customers.domain.penalties import HourTerms, StepTerms, parse_terms, penalty_amount
from opale.customers.models import Coverage, Customer, Measure, Service, SoldCommitment
from opale.customers.queries.promises import PromiseBook, Sale, promise_book
from opale.infrastructure.models import ItemActivity
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.business_time import Calendar
from opale.kernel.reference_cache import pinned
from opale.run.desk.domain.availability import Availability, Month, Span, availability
from opale.run.desk.models import Commitment, Kind, ServiceOutage, Ticket
from opale.run.desk.queries.clocks import readings
from opale.run.desk.states import TicketState

NO_OUTAGE = [TicketState.CANCELLED, TicketState.REJECTED]


@dataclass(frozen=True, slots=True)
class Outage:
    """An incident during which the service was down; it lasts until its end is stated."""

    ticket: Ticket
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Penalty:
    """The cost of a broken promise: a percentage, and an amount where the fee is known."""

    sold: SoldCommitment
    percent: Decimal
    amount: Decimal | None
    late: tuple[Ticket, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceMonth:
    """A service in a month: the promised and measured availability, and the penalties owed."""

    service: Service
    month: Month
    found: Availability
    promised: SoldCommitment | None
    outages: tuple[Outage, ...]
    penalties: tuple[Penalty, ...]

    @property
    def running(self) -> bool:
        """Return whether the month is not over: the figures are provisional."""
        return self.found.until < self.month.ends

    @property
    def kept(self) -> bool | None:
        """Return whether the promise was kept; None where nothing was promised, or no time was
        due."""
        if self.promised is None or self.promised.percent is None or self.found.exact is None:
            return None
        return self.found.exact >= self.promised.percent

    @property
    def owed(self) -> Decimal | None:
        """Return the sum of the penalties, never above the fee; None where the fee is not known."""
        fee = self.service.monthly_fee
        if fee is None:
            return None
        return min(sum((p.amount or Decimal(0) for p in self.penalties), Decimal(0)), fee)


def months_of(
    services: Sequence[Service], months: Sequence[Month], *, seen_by: Actor, at: datetime
) -> list[ServiceMonth]:
    """Return each service in each month, in their order, all read in the same few queries.

    A part shares the outages and the planned work of its whole: when the whole is down, it is too.
    """
    if not services or not months:
        return []
    with pinned():
        record = _Record(services, min(months).starts, min(max(months).ends, at), seen_by, at)
        return [record.in_month(service, month) for service in services for month in months]


def services_with_outages(
    customer: Customer, since: datetime, *, seen_by: Actor, limit: int
) -> list[Service]:
    """Return up to `limit` of the customer's services that were down since then, by name."""
    survivor = Q(merged_into__restored_at=None) | Q(merged_into__restored_at__gt=since)
    down = Ticket.objects.visible_to(seen_by).filter(
        Q(restored_at__gt=since) | Q(survivor, restored_at=None),
        customer=customer,
        kind=Kind.INCIDENT,
        outage_from__isnull=False,
    )
    keys = down.exclude(state__in=NO_OUTAGE).exclude(service=None).values("service")
    own = Service.objects.visible_to(seen_by).filter(customer=customer)
    stated = _stated(set(own.values_list("pk", flat=True)), since, clock.now(), seen_by)
    others = {row.service_id or row.ticket.service_id for row in stated}
    found = Service.objects.visible_to(seen_by).filter(Q(pk__in=keys) | Q(pk__in=others))
    return list(found.select_related("customer__calendar").order_by("name", "pk")[:limit])


class _Record:
    """The outages, planned work and sold commitments of some services between two moments."""

    def __init__(
        self,
        services: Sequence[Service],
        starts: datetime,
        ends: datetime,
        seen_by: Actor,
        at: datetime,
    ) -> None:
        self.at = at
        self.wanted = {key for s in services for key in (s.pk, s.parent_id) if key}
        self.outages = _outages(self.wanted, starts, ends, seen_by, at)
        self.planned = _planned(self.wanted, starts, ends)
        self.sold = _sold({s.customer_id for s in services}, starts, ends, seen_by)
        self.hours = {
            s.customer_id: Calendar.from_record(s.customer.calendar.record) for s in services
        }
        self.late = _late(self.wanted, starts, ends, seen_by, at) if self._hourly() else []

    def in_month(self, service: Service, month: Month) -> ServiceMonth:
        keys = [service.pk, *([service.parent_id] if service.parent_id else [])]
        outages = sorted(
            (
                outage
                for key in keys
                for outage in self.outages[key]
                if outage.starts < month.ends and outage.ends > month.starts
            ),
            key=lambda outage: outage.starts,
        )
        promised = self._promised(service, month)
        always = promised is None or promised.coverage == Coverage.ALWAYS
        found = availability(
            month,
            Calendar.around_the_clock() if always else self.hours[service.customer_id],
            outages=[(outage.starts, outage.ends) for outage in outages],
            planned=[span for key in keys for span in self.planned[key]],
            until=self.at,
            since=_first_moment(service, month),
        )
        penalties = (
            *_for_steps(service, promised, found),
            *self._for_hours(service, month),
        )
        return ServiceMonth(service, month, found, promised, tuple(outages), penalties)

    def _promised(self, service: Service, month: Month) -> SoldCommitment | None:
        """Return the most precise availability commitment in force in the month; of two, the
        latest."""
        order = [None, service.parent_id, service.pk]
        fitting = [
            row
            for row in self.sold[service.customer_id]
            if row.measure == Measure.AVAILABILITY
            and row.service_id in order
            and _in_month(row, month)
        ]
        return max(
            fitting,
            key=lambda row: (order.index(row.service_id), str(row.period.lower)),
            default=None,
        )

    def _for_hours(self, service: Service, month: Month) -> list[Penalty]:
        """Return the penalties for hours begun beyond a GTR, of the incidents that ended in the
        month or still run: of each commitment together, up to its cap."""
        found: dict[int, Penalty] = {}
        for ticket, sold, beyond, ended in self.late:
            if ticket.service_id != service.pk or not month.starts <= ended < month.ends:
                continue
            terms = parse_terms(sold.penalty_terms)
            if not isinstance(terms, HourTerms):
                continue
            before = found.get(sold.pk)
            percent = min(terms.percent(beyond) + (before.percent if before else 0), terms.cap)
            tickets = (*(before.late if before else ()), ticket)
            found[sold.pk] = Penalty(sold, percent, _amount(service, percent), tickets)
        return list(found.values())

    def _hourly(self) -> bool:
        return any("per_hour" in row.penalty_terms for rows in self.sold.values() for row in rows)


def _first_moment(service: Service, month: Month) -> datetime | None:
    """Return the start of the service's first day, in the customer's time zone: before it nothing
    was owed."""
    day = service.started_on
    if day is None:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(month.zone)).astimezone(UTC)


def _for_steps(
    service: Service, promised: SoldCommitment | None, found: Availability
) -> list[Penalty]:
    terms = parse_terms(promised.penalty_terms) if promised else None
    if promised is None or not isinstance(terms, StepTerms) or found.exact is None:
        return []
    percent = terms.percent(found.exact)
    return [Penalty(promised, percent, _amount(service, percent))] if percent else []


def _amount(service: Service, percent: Decimal) -> Decimal | None:
    return None if service.monthly_fee is None else penalty_amount(service.monthly_fee, percent)


def _outages(
    services: set[int], starts: datetime, ends: datetime, seen_by: Actor, at: datetime
) -> Mapping[int, list[Outage]]:
    found: dict[int, list[Outage]] = defaultdict(list)
    rows = (
        Ticket.objects.visible_to(seen_by)
        .filter(
            Q(restored_at=None) | Q(restored_at__gt=starts),
            service__in=services,
            kind=Kind.INCIDENT,
            outage_from__lt=ends,
        )
        .exclude(state__in=NO_OUTAGE)
        .only(
            "number",
            "subject",
            "service_id",
            "outage_from",
            "restored_at",
            "resolved_at",
            "state",
            "merged_into_id",
        )
    )
    stated = list(_stated(services, starts, ends, seen_by))
    spans: list[tuple[Ticket, int | None, datetime | None, datetime | None]] = [
        (ticket, ticket.service_id, ticket.outage_from, None) for ticket in rows
    ]
    spans += [(s.ticket, s.service_id or s.ticket.service_id, s.starts, s.ends) for s in stated]
    survivors = _survivors(ticket for ticket, *_ in spans if ticket.restored_at is None)
    for ticket, service_id, since, ended in spans:
        last = survivors.get(ticket.pk, ticket)
        if last.state in NO_OUTAGE:
            continue
        over = ended or ticket.restored_at or last.restored_at or last.resolved_at or at
        if service_id and since and since < over:
            found[service_id].append(Outage(ticket, since, over))
    return found


def _stated(
    services: set[int], starts: datetime, ends: datetime, seen_by: Actor
) -> Iterable[ServiceOutage]:
    """Return the outages that tickets state beside their running one."""
    of_services = Q(service__in=services) | Q(service=None, ticket__service__in=services)
    rows = ServiceOutage.objects.visible_to(seen_by).filter(
        of_services,
        Q(ends=None) | Q(ends__gt=starts),
        starts__lt=ends,
        ticket__kind=Kind.INCIDENT,
    )
    return rows.exclude(ticket__state__in=NO_OUTAGE).select_related("ticket")


def _survivors(tickets: Iterable[Ticket]) -> dict[int, Ticket]:
    """Map each merged ticket to the one that it goes on under, whose end is that of the outage."""
    into = {ticket.pk: ticket.merged_into_id for ticket in tickets if ticket.merged_into_id}
    found: dict[int, Ticket] = {}
    while into:
        rows = Ticket.objects.in_bulk(set(into.values()))
        found |= {pk: rows[key] for pk, key in into.items()}
        into = {pk: key for pk in into if (key := found[pk].merged_into_id)}
    return found


def _planned(services: set[int], starts: datetime, ends: datetime) -> Mapping[int, list[Span]]:
    """Return the announced work that interrupts an item under each service."""
    found: dict[int, list[Span]] = defaultdict(list)
    rows = ItemActivity.objects.filter(
        interrupts=True,
        starts__lt=ends,
        ends__gt=starts,
        item__service_links__service__in=services,
    )
    for key, begins, over in rows.values_list("item__service_links__service", "starts", "ends"):
        found[key].append((begins, over))
    return found


def _sold(
    customers: set[int], starts: datetime, ends: datetime, seen_by: Actor
) -> Mapping[int, list[SoldCommitment]]:
    found: dict[int, list[SoldCommitment]] = defaultdict(list)
    days = DateRange(starts.date(), ends.date() + timedelta(days=1))
    rows = SoldCommitment.objects.visible_to(seen_by).filter(
        customer__in=customers,
        measure__in=[Measure.AVAILABILITY, Measure.RESTORE],
        period__overlap=days,
        contract__period__overlap=days,
    )
    for row in rows.select_related("contract"):
        found[row.customer_id].append(row)
    return found


def _late(
    services: set[int], starts: datetime, ends: datetime, seen_by: Actor, at: datetime
) -> list[tuple[Ticket, SoldCommitment, timedelta, datetime]]:
    """Return the incidents restored later than a contract promised: by how much, and when they
    ended."""
    broken = Commitment.objects.filter(measure=Measure.RESTORE, breached_at__lt=ends)
    rows = (
        Ticket.objects.visible_to(seen_by)
        .filter(
            Q(restored_at=None) | Q(restored_at__gte=starts),
            service__in=services,
            kind=Kind.INCIDENT,
            commitments__in=broken,
        )
        .exclude(state__in=[*NO_OUTAGE, TicketState.MERGED])
        .order_by("pk")
    )
    found, book = [], promise_book()
    for reading in readings(list(rows), book, updates=False):
        ticket = reading.ticket
        sold = _sold_restore(ticket, book)
        clock = reading.clocks().get("restore")
        if sold is not None and clock is not None:
            ended = ticket.restored_at or at
            found.append((ticket, sold, -clock.left(ended), min(ended, at)))
    return found


def _sold_restore(ticket: Ticket, book: PromiseBook) -> SoldCommitment | None:
    sale = Sale(
        ticket.customer_id or 0,
        ticket.service_id,
        ticket.plan_version_id,
        ticket.premium,
        ticket.priority,
        ticket.received_at.date(),
    )
    return next((p.sold for p in book.promises(sale) if p.measure == Measure.RESTORE), None)


def _in_month(row: SoldCommitment, month: Month) -> bool:
    """Return whether the commitment is in force on a day of the month."""
    after = month.next()
    first, last = date(month.year, month.month, 1), date(after.year, after.month, 1)
    return all(
        (period.lower is None or period.lower < last)
        and (period.upper is None or period.upper > first)
        for period in (row.period, row.contract.period)
    )
