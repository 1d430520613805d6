"""The page of a supplier, with its promises."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure import rights
from opale.infrastructure.queries import suppliers as supplier_queries
from opale.ui import keyset

ORDER = keyset.Order(("name", "id"))


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, supplier_id: int) -> HttpResponse:
    supplier = supplier_queries.get_supplier(supplier_id, seen_by=request.actor)
    found = supplier_queries.items_carried_by(supplier, seen_by=request.actor)
    context = {
        "supplier": supplier,
        "page": keyset.page(found, ORDER, request.GET),
    }
    return render(request, "infrastructure/suppliers/show.html", context)
