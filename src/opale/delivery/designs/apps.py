from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class DesignsConfig(AppConfig):
    name = "opale.delivery.designs"
    label = "designs"

    def ready(self) -> None:
        from opale.customers.ports import OpenWork, register_open_work
        from opale.delivery.designs import rights
        from opale.delivery.designs.listings import DESIGNS
        from opale.delivery.designs.models import DesignVersion
        from opale.delivery.designs.queries import designs as design_queries
        from opale.delivery.designs.queries import forecasts, held_before
        from opale.delivery.projects import ports as project_ports
        from opale.listings import registry
        from opale.reservations import ports as reservation_ports
        from opale.ui import slots

        project_ports.register(held_before.DesignReservations())
        project_ports.register_forecast(forecasts.DesignForecast())
        register_open_work(
            OpenWork(
                code="designs",
                label=_("Open designs"),
                right=rights.READ,
                order=10,
                counts=lambda ids, seen_by: design_queries.count_open_of(ids, seen_by=seen_by),
                address=lambda customer: f"{reverse('designs_list')}?q={customer.code}&state=open",
            )
        )
        registry.register(DESIGNS)
        reservation_ports.register_source(DesignVersion.SOURCE, design_queries.links_of_versions)
        slots.fill("customers.customer.main", "designs_of_customer", right=rights.READ, order=60)
        slots.fill("orders.order.first", "designs_of_order", right=rights.READ, order=50)
