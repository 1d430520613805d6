from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "opale.build.projects"
    label = "projects"

    def ready(self) -> None:
        from opale.build.orders import ports as order_ports
        from opale.build.orders.facts import OrderChanged, OrderMoved
        from opale.build.projects import actions, queries, rights
        from opale.build.resources import ports as resource_ports
        from opale.build.resources.facts import RequestStaffed
        from opale.customers.ports import OpenWork, show_open_work
        from opale.kernel.facts import listen
        from opale.organisation.facts import PersonLeft
        from opale.ui import navigation, palette, slots

        listen(OrderMoved, "projects.follow_order", actions.follow_order)
        listen(PersonLeft, "projects.follow_leaving", actions.follow_leaving)
        listen(RequestStaffed, "projects.follow_staffing", actions.follow_staffing)
        listen(OrderChanged, "projects.follow_change", actions.follow_order)
        order_ports.register(queries.HeldForPackages())
        resource_ports.offer(actions.WorkPackages())
        resource_ports.register(actions.WorkPackages())
        navigation.register(
            navigation.Entry(
                label=_("Projects"),
                icon="timeline",
                url_name="projects_list",
                right=rights.READ,
                count=queries.stormy,
                topic=actions.LIST,
                group=_("BUILD"),
                order=56,
                places=("/projects/", "/project-templates/"),
                key="g p",
            )
        )
        show_open_work(
            OpenWork(
                code="projects",
                label=_("Live projects"),
                right=rights.READ,
                order=30,
                counts=queries.live_of,
                address=queries.address_of_live,
            )
        )
        palette.register(queries.jumps)
        slots.fill("web.now.work", "projects_now", right=rights.WORK)
        slots.fill("orders.order.first", "projects_of_order", right=rights.READ)
