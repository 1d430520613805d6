"""The list of customers."""

from collections.abc import Iterable
from typing import Any, Literal

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from opale.customers import rights
from opale.customers.listings.columns import BY_NAME, number, person_name
from opale.customers.models import (
    Customer,
    CustomersQuerySet,
)
from opale.customers.queries import customers, plans
from opale.customers.queries import services as service_queries
from opale.customers.queries.dates import today
from opale.kernel.actor import Actor
from opale.listings.declarations import Column, Empty, Listing, New
from opale.listings.filters import Choice, Flag, Words, mine
from opale.organisation.models import Language


def _plans(actor: Actor) -> Iterable[tuple[Any, Any]]:
    return [(plan.code, plans.plan_name(plan)) for plan in service_queries.plans(seen_by=actor)]


def _customers(*, seen_by: Actor, **asked: Any) -> CustomersQuerySet[Customer]:
    return customers.customers(seen_by=seen_by, on=today(), **asked)


def _with_counts(rows: CustomersQuerySet[Customer], _actor: Actor) -> QuerySet[Customer]:
    return customers.with_counts(rows)


CUSTOMERS = Listing(
    name="customers",
    title=gettext_lazy("Customers"),
    right=rights.READ,
    url_name="customers_list",
    model=Customer,
    rows=_customers,
    order=BY_NAME,
    new=New(gettext_lazy("New customer"), "customers_create_customer", rights.EDIT),
    buttons="customers/customers/_buttons.html",
    empty=Empty(
        "users", gettext_lazy("No customer matches your filters"), gettext_lazy("No customers yet")
    ),
    row_flags=lambda customer: {"stale": customer.left_on is not None},
    columns=(
        Column(
            "name", gettext_lazy("Customer"), "name", order=True, fixed=True, style="fill",
            link=lambda customer: reverse("customers_customer", args=[customer.code]),
        ),
        Column(
            "code", gettext_lazy("Code"), "code", order=True,
            cell=lambda customer: number(customer.code),
        ),
        Column("language", gettext_lazy("Language"), "language", order=True),
        Column(
            "service_manager", gettext_lazy("Service manager"), "service_manager__name",
            order=True, cell=lambda row: person_name(row.service_manager), right=customers.PEOPLE,
        ),
        Column(
            "architect", gettext_lazy("Solution architect"), "architect__name", order=True,
            cell=lambda row: person_name(row.architect), right=customers.PEOPLE,
        ),
        Column(
            "services", gettext_lazy("Services"), "service_count", order=True, style="end",
            loads=_with_counts,
        ),
        Column("domains", gettext_lazy("Mail domains"), "domains", shown=False),
        Column("phone", gettext_lazy("Switchboard"), "phone", shown=False),
        Column("left_on", gettext_lazy("Left on"), "left_on", shown=False),
    ),
    filters=(
        Words(label=gettext_lazy("Name, code or mail domain")),
        mine("manager_id", gettext_lazy("Mine"), "follows", on="mine"),
        Choice("plan", gettext_lazy("Support plan"), _plans, argument="plan"),
        Choice(
            "language", gettext_lazy("Language"), Language, argument="language",
            api_type=Literal["fr", "en"] | None,
        ),
        Flag(
            "standing", gettext_lazy("Deactivated"), argument="standing",
            value=lambda _actor: "left", on="left", api="left",
        ),
    ),
)  # fmt: skip
