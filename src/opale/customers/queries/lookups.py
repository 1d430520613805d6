"""Look-up of services and customers by the texts that name them, without an actor.

For Opale's own use, from the labels of an alert for example. A text in small letters is also
looked for in capitals, as codes and references are.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from opale.customers.models import (
    ContractedPlan,
    Customer,
    Service,
    SupportPlan,
    SupportPlanVersion,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ServiceMatch:
    """The service of a reference, and its customer."""

    service_id: int
    customer_id: int


def services_by_references(texts: Collection[str]) -> dict[str, ServiceMatch]:
    """Return the service in use of each text that is a service's reference; in one query."""
    if not texts:
        return {}
    rows = Service.objects.filter(reference__in=_spellings(texts))
    rows = rows.exclude(state=Service.State.TERMINATED)
    known = {
        reference: ServiceMatch(service_id, customer_id)
        for reference, service_id, customer_id in rows.values_list("reference", "id", "customer_id")
    }
    return _by_text(texts, known)


def customers_by_codes(texts: Collection[str]) -> dict[str, int]:
    """Return the customer's id of each text that is a customer's code; in one query."""
    if not texts:
        return {}
    rows = Customer.objects.filter(code__in=_spellings(texts))
    return _by_text(texts, dict(rows.values_list("code", "id")))


def references_of_services(ids: Collection[int]) -> dict[int, str]:
    return dict(Service.objects.filter(pk__in=ids).values_list("id", "reference")) if ids else {}


def codes_of_customers(ids: Collection[int]) -> dict[int, str]:
    return dict(Customer.objects.filter(pk__in=ids).values_list("id", "code")) if ids else {}


def names_of_services(references: Collection[str]) -> dict[str, str]:
    """Return the names of services, those that ended too, by their references."""
    rows = Service.objects.filter(reference__in=references)
    return dict(rows.values_list("reference", "name"))


def names_of_customers(codes: Collection[str]) -> dict[str, str]:
    return dict(Customer.objects.filter(code__in=codes).values_list("code", "name"))


def plans_by_code() -> dict[str, SupportPlan]:
    """Return every support plan by its code, in the order of their codes."""
    return {plan.code: plan for plan in SupportPlan.objects.order_by("code")}


@dataclass(frozen=True, slots=True)
class PlanMatch:
    """The code of a support plan, and the stream that it is sold for."""

    code: str
    stream: str


Sold = tuple[int, int | None]
"""A customer, and one of its services where that is known."""


def plans_sold(sold: Collection[Sold], *, on: date) -> dict[Sold, PlanMatch]:
    """Return the plan in force that day of each, as `plan_in_force` does; in a few queries."""
    if not sold:
        return {}
    services = {service for _customer, service in sold if service is not None}
    wholes = dict(Service.objects.filter(pk__in=services).values_list("pk", "parent_id"))
    streams = dict(
        SupportPlanVersion.objects.filter(period__contains=on).values_list("plan_id", "stream")
    )
    rows = ContractedPlan.objects.filter(
        customer__in={customer for customer, _service in sold},
        period__contains=on,
        contract__period__contains=on,
        plan__in=streams.keys(),
    ).values_list("customer_id", "service_id", "plan_id", "plan__code", "pk")
    if all(service is not None for _customer, service in sold):
        rows = rows.filter(service__in={*services, *(pk for pk in wholes.values() if pk)})
    by_service: dict[Sold, PlanMatch] = {}
    by_customer: dict[int, list[tuple[bool, int, PlanMatch]]] = defaultdict(list)
    for customer, of, plan, code, pk in rows:
        found = PlanMatch(code, streams[plan])
        by_service[customer, of] = found
        by_customer[customer].append((code == "solution", -pk, found))
    known: dict[Sold, PlanMatch | None] = {}
    for customer, service in sold:
        if service is None:
            best = max(by_customer[customer], key=lambda one: one[:2], default=None)
            known[customer, service] = best[2] if best else None
        else:
            own = by_service.get((customer, service))
            known[customer, service] = own or by_service.get((customer, wholes.get(service)))
    return {of: plan for of, plan in known.items() if plan is not None}


def _spellings(texts: Collection[str]) -> set[str]:
    return {text.upper() for text in texts}.union(texts)


def _by_text(texts: Collection[str], known: Mapping[str, T]) -> dict[str, T]:
    spelled = {text: known.get(text, known.get(text.upper())) for text in texts}
    return {text: found for text, found in spelled.items() if found is not None}
