"""Pages of sites, and the infrastructure's slots on pages of other apps."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from opale.customers.queries.customers import get_customer_by_code
from opale.customers.queries.services import get_service_by_reference
from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure import rights
from opale.infrastructure.queries import items as item_queries
from opale.ui import pickers

SHOWN = 20
MOST = 50
"""Items of one site; the list of items has them all."""


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, code: str) -> HttpResponse:
    site = item_queries.get_site_by_code(code, seen_by=request.actor)
    found = item_queries.items(seen_by=request.actor, site_id=site.pk)
    context = {
        "site": site,
        "items": found.order_by("name", "id")[:MOST],
        "all_url": f"{reverse('infrastructure_items')}?site={site.pk}",
        "kinds": item_queries.kinds_at(site, seen_by=request.actor),
    }
    return render(request, "infrastructure/sites/show.html", context)


@require_GET
@needs(rights.READ)
def pick(request: ActorRequest) -> HttpResponse:
    found = item_queries.sites(seen_by=request.actor, text=request.GET.get("q", ""))
    rows = found.order_by("name", "id")[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(s.pk), s.name, s.code) for s in rows)
    )


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
