"""The project of an order, in a line on the order's page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.delivery.orders.queries import get_order
from opale.delivery.projects.actions import plans
from opale.delivery.projects.listings import line_of
from opale.delivery.projects.queries import projects
from opale.delivery.projects.rights import READ
from opale.endpoints.http import ActorRequest, needs


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
