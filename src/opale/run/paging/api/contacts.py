"""Endpoints of contact methods, and of the provider's SMS and voice gateways."""

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.run.paging import rights
from opale.run.paging.models import ContactMethod, Gateway
from opale.run.paging.queries import contacts as contact_queries
from opale.run.paging.shapes import ContactOut, GatewayOut, QuietHoursOut

router = Router(tags=["paging"])


@router.get("/paging/contacts", response=Page[ContactOut], auth=may(rights.OWN))
def list_contact_methods(request: ActorRequest, window: Query[Window]) -> Slice[ContactMethod]:
    """One's own, the first at first."""
    return page(
        contact_queries.own_methods(seen_by=request.actor).order_by(), window, "after", "id"
    )


@router.get("/paging/quiet-hours", response=QuietHoursOut, auth=may(rights.OWN))
def get_quiet_hours(request: ActorRequest) -> QuietHoursOut:
    return QuietHoursOut.of(contact_queries.own_quiet_hours(seen_by=request.actor))


@router.get("/paging/gateways", response=Page[GatewayOut], auth=may(rights.READ))
def list_gateways(request: ActorRequest, window: Query[Window]) -> Slice[Gateway]:
    return page(
        contact_queries.all_gateways(seen_by=request.actor).order_by(), window, "name", "id"
    )


@router.get("/paging/gateways/{int:gateway_id}", response=GatewayOut, auth=may(rights.READ))
def get_gateway(request: ActorRequest, gateway_id: int) -> Gateway:
    return contact_queries.get_gateway(gateway_id, seen_by=request.actor)
