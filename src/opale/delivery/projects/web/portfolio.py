"""The timeline of the portfolio, and projects on the pages of customers and orders."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from opale.customers.queries.customers import get_customer_by_code
from opale.delivery.orders.queries import get_order
from opale.delivery.projects.actions import plans
from opale.delivery.projects.listings.portfolio_tabs import portfolio_tabs
from opale.delivery.projects.listings.projects import PROJECTS, line_of
from opale.delivery.projects.queries import projects, workdays
from opale.delivery.projects.rights import READ
from opale.delivery.projects.web import timelines
from opale.endpoints.http import ActorRequest, needs
from opale.listings.pages import filter_context
from opale.listings.selection import Selection, order_of
from opale.ui import keyset
from opale.ui.components.lists import region_id

DRAWN: Final = 100
"""Projects on one page of the timeline."""
ON_CUSTOMER: Final = 10
"""The number of projects on a customer's page; the others are a click away."""


@require_GET
@needs(READ)
def timeline(request: ActorRequest) -> HttpResponse:
    """Draw the projects that the list's filters find, the next to end first."""
    selection = Selection.read(PROJECTS, request.GET, request.actor)
    rows = selection.rows().filter(ends_on__isnull=False)
    page = keyset.page(rows, order_of(PROJECTS, selection.sort or "end"), request.GET, DRAWN)
    lines = [line_of(project) for project in page.rows]
    context = {
        "page": page,
        "lines": lines,
        "drawing": timelines.draw(lines, today=workdays.today()),
        "undated": selection.narrowed().filter(ends_on=None).count(),
        "region": region_id("projects", "timeline"),
        "topic": plans.LIST,
        "clear": reverse("projects_timeline"),
        "empty": selection.empty or PROJECTS.empty,
        "narrowed": selection.is_narrowed(),
        "portfolio_tabs": portfolio_tabs(request, "projects_timeline"),
        **filter_context(selection),
    }
    template = "projects/_timeline.html" if request.htmx else "projects/timeline.html"
    return render(request, template, context)


@require_GET
@needs(READ)
def of_customer(request: ActorRequest, customer_code: str) -> HttpResponse:
    """Show the open projects of a customer, the next to end first, on the customer's page."""
    customer = get_customer_by_code(customer_code, seen_by=request.actor)
    found = projects.projects(seen_by=request.actor, state="live").filter(customer=customer)
    rows = list(found.order_by("ends_on", "pk")[: ON_CUSTOMER + 1])
    context = {
        "customer": customer,
        "lines": [line_of(project) for project in rows[:ON_CUSTOMER]],
        "more": len(rows) > ON_CUSTOMER,
        "topic": plans.LIST,
    }
    return render(request, "projects/_of_customer.html", context)


@require_GET
@needs(READ)
def of_order(request: ActorRequest, order_number: int) -> HttpResponse:
    """Show the project that delivers an order, on the order's page."""
    order = get_order(order_number, seen_by=request.actor)
    project = projects.project_of_order(order_number, seen_by=request.actor)
    context = {
        "order": order,
        "line": line_of(project) if project else None,
        "topic": plans.LIST,
    }
    return render(request, "projects/_of_order.html", context)
