"""Pages of orders that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.delivery.orders import queries, rights
from opale.delivery.orders.actions import orders
from opale.organisation.domain.headings import Heading
from opale.organisation.rights import F
from opale.ui.navigation import Entry

ENTRIES = (
    Entry(
        label=_("Orders"),
        icon="file-text",
        url_name="orders_list",
        right=rights.READ,
        group=Heading.BUILD,
        rail={F.SOLUTION_ARCHITECT, F.PROJECT_MANAGER},
        count=queries.orders_to_begin,
        topic=orders.LIST,
        places=("/orders/",),
        key="g o",
        words=_("purchase orders, new order"),
        order=42,
    ),
)
