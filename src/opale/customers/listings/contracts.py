"""The list of contracts."""

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.customers import rights
from opale.customers.listings.columns import OF_CUSTOMER, OWNER
from opale.customers.models import (
    Contract,
)
from opale.customers.queries import services as service_queries
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Jump, Listing
from opale.listings.filters import Span, Words


def _with_end(rows: QuerySet[Contract], _actor: Actor) -> QuerySet[Contract]:
    return rows.annotate(starts_on=F("period__startswith"), ends_on=F("period__endswith"))


CONTRACTS = Listing(
    name="contracts",
    title=gettext_lazy("Contracts"),
    right=rights.READ,
    url_name="customers_contracts",
    model=Contract,
    rows=service_queries.contracts,
    order=Order(("number",)),
    empty=Empty(
        "file-text",
        gettext_lazy("No contract matches your filters"),
        gettext_lazy("No contracts yet"),
        gettext_lazy("Create a contract on the customer’s page."),
    ),
    columns=(
        Column(
            "number", gettext_lazy("Contract"), "number", order=True, fixed=True, style="number",
            link=lambda contract: reverse("customers_contract", args=[contract.number]),
        ),
        OWNER,
        Column("signed_on", gettext_lazy("Signed on"), "signed_on", order=True),
        Column(
            "starts", pgettext_lazy("a contract", "In force from"), "starts_on", order=True,
            loads=_with_end, nullable=True,
        ),
        Column(
            "ends", pgettext_lazy("a contract", "End (excluded)"), "ends_on", order=True,
            loads=_with_end, nullable=True,
        ),
        Column(
            "decide_by", pgettext_lazy("a contract", "Decide by"), lambda row: row.decide_by
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Number or customer")),
        OF_CUSTOMER,
        Span("signed", gettext_lazy("Signed on"), lookup="signed_on"),
        Span("ends", pgettext_lazy("a contract", "End (excluded)"), lookup="period__endswith"),
    ),
    jump=Jump(
        label=lambda row: row.number,
        url=lambda row: reverse("customers_contract", args=[row.number]),
        note=lambda row: row.customer.name,
        group=gettext_lazy("Contracts"),
        icon="file-text",
    ),
)  # fmt: skip
