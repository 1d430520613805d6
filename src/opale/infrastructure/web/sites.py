"""Slots of the infrastructure on pages of other apps."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.customers.queries.customers import get_customer_by_code
from opale.customers.queries.services import get_service_by_reference
from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure import rights
from opale.infrastructure.queries import items as item_queries

SHOWN = 20


@require_GET
@needs(rights.READ)
def of_customer(request: ActorRequest, code: str) -> HttpResponse:
    """Render the slot on a customer's page: the customer's own sites and items."""
    customer = get_customer_by_code(code, seen_by=request.actor)
    sites = item_queries.sites(seen_by=request.actor, customer_id=customer.pk)[:SHOWN]
    items = item_queries.items(seen_by=request.actor, customer_id=customer.pk).order_by("name")
    context = {"sites": sites, "items": items[:SHOWN]}
    return render(request, "infrastructure/sites/_of_customer.html", context)


@require_GET
@needs(rights.READ)
def of_service(request: ActorRequest, reference: str) -> HttpResponse:
    """Render the slot on a service's page: the items that it needs."""
    service = get_service_by_reference(reference, seen_by=request.actor)
    context = {"links": item_queries.items_of(service, seen_by=request.actor)[:SHOWN]}
    return render(request, "infrastructure/items/_of_service.html", context)
