"""TM Forum notifications of orders, for webhooks and hubs."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final
from uuid import uuid4

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opale.delivery.orders import facts, queries
from opale.delivery.orders.api.cancellations import cancellation_resource as shown_task
from opale.delivery.orders.api.resources import (
    PRODUCT_ORDERS,
    SERVICE_ORDERS,
    OpenApi,
    order_resource,
)
from opale.delivery.orders.domain.timestamps import format_moment
from opale.delivery.orders.rights import READ
from opale.kernel.actor import Actor
from opale.kernel.facts import Fact
from opale.webhooks.ports import EventContent, publish

KINDS: Final[Mapping[type[Fact], str]] = {
    facts.OrderReceived: "CreateEvent",
    facts.OrderChanged: "AttributeValueChangeEvent",
    facts.OrderMoved: "StateChangeEvent",
    facts.OrderDeleted: "DeleteEvent",
}
TASKS: Final[Mapping[type[Fact], str]] = {
    facts.CancellationAsked: "CreateEvent",
    facts.CancellationEnded: "StateChangeEvent",
}
LABELS: Final[Mapping[str, str | Promise]] = {
    "ProductOrderCreateEvent": _("A product order was received"),
    "ProductOrderAttributeValueChangeEvent": _("A product order was changed"),
    "ProductOrderStateChangeEvent": _("A product order changed state"),
    "ProductOrderDeleteEvent": _("A product order was deleted"),
    "ServiceOrderCreateEvent": _("A service order was received"),
    "ServiceOrderAttributeValueChangeEvent": _("A service order was changed"),
    "ServiceOrderStateChangeEvent": _("A service order changed state"),
    "ServiceOrderDeleteEvent": _("A service order was deleted"),
    "CancelProductOrderCreateEvent": _("Cancellation of a product order requested"),
    "CancelProductOrderStateChangeEvent": _("Cancellation of a product order ended"),
    "CancelServiceOrderCreateEvent": _("Cancellation of a service order requested"),
    "CancelServiceOrderStateChangeEvent": _("Cancellation of a service order ended"),
}


def events_of(api: OpenApi) -> list[str]:
    """Return the event types of orders, then those of cancellation tasks."""
    orders = [f"{api.type}{kind}" for kind in KINDS.values()]
    return orders + [f"{api.task_type}{kind}" for kind in TASKS.values()]


def publish_orders() -> None:
    """Register which facts of orders are published; called once, when Opale starts."""
    for api in (PRODUCT_ORDERS, SERVICE_ORDERS):
        for kind, ending in KINDS.items():
            name = f"{api.type}{ending}"
            tell: Callable[[Any, Actor], Iterator[EventContent]] = partial(
                _gone if kind is facts.OrderDeleted else _standing, api, name
            )
            publish(kind, name, label=LABELS[name], right=READ, tell=tell)
        for task, ending in TASKS.items():
            name = f"{api.task_type}{ending}"
            asked: Callable[[Any, Actor], Iterator[EventContent]] = partial(_cancelling, api, name)
            publish(task, name, label=LABELS[name], right=READ, tell=asked)


def _standing(api: OpenApi, name: str, fact: Any, seen_by: Actor) -> Iterator[EventContent]:
    if fact.level != api.level:
        return
    for order in queries.orders_among([fact.order_id], seen_by=seen_by):
        yield _told(api.name, name, fact, order_resource(order, api), order.customer_id)


def _cancelling(api: OpenApi, name: str, fact: Any, seen_by: Actor) -> Iterator[EventContent]:
    if fact.level != api.level:
        return
    for row in queries.cancellations(seen_by=seen_by).filter(pk=fact.cancellation_id):
        yield _told(api.task, name, fact, shown_task(row, api), row.customer_id)


def _gone(
    api: OpenApi, name: str, fact: facts.OrderDeleted, seen_by: Actor
) -> Iterator[EventContent]:
    """Yield the event of a deleted order, for readers of all orders and those of its customer."""
    scope = seen_by.scope(READ)
    seen = scope is not None and (scope.everything or fact.customer_id in scope.customers)
    if fact.level == api.level and seen:
        last = {"id": str(fact.number), "href": f"{api.root}/{fact.number}", "@type": api.type}
        yield _told(api.name, name, fact, last, fact.customer_id)


def _told(
    member: str, name: str, fact: Any, resource: dict[str, Any], customer_id: int | None
) -> EventContent:
    body = {
        "eventId": str(uuid4()),
        "eventTime": format_moment(fact.at),
        "eventType": name,
        "event": {member: resource},
    }
    return EventContent(body, customer_id, whole=True)
