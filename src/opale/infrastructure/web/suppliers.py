"""The page of a supplier, with its promises."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure import rights
from opale.infrastructure.queries import items as item_queries
from opale.infrastructure.queries import suppliers as supplier_queries

MOST = 50
"""Circuits and links of one carrier; the list of items has them all."""


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, supplier_id: int) -> HttpResponse:
    supplier = supplier_queries.get_supplier(supplier_id, seen_by=request.actor)
    found = item_queries.items(seen_by=request.actor, carrier=supplier)
    context = {
        "supplier": supplier,
        "items": found.order_by("name", "id")[:MOST],
        "all_url": f"{reverse('infrastructure_items')}?carrier={supplier.pk}",
    }
    return render(request, "infrastructure/suppliers/show.html", context)
