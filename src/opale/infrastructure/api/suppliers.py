"""Endpoints of suppliers."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.infrastructure import rights
from opale.infrastructure.listings import SUPPLIERS
from opale.infrastructure.models import Supplier
from opale.infrastructure.queries import suppliers as supplier_queries
from opale.infrastructure.shapes import SupplierOut
from opale.listings.endpoints import list_endpoint

router = Router(tags=["infrastructure"])


list_endpoint(
    router,
    "/suppliers",
    SUPPLIERS,
    SupplierOut,
    name="list_suppliers",
    text="By name; with `left` also those that deliver no more.",
)


@router.get("/suppliers/{int:supplier_id}", response=SupplierOut, auth=may(rights.READ))
def get_supplier(request: ActorRequest, supplier_id: int) -> Supplier:
    return supplier_queries.get_supplier(supplier_id, seen_by=request.actor)
