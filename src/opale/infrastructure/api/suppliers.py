"""Endpoints of suppliers."""

from datetime import date, timedelta
from typing import Any

from ninja import Router, Schema
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import unless_changed
from opale.infrastructure import rights
from opale.infrastructure.actions import suppliers
from opale.infrastructure.listings import SUPPLIERS
from opale.infrastructure.models import Supplier
from opale.infrastructure.queries import suppliers as supplier_queries
from opale.kernel.actor import Actor
from opale.listings.endpoints import list_endpoint
from opale.organisation.queries.reference import get_calendar

router = Router(tags=["infrastructure"])


class SupplierOut(Schema):
    id: int
    name: str
    kind: str
    email: str
    phone: str
    portal: str
    language: str
    accepts_within_minutes: int | None
    restores_within_minutes: int | None
    calendar_id: int | None
    left_on: date | None

    @staticmethod
    def resolve_accepts_within_minutes(row: Supplier) -> int | None:
        return int(row.accepts_within.total_seconds() // 60) if row.accepts_within else None

    @staticmethod
    def resolve_restores_within_minutes(row: Supplier) -> int | None:
        return int(row.restores_within.total_seconds() // 60) if row.restores_within else None


class SupplierChanges(Schema):
    name: str = ""
    kind: Supplier.Kind = Supplier.Kind.OTHER
    email: str = ""
    phone: str = ""
    portal: str = ""
    language: str = "fr"
    accepts_within_minutes: int | None = None
    restores_within_minutes: int | None = None
    calendar_id: int | None = None
    left_on: date | None = None


class NewSupplier(SupplierChanges):
    name: str
    kind: Supplier.Kind


list_endpoint(
    router,
    "/suppliers",
    SUPPLIERS,
    SupplierOut,
    name="list_suppliers",
    text="By name; with `left` also those that deliver no more.",
)


@router.post("/suppliers", response={201: SupplierOut}, auth=may(rights.EDIT))
def create_supplier(request: ActorRequest, body: NewSupplier) -> Status[Supplier]:
    fields = _fields(body.dict(), request.actor)
    return Status(201, suppliers.create_supplier(by=request.actor, **fields))


@router.get("/suppliers/{int:supplier_id}", response=SupplierOut, auth=may(rights.READ))
def get_supplier(request: ActorRequest, supplier_id: int) -> Supplier:
    return supplier_queries.get_supplier(supplier_id, seen_by=request.actor)


@router.patch("/suppliers/{int:supplier_id}", response=SupplierOut, auth=may(rights.EDIT))
def edit_supplier(request: ActorRequest, supplier_id: int, body: SupplierChanges) -> Supplier:
    rows = supplier_queries.plain_suppliers(seen_by=request.actor).filter(pk=supplier_id)
    with unless_changed(request, rows, SupplierOut) as supplier:
        fields = _fields(body.dict(exclude_unset=True), request.actor)
        suppliers.edit_supplier(supplier, by=request.actor, **fields)
    return supplier_queries.get_supplier(supplier_id, seen_by=request.actor)


def _fields(said: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Return the action's arguments: lengths for minutes, and the calendar for its id."""
    for name in ("accepts_within", "restores_within"):
        if f"{name}_minutes" in said:
            minutes = said.pop(f"{name}_minutes")
            said[name] = None if minutes is None else timedelta(minutes=minutes)
    if "calendar_id" in said:
        calendar_id = said.pop("calendar_id")
        said["calendar"] = get_calendar(calendar_id, seen_by=actor) if calendar_id else None
    return said
