from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "opale.build.orders"
    label = "orders"

    def ready(self) -> None:
        from opale.build.orders import actions, queries, rights
        from opale.build.orders.actions.exchange import ORDERS
        from opale.build.orders.api.hooks import publish_orders
        from opale.customers.ports import OpenWork, show_open_work
        from opale.endpoints import exchange
        from opale.ui import navigation

        navigation.register(
            navigation.Entry(
                label=_("Orders"),
                icon="file-text",
                url_name="orders_list",
                right=rights.READ,
                count=queries.to_begin,
                topic=actions.LIST,
                group=_("BUILD"),
                order=55,
                places=("/orders/",),
                key="g o",
            )
        )
        show_open_work(
            OpenWork(
                code="orders",
                label=_("Open orders"),
                right=rights.READ,
                order=20,
                counts=queries.open_of,
                address=queries.address_of_open,
            )
        )
        exchange.offer(ORDERS)
        publish_orders()
