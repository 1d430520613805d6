from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class DesignsConfig(AppConfig):
    name = "opale.build.designs"
    label = "designs"

    def ready(self) -> None:
        from opale.build.designs import actions, queries, rights
        from opale.build.projects import ports as project_ports
        from opale.customers.ports import OpenWork, show_open_work
        from opale.ui import navigation, palette, slots

        project_ports.register(queries.ForProjects())
        navigation.register(
            navigation.Entry(
                label=_("Designs"),
                icon="ruler-2",
                url_name="designs_list",
                right=rights.READ,
                count=queries.to_go_on,
                topic=actions.LIST,
                group=_("BUILD"),
                order=54,
                places=("/designs/",),
                key="g f",
            )
        )
        show_open_work(
            OpenWork(
                code="designs",
                label=_("Open designs"),
                right=rights.READ,
                order=10,
                counts=lambda ids, seen_by: queries.count_open_of(ids, seen_by=seen_by),
                address=lambda customer: f"{reverse('designs_list')}?q={customer.code}&state=open",
            )
        )
        palette.register(queries.jumps)
        slots.fill("customers.customer.main", "designs_of_customer", right=rights.READ, order=60)
        slots.fill("orders.order.first", "designs_of_order", right=rights.READ, order=50)
