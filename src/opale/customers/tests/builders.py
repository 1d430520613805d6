"""Small makers of what tests of this room need."""

from datetime import date, timedelta
from typing import Any

from opale.customers.models import (
    Contact,
    Contract,
    ContractedPlan,
    Coverage,
    Customer,
    Family,
    Measure,
    Offering,
    PlanTarget,
    Service,
    Stream,
    SupportPlan,
    SupportPlanVersion,
)
from opale.kernel.actor import EVERYTHING, Actor, Scope
from opale.kernel.phone_numbers import e164
from opale.organisation.models import WorkingCalendar

SINCE = date(2025, 1, 1)
MATRIX = {
    "1": {"1": 1, "2": 2, "3": 3},
    "2": {"1": 2, "2": 3, "3": 4},
    "3": {"1": 3, "2": 4, "3": 4},
}
PREMIUM_MATRIX = {
    "1": {"1": 1, "2": 1, "3": 2},
    "2": {"1": 1, "2": 2, "3": 3},
    "3": {"1": 2, "2": 3, "3": 4},
}
OFFICE = {
    "time_zone": "Europe/Paris",
    "weekly": {day: ["09:00-18:00"] for day in ("monday", "tuesday", "wednesday", "thursday")},
}


def staff(*rights: str, name: str = "Ana Ruiz") -> Actor:
    """Somebody of the provider who holds these rights on everything."""
    grants = dict.fromkeys(("customers.read", "organisation.read", *rights), EVERYTHING)
    return Actor("person", "user:1", name, grants)


def contact_of(customer: Customer) -> Actor:
    """A contact who may read what is that customer's."""
    mine = Scope(customers=frozenset({customer.pk}))
    return Actor("contact", "user:2", "Zoë Adams", {"customers.read": mine})


def make_calendar(name: str = "Office") -> WorkingCalendar:
    found = WorkingCalendar.objects.filter(name=name).first()
    return found or WorkingCalendar.objects.create(name=name, record=OFFICE)


def make_customer(code: str = "ACME", **fields: Any) -> Customer:
    values: dict[str, Any] = {"name": code.title(), "language": "fr", "calendar": make_calendar()}
    values |= fields
    values["phone_e164"] = e164(values.get("phone", ""), "FR")
    return Customer.objects.create(code=code, **values)


def make_contact(customer: Customer, name: str = "Zoë Adams", **fields: Any) -> Contact:
    values: dict[str, Any] = {"language": "fr", "email": "zoe@acme.example"}
    values |= fields
    values["phone_e164"] = e164(values.get("phone", ""), "FR")
    return Contact.objects.create(customer=customer, name=name, **values)


def make_offering(code: str = "vpn-mpls", **fields: Any) -> Offering:
    values = {"family": Family.VPN, "name_en": "MPLS VPN", "name_fr": "VPN MPLS"} | fields
    return Offering.objects.get_or_create(code=code, defaults=values)[0]


def make_service(customer: Customer, reference: str = "S-1", **fields: Any) -> Service:
    values = {"name": f"VPN {reference}", "offering": make_offering(), "state": "active"} | fields
    return Service.objects.create(customer=customer, reference=reference, **values)


def make_contract(customer: Customer, number: str = "CT-7", **fields: Any) -> Contract:
    values = {"signed_on": SINCE, "period": (SINCE, None)} | fields
    return Contract.objects.create(customer=customer, number=number, **values)


def make_plan(code: str = "solution", *, since: date = SINCE, until: date | None = None) -> Any:
    """A plan with one version: its targets are an hour to intervene and eight to restore."""
    plan = SupportPlan.objects.get_or_create(
        code=code, defaults={"name_en": code.title(), "name_fr": code.title()}
    )[0]
    version = SupportPlanVersion.objects.create(
        plan=plan,
        period=(since, until),
        stream=Stream(code),
        coverage=Coverage.ALWAYS,
        matrix=MATRIX,
        premium_matrix=PREMIUM_MATRIX,
    )
    for measure, hours in ((Measure.ACKNOWLEDGE, 1), (Measure.RESTORE, 8)):
        for priority in range(1, 6):
            PlanTarget.objects.create(
                version=version,
                measure=measure,
                priority=priority,
                target=timedelta(hours=hours),
                coverage=Coverage.ALWAYS,
            )
    return version


def give_plan(contract: Contract, service: Service, version: SupportPlanVersion) -> ContractedPlan:
    return ContractedPlan.objects.create(
        customer=contract.customer,
        contract=contract,
        service=service,
        plan=version.plan,
        period=contract.period,
    )
