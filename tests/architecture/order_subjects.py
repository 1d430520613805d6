"""What the parameters of orders' routes name: two orders of the customer, and its contact's hub."""

from collections.abc import Mapping

from tests.personas import MAKER, Personas

from opale.build.orders.actions import NewLine, NewOrder, create_order
from opale.build.orders.models import Order
from opale.customers.tests.builders import make_offering
from opale.webhooks.actions import create_webhook


def orders(house: Personas) -> Mapping[str, object]:
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
    return {
        "order_id": product.number,
        "order_number": product.number,
        "service_order_id": service.number,
        "line_name": "1",
        "order_move": "hold",
        "hub_id": hubs[0].pk,
        "service_hub_id": hubs[1].pk,
    }
