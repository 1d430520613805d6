"""Orders on which nobody has begun."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opale.delivery.orders import queries, rights
from opale.delivery.orders.actions.orders import LIST
from opale.kernel.actor import Actor
from opale.organisation.rights import F
from opale.ui.work_items import Source, Urgency, WorkItem


def orders_to_start(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return the received orders that no project manager has started."""
    if F.PROJECT_MANAGER not in actor.functions:
        return
    rows = queries.orders_to_begin(actor).select_related("customer")
    for order in rows.order_by("pk")[:limit]:
        yield WorkItem(
            thing=f"orders.order:{order.pk}",
            kind=pgettext("a purchase order", "Order"),
            icon="file-text",
            name=" · ".join(filter(None, (str(order), order.description.partition("\n")[0]))),
            url=reverse("orders_show", args=[order.number]),
            urgency=Urgency.ANSWER,
            reason=_("received, to be started"),
            note=str(order.customer),
        )


SOURCES = (Source("orders.received", rights.WORK, orders_to_start, LIST),)
