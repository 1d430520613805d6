"""What the parameters of orders' routes name: two orders of the customer, and its contact's hub."""

from collections.abc import Mapping

from tests.personas import MAKER, Personas

from opale.customers.tests.builders import make_offering
from opale.delivery.orders.actions.cancellations import request_cancellation
from opale.delivery.orders.actions.orders import NewLine, NewOrder, create_order
from opale.delivery.orders.models import Order
from opale.webhooks.actions.webhooks import create_webhook


def subjects(house: Personas) -> Mapping[str, object]:
    cabinet = NewLine(offering=make_offering("colo-cabinet", name_en="Cabinet", name_fr="Baie"))
    product, service = (
        create_order(NewOrder(lines=(cabinet,), customer=house.customer, level=level), by=MAKER)
        for level in (Order.Level.PRODUCT, Order.Level.SERVICE)
    )
    hubs = [
        create_webhook(
            by=house.actor("customer_contact"),
            name=f"{kind} hub",
            url="https://192.0.43.8/opale",
            events=[f"{kind}CreateEvent"],
        )[0]
        for kind in ("ProductOrder", "ServiceOrder")
    ]
    cancellations = [
        request_cancellation(order, by=MAKER, reason="Put off", wanted_text="2030-01-01T09:00:00Z")
        for order in (product, service)
    ]
    return {
        "cancellation_id": cancellations[0].pk,
        "service_cancellation_id": cancellations[1].pk,
        "order_id": product.number,
        "order_number": product.number,
        "service_order_id": service.number,
        "line_name": "1",
        "order_move": "hold",
        "hub_id": hubs[0].pk,
        "service_hub_id": hubs[1].pk,
    }
