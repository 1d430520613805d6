"""The customers that a person follows: services, renewals, open work.

Source: docs/rules/renewals.md.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import (
    Count,
    DateField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from opale.customers.models import Contract, Customer, CustomersQuerySet, Service
from opale.customers.ports import open_counts
from opale.customers.queries.customers import PEOPLE, customers
from opale.kernel.actor import Actor
from opale.organisation.models import Person
from opale.organisation.queries.people import people

HORIZONS: Final = (30, 90, 180)
"""Days."""


def portfolio(
    *,
    seen_by: Actor,
    on: date,
    person_id: int | None = None,
    text: str = "",
    within: int | None = None,
) -> CustomersQuerySet[Customer]:
    """Return customers that a person follows, or all; `within`: a renewal due in so many days."""
    found = customers(seen_by=seen_by, text=text, manager_id=person_id)
    if within is not None:
        due = _due(seen_by=seen_by, on=on).filter(due_on__lte=on + timedelta(days=within))
        found = found.filter(Exists(due.filter(customer=OuterRef("pk"))))
    return found


def renewals(
    of: QuerySet[Customer], *, seen_by: Actor, on: date, within: int
) -> CustomersQuerySet[Contract]:
    """Return contracts to be decided about within so many days, the nearest first.

    Each has `due_on`, its last day of notice. A contract of which that day has passed stays until
    its end, because it still must be discussed.
    """
    rows = _due(seen_by=seen_by, on=on).filter(due_on__lte=on + timedelta(days=within))
    rows = rows.filter(customer__in=of.order_by().values("pk"))
    found: CustomersQuerySet[Contract] = rows.select_related("customer").order_by(
        "due_on", "number"
    )
    return found


def _due(*, seen_by: Actor, on: date) -> Any:
    """Return contracts in force that end, with `due_on`, computed as `last_day_of_notice` does."""
    rows = Contract.objects.visible_to(seen_by)
    rows = rows.filter(period__contains=on, period__upper_inf=False)
    ends = Func(F("period"), function="upper")
    notice = Coalesce(F("notice_months"), Value(0))
    return rows.annotate(
        due_on=Func(
            ends,
            notice,
            template="((%(expressions)s)::date - 1)",
            arg_joiner=" - interval '1 month' * ",
            output_field=DateField(),
        )
    )


def with_due(of: QuerySet[Customer], *, seen_by: Actor, on: date) -> QuerySet[Customer]:
    """Annotate customers with `due_on`, the next day by which a contract is to be decided."""
    due = _due(seen_by=seen_by, on=on).filter(customer=OuterRef("pk")).order_by("due_on")
    return of.annotate(due_on=Subquery(due.values("due_on")[:1]))


def urgency(decide_by: date, today: date) -> str:
    """Return `late` after the last day of notice, else the horizon."""
    left = (decide_by - today).days
    if left < 0:
        return "late"
    return next((f"within-{days}" for days in HORIZONS if left <= days), "later")


def due_within(of: QuerySet[Customer], *, seen_by: Actor, on: date) -> dict[int, int]:
    """Return how many contracts must be decided about within each of the horizons."""
    rows = renewals(of, seen_by=seen_by, on=on, within=max(HORIZONS)).order_by()
    counted = {
        f"within_{days}": Count("pk", filter=Q(due_on__lte=on + timedelta(days=days)))
        for days in HORIZONS
    }
    found = rows.aggregate(**counted)
    return {days: found[f"within_{days}"] for days in HORIZONS}


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """A customer with its contracts in force, services by state, next renewal and open work.

    The open work is that of the apps above, by its code.
    """

    customer: Customer
    contracts: int
    services: Mapping[str, int]
    renewal: Contract | None
    work: Mapping[str, int]


def portfolio_rows(of: Collection[Customer], *, seen_by: Actor, on: date) -> list[PortfolioRow]:
    """Return a row for each of these customers, in their order."""
    ids = [customer.pk for customer in of]
    in_force = Contract.objects.visible_to(seen_by).filter(customer__in=ids, period__contains=on)
    contracts = dict(in_force.order_by().values_list("customer_id").annotate(counted=Count("pk")))
    services: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Service.objects.visible_to(seen_by).filter(customer__in=ids).order_by()
    for customer_id, state, counted in rows.values_list("customer_id", "state").annotate(
        counted=Count("pk")
    ):
        services[customer_id][state] = counted
    nearest = _due(seen_by=seen_by, on=on).filter(customer__in=ids)
    nearest = nearest.order_by("customer_id", "due_on", "number").distinct("customer_id")
    due = {contract.customer_id: contract for contract in nearest}
    work = open_counts(of, seen_by=seen_by)
    return [
        PortfolioRow(
            customer=customer,
            contracts=contracts.get(customer.pk, 0),
            services=dict(services[customer.pk]),
            renewal=due.get(customer.pk),
            work=work[customer.pk],
        )
        for customer in of
    ]


def architects(*, seen_by: Actor) -> list[Person]:
    """Return the solution architects with a portfolio, by name; none without the right to names."""
    if not seen_by.can(PEOPLE):
        return []
    held = Customer.objects.visible_to(seen_by).filter(architect=OuterRef("pk"), left_on=None)
    return list(people(seen_by=seen_by).filter(Exists(held)).order_by("name", "id"))
