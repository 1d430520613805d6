"""What tells services of one name apart: reference, site and plan."""

from collections.abc import Sequence
from datetime import date

from opale.customers.models import Service
from opale.customers.queries.plans import plan_in_force, plan_name
from opale.infrastructure.models import ServiceItem


def service_notes(services: Sequence[Service], *, on: date) -> dict[int, str]:
    """Return, by service, its reference, the site of its items and the plan in force on a day."""
    places: dict[int, str] = {}
    rows = ServiceItem.objects.filter(service__in=services, item__site__isnull=False)
    for key, site in rows.order_by("pk").values_list("service", "item__site__name"):
        places.setdefault(key, site)
    found = {}
    for service in services:
        plan = plan_in_force(service.customer, service, on=on)
        named = plan_name(plan.version.plan) if plan else ""
        premium = " Premium" if plan and plan.premium else ""
        parts = (service.reference, places.get(service.pk, ""), named + premium)
        found[service.pk] = " · ".join(part for part in parts if part)
    return found
