"""The availability of services month by month, on the pages of services and customers."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.customers.queries.customers import get_customer_by_code
from opale.customers.queries.services import get_service_by_reference
from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.desk.domain.availability import Month
from opale.run.desk.queries import availability
from opale.run.desk.queries.availability import ServiceMonth
from opale.run.desk.rights import CONSOLE
from opale.ui.components.charts import Chart, Series

MONTHS = 12
SERVICES = 10


@require_GET
@needs(CONSOLE)
def of_service(request: ActorRequest, reference: str) -> HttpResponse:
    service = get_service_by_reference(reference, seen_by=request.actor)
    at = clock.now()
    months = newest(MONTHS, service.customer.time_zone)
    found = availability.months_of([service], months, seen_by=request.actor, at=at)
    context = {
        "own_url": reverse("desk_availability_of_service", args=[reference]),
        "service": service,
        "months": found[::-1],
        "chart": _chart(found),
    }
    return render(request, "desk/clocks/_availability.html", context)


@require_GET
@needs(CONSOLE)
def of_customer(request: ActorRequest, code: str) -> HttpResponse:
    """Show this month and the last one, for the services that were down."""
    customer = get_customer_by_code(code, seen_by=request.actor)
    months = newest(2, customer.time_zone)
    services = availability.services_with_outages(
        customer, months[0].starts, seen_by=request.actor, limit=SERVICES
    )
    found = availability.months_of(services, months, seen_by=request.actor, at=clock.now())
    context = {
        "own_url": reverse("desk_availability_of_customer", args=[code]),
        "months": months,
        "rows": list(zip(services, found[::2], found[1::2], strict=True)),
    }
    return render(request, "desk/clocks/_availabilities.html", context)


def newest(count: int, zone: str) -> list[Month]:
    """Return the present month and those before it, oldest first."""
    months = [Month.of(clock.now(), zone)]
    while len(months) < count:
        months.append(months[-1].before())
    return months[::-1]


def _chart(found: list[ServiceMonth]) -> Chart | None:
    """Return the chart of hours down by month; None for a service that was never down."""
    hours: list[Any] = [round(month.found.down.total_seconds() / 3600, 2) for month in found]
    if not any(hours):
        return None
    return Chart(
        title=_("Downtime calculator"),
        steps=[date_format(month.month.starts_on, "M Y") for month in found],
        series=[Series(_("Hours of downtime"), hours, role="major", shape="bar")],
        unit=_("h"),
    )
