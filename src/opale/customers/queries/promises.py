"""The times promised on one ticket or on thousands.

Source: docs/rules/clocks.md, "What was promised".
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opale.customers.models import (
    Coverage,
    Customer,
    Measure,
    PlanTarget,
    Service,
    SoldCommitment,
    SupportPlanVersion,
)
from opale.customers.queries.plans import plan_name
from opale.kernel.business_time import Calendar
from opale.kernel.reference_cache import cached


@dataclass(frozen=True, slots=True)
class SoldPromise:
    """A promised time. `source` says in words where it comes from.

    `sold` is the commitment of the contract, where it is not the plan's.
    """

    measure: str
    target: timedelta
    coverage: str
    calendar: Calendar
    source: str
    sold: SoldCommitment | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """The terms of a promise: customer, service, plan, priority, and the day of the contracts."""

    customer_id: int
    service_id: int | None
    version_id: int | None
    premium: bool
    priority: int
    on: date


ANY_TIME = Calendar.around_the_clock()


class PromiseBook:
    """The times promised on tickets: for each measure the most precise one.

    Sold for the service wins over sold for its whole, that over the contract's, that over the
    plan's target; one for the priority wins over one for all priorities. Nothing is read twice: a
    book lives until one of its tables changes (`promise_book`), or for one question.

    Without `hours` the calendars stay unread, which a customer's request may not read: showing the
    promises needs none.
    """

    def __init__(self, *, hours: bool = True) -> None:
        self._hours = hours
        self._targets: dict[int, list[PlanTarget]] = {}
        self._sold: dict[int, list[SoldCommitment]] = {}
        self._parents: dict[int, int | None] = {}
        self._calendar_of: dict[int, int] = {}
        self._calendars: dict[int, Calendar] = {}
        self._promises: dict[tuple[object, ...], tuple[SoldPromise, ...]] = {}

    def read(self, sales: Collection[Sale]) -> None:
        """Read the missing data of these sales, in four queries at most."""
        self._read_targets({s.version_id for s in sales if s.version_id} - self._targets.keys())
        new = {sale.customer_id for sale in sales} - self._sold.keys()
        # Threads share one book: sales must not appear in it before their hours.
        if self._hours:
            self._read_calendars(new)
        self._read_sold(new)
        services = {s.service_id for s in sales if s.service_id} - self._parents.keys()
        if services and any(self._sold[sale.customer_id] for sale in sales):
            rows = Service.objects.filter(pk__in=services)
            self._parents.update(rows.values_list("pk", "parent_id"))

    def promises(self, sale: Sale) -> tuple[SoldPromise, ...]:
        """Return the promises of a sale, reading it if needed."""
        if sale.customer_id not in self._sold or (
            sale.version_id is not None and sale.version_id not in self._targets
        ):
            self.read([sale])
        sold = self._fitting(sale)
        calendar_id = self._calendar_of.get(sale.customer_id, 0)
        key = (calendar_id, sale.version_id, sale.premium, sale.priority, *(s.pk for s in sold))
        if key not in self._promises:
            self._promises[key] = tuple(
                self._promised(sale, sold, self._calendars.get(calendar_id, ANY_TIME)).values()
            )
        return self._promises[key]

    def hours_of(self, customer_id: int) -> Calendar:
        """Return the business hours of a customer."""
        if customer_id not in self._calendar_of:
            self._read_calendars({customer_id})
        return self._calendars.get(self._calendar_of.get(customer_id, 0), ANY_TIME)

    def _promised(
        self, sale: Sale, sold: Iterable[SoldCommitment], calendar: Calendar
    ) -> dict[str, SoldPromise]:
        """Return the last promise of each measure: the sources are sorted by precision."""
        promised: dict[str, SoldPromise] = {}
        for target in self._targets.get(sale.version_id or 0, ()):
            if target.priority == sale.priority and target.premium in (False, sale.premium):
                source = _("Plan %(plan)s, P%(priority)s") % {
                    "plan": plan_name(target.version.plan) + (" Premium" if target.premium else ""),
                    "priority": target.priority,
                }
                promised[target.measure] = _promise(
                    target.measure, target.target, target.coverage, calendar, source
                )
        for row in sold:
            if row.target is not None:
                source = _("Contract %(number)s") % {"number": row.contract.number}
                promised[row.measure] = _promise(
                    row.measure, row.target, row.coverage, calendar, source, row
                )
        return promised

    def _fitting(self, sale: Sale) -> list[SoldCommitment]:
        """Return the commitments sold beyond the plan, the least precise first."""
        rows = self._sold.get(sale.customer_id)
        if not rows:
            return []
        order: list[int | None] = [None]
        if sale.service_id is not None:
            if sale.service_id not in self._parents:
                self.read([sale])
            parent_id = self._parents.get(sale.service_id)
            order += [parent_id, sale.service_id] if parent_id else [sale.service_id]
        fitting = [
            row
            for row in rows
            if row.service_id in order
            and row.priority in (None, sale.priority)
            and _holds(row.period, sale.on)
            and _holds(row.contract.period, sale.on)
        ]
        return sorted(
            fitting, key=lambda row: (order.index(row.service_id), row.priority is not None)
        )

    def _read_targets(self, versions: Collection[int]) -> None:
        if not versions:
            return
        found: dict[int, list[PlanTarget]] = {version: [] for version in versions}
        rows = PlanTarget.objects.filter(version__in=versions).order_by("premium", "pk")
        for target in rows.select_related("version__plan"):
            found[target.version_id].append(target)
        self._targets.update(found)

    def _read_sold(self, customers: Collection[int]) -> None:
        if not customers:
            return
        found: dict[int, list[SoldCommitment]] = {customer: [] for customer in customers}
        rows = SoldCommitment.objects.filter(customer__in=set(customers))
        rows = rows.exclude(measure=Measure.AVAILABILITY).select_related("contract")
        for row in rows:
            found[row.customer_id].append(row)
        self._sold.update(found)

    def _read_calendars(self, customers: Collection[int]) -> None:
        if not customers:
            return
        rows = Customer.objects.filter(pk__in=set(customers))
        for pk, calendar_id, record in rows.values_list("pk", "calendar", "calendar__record"):
            if calendar_id not in self._calendars:
                self._calendars[calendar_id] = Calendar.from_record(record)
            self._calendar_of[pk] = calendar_id


def promise_book() -> PromiseBook:
    """Return the book of all present promises, with sources in the reader's language."""
    return _book_in(get_language() or "")


@cached(4)
def _book_in(_language: str) -> PromiseBook:
    return PromiseBook()


def promises_of(
    customer: Customer,
    service: Service | None,
    *,
    version: SupportPlanVersion | None,
    premium: bool,
    priority: int,
    on: date,
) -> list[SoldPromise]:
    """Return the times promised on a ticket of one customer and service; see `PromiseBook`."""
    by_priority = promises_by_priority(
        customer, service, version=version, premium=premium, priorities=(priority,), on=on
    )
    return by_priority[priority]


def promises_by_priority(
    customer: Customer,
    service: Service | None,
    *,
    version: SupportPlanVersion | None,
    premium: bool,
    priorities: Collection[int],
    on: date,
    hours: bool = True,
) -> dict[int, list[SoldPromise]]:
    """Return the times promised on such a ticket for several priorities."""
    book = promise_book() if hours else PromiseBook(hours=False)
    sales = {
        priority: Sale(
            customer.pk,
            service.pk if service else None,
            version.pk if version else None,
            premium,
            priority,
            on,
        )
        for priority in priorities
    }
    return {priority: list(book.promises(sale)) for priority, sale in sales.items()}


def _promise(
    measure: str,
    target: timedelta,
    coverage: str,
    hours: Calendar,
    source: str,
    sold: SoldCommitment | None = None,
) -> SoldPromise:
    calendar = ANY_TIME if coverage == Coverage.ALWAYS else hours
    return SoldPromise(measure, target, coverage, calendar, source, sold)


def _holds(period: DateRange, day: date) -> bool:
    return (period.lower is None or period.lower <= day) and (
        period.upper is None or day < period.upper
    )
