"""The list of services."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext_lazy

from opale.customers import rights
from opale.customers.actions import services
from opale.customers.listings.columns import BY_NAME, OF_CUSTOMER, OF_FAMILY, OWNER, number
from opale.customers.models import (
    Service,
)
from opale.customers.queries import services as service_queries
from opale.customers.states import SERVICE_MOVES
from opale.listings.declarations import Column, Empty, Group, Listing, RowAct
from opale.listings.filters import Choice, Span, Words
from opale.ui.components.badges import state

TONES = {"active": "done", "terminated": "closed", "inactive": "waiting"}


SERVICES = Listing(
    name="services",
    title=gettext_lazy("Services"),
    right=rights.READ,
    url_name="customers_services",
    model=Service,
    rows=service_queries.services,
    order=BY_NAME,
    empty=Empty(
        "package", gettext_lazy("No service matches your filters"), gettext_lazy("No services yet")
    ),
    columns=(
        Column(
            "name", gettext_lazy("Service"), "name", order=True, fixed=True, style="fill",
            link=lambda service: reverse("customers_service", args=[service.reference]),
        ),
        Column(
            "reference", gettext_lazy("Service reference"), "reference", order=True,
            cell=lambda service: number(service.reference),
        ),
        replace(OWNER, group=Group("customer")),
        Column(
            "family", gettext_lazy("Family"), "offering__family", order=True,
            group=Group("offering__family"),
        ),
        Column(
            "offering", gettext_lazy("Offering"), "offering__code", order=True, shown=False
        ),
        Column(
            "state", gettext_lazy("State"), "state", order=True, group=Group("state"),
            cell=lambda one: state(one.get_state_display(), TONES.get(one.state, "waiting")),
        ),
        Column(
            "started_on", gettext_lazy("Since"), "started_on", order=True,
            group=Group("started_on", month=True, filter="since"),
        ),
        Column("ended_on", gettext_lazy("Ended on"), "ended_on", order=True, shown=False),
    ),
    filters=(
        Words(label=gettext_lazy("Name or reference")),
        OF_FAMILY,
        Choice("state", gettext_lazy("State"), Service.State, argument="state", menu=True),
        OF_CUSTOMER,
        Span("since", gettext_lazy("Since"), lookup="started_on"),
    ),
    acts=tuple(
        RowAct.of_move(move, services.move_service)
        for move in SERVICE_MOVES
        if move.name in ("activate", "suspend")
    ),
)  # fmt: skip
