from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "opale.delivery.orders"
    label = "orders"

    def ready(self) -> None:
        from opale.customers.ports import OpenWork, register_open_work
        from opale.delivery.orders import queries, rights
        from opale.delivery.orders.actions.exchange import ORDERS
        from opale.delivery.orders.api.notifications import publish_orders
        from opale.delivery.orders.listings import ORDERS as LISTED
        from opale.endpoints.exchange import registry as exchange_registry
        from opale.listings import registry
        from opale.reservations import ports as reservation_ports
        from opale.ui import slots

        register_open_work(
            OpenWork(
                code="orders",
                label=_("Open orders"),
                right=rights.READ,
                order=20,
                counts=queries.count_open_orders,
                address=queries.open_orders_url,
            )
        )
        exchange_registry.register_tables(ORDERS)
        registry.register(LISTED)
        reservation_ports.register_source("orders.order:", queries.links_of_orders)
        reservation_ports.register_source("orders.orderline:", queries.links_of_lines)
        slots.fill("customers.customer.main", "orders_of_customer", right=rights.READ, order=40)
        publish_orders()
