"""Columns, filters and links that the lists of customers share."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from opale.customers import rights
from opale.customers.models import Customer, Family
from opale.customers.queries import customers
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column
from opale.listings.filters import Choice, Pick
from opale.organisation.models import Person
from opale.ui.components.badges import person

BY_NAME = Order(("name", "id"))


def number(text: str) -> object:
    """Return a number or code, drawn as such."""
    return format_html('<span class="o-number">{}</span>', text)


def customer_link(customer: Customer) -> object:
    """Return the name of a customer, with a link to its page."""
    url = reverse("customers_customer", args=[customer.code])
    return format_html('<a href="{}">{}</a>', url, customer.name)


OWNER = Column(
    "customer", gettext_lazy("Customer"), "customer__name", order=True,
    cell=lambda row: customer_link(row.customer),
)  # fmt: skip


def customer_filter(
    *,
    argument: str = "",
    lookup: str = "",
    api: str = "customer_id",
    found: Callable[[int, Actor], Any] | None = None,
) -> Pick:
    """Return the filter of a list by a customer, also by those that left."""
    return Pick(
        "customer", gettext_lazy("Customer"), argument=argument, lookup=lookup, api=api,
        found=found, picker="customers_pick", right=rights.READ,
        rows=lambda actor: customers.customers(seen_by=actor, standing="all"),
    )  # fmt: skip


OF_CUSTOMER = customer_filter(
    argument="customer", found=lambda pk, actor: customers.get_customer(pk, seen_by=actor)
)
OF_FAMILY = Choice("family", gettext_lazy("Family"), Family, argument="family")


def person_name(found: Person | None) -> object:
    """Return a person drawn by name, nothing for nobody."""
    return person(found.name) if found else ""
