"""What a form names already, for the pickers beside it."""

from collections.abc import Mapping
from typing import TypeVar

from django.db.models import Model, QuerySet

from opale.customers.models import Customer, SupportPlan
from opale.customers.queries.customers import contacts, customers
from opale.customers.queries.plans import plan_name
from opale.customers.queries.services import services
from opale.kernel.actor import Actor
from opale.kernel.whole_numbers import parse_number

M = TypeVar("M", bound=Model)


def customer_in_hand(said: Mapping[str, str], *, seen_by: Actor) -> Customer | None:
    """Return the customer that a form names: itself, or by its contact or service.

    `said` has their keys as texts. None where it names nobody whom the actor may see.
    """
    if found := _row(customers(seen_by=seen_by, standing="all"), said.get("customer")):
        return found
    contact = _row(contacts(seen_by=seen_by, left=True), said.get("contact"))
    of = contact or _row(services(seen_by=seen_by), said.get("service"))
    return of.customer if of else None


def plan_names() -> dict[str, str]:
    """Return the names of all plans by their codes, in the reader's language."""
    return {plan.code: plan_name(plan) for plan in SupportPlan.objects.all()}


def _row(rows: "QuerySet[M]", key: str | None) -> M | None:
    number = parse_number(key or "")
    return rows.filter(pk=number).first() if number is not None else None
