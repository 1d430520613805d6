from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    name = "opale.delivery.projects"
    label = "projects"

    def ready(self) -> None:
        from opale.customers.ports import OpenWork, register_open_work
        from opale.delivery.orders import ports as order_ports
        from opale.delivery.orders.facts import OrderChanged, OrderMoved
        from opale.delivery.projects import rights
        from opale.delivery.projects.actions import (
            order_sync,
            planner_source,
            plans,
            resource_requests,
        )
        from opale.delivery.projects.listings.managers import PROJECT_MANAGERS
        from opale.delivery.projects.listings.projects import PROJECTS
        from opale.delivery.projects.listings.templates import DELIVERY_TEMPLATES
        from opale.delivery.projects.models import WORK_PACKAGE
        from opale.delivery.projects.queries import planner_source as planner_source_queries
        from opale.delivery.projects.queries import projects, reservation_links
        from opale.delivery.resources import ports as resource_ports
        from opale.delivery.resources.facts import RequestStaffed
        from opale.kernel.facts import listen
        from opale.listings import registry
        from opale.organisation.facts import PersonLeft
        from opale.reservations import ports as reservation_ports
        from opale.ui import slots

        listen(OrderMoved, "projects.follow_order", order_sync.sync_with_order)
        listen(PersonLeft, "projects.follow_leaving", plans.flag_leaver)
        listen(RequestStaffed, "projects.follow_staffing", resource_requests.assign_staffed_person)
        listen(OrderChanged, "projects.follow_change", order_sync.sync_with_order)
        order_ports.register(planner_source_queries.PackageReservations())
        resource_ports.register_source(planner_source.WorkPackages())
        resource_ports.register(planner_source.WorkPackages())
        register_open_work(
            OpenWork(
                code="projects",
                label=_("Open projects"),
                right=rights.READ,
                order=30,
                counts=projects.count_live_projects,
                address=projects.live_projects_url,
            )
        )
        reservation_ports.register_source(WORK_PACKAGE, reservation_links.links_of_packages)
        reservation_ports.register_source(
            "orders.orderline:", reservation_links.links_of_lines, order=200
        )
        registry.register(PROJECTS, PROJECT_MANAGERS, DELIVERY_TEMPLATES)
        slots.fill("web.now.side", "projects_now", right=rights.WORK)
        slots.fill("customers.customer.main", "projects_of_customer", right=rights.READ, order=50)
        slots.fill("orders.order.first", "projects_of_order", right=rights.READ)
