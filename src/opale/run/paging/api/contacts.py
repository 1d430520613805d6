"""Endpoints of contact methods, and of the provider's SMS and voice gateways."""

from datetime import time
from typing import Annotated

from ninja import Query, Router, Schema
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.run.paging import rights
from opale.run.paging.actions import contacts
from opale.run.paging.models import ContactMethod, Gateway
from opale.run.paging.queries import contacts as contact_queries
from opale.run.paging.shapes import ContactOut, GatewayOut

router = Router(tags=["paging"])

TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["22:00"])]


class QuietHoursShape(Schema):
    """By the clock of the person; both null for none."""

    since: TimeOfDay | None
    until: TimeOfDay | None


@router.get("/paging/contacts", response=Page[ContactOut], auth=may(rights.OWN))
def list_contact_methods(request: ActorRequest, window: Query[Window]) -> Slice[ContactMethod]:
    """One's own, the first at first."""
    return page(
        contact_queries.own_methods(seen_by=request.actor).order_by(), window, "after", "id"
    )


@router.get("/paging/quiet-hours", response=QuietHoursShape, auth=may(rights.OWN))
def get_quiet_hours(request: ActorRequest) -> QuietHoursShape:
    found = contact_queries.own_quiet_hours(seen_by=request.actor)
    if found is None:
        return QuietHoursShape(since=None, until=None)
    return QuietHoursShape(since=f"{found.since:%H:%M}", until=f"{found.until:%H:%M}")


@router.put("/paging/quiet-hours", response=QuietHoursShape, auth=may(rights.OWN))
def keep_quiet(request: ActorRequest, body: QuietHoursShape) -> QuietHoursShape:
    """In which only what is urgent pages."""
    since, until = (time.fromisoformat(one) if one else None for one in (body.since, body.until))
    contacts.set_quiet_hours(since, until, by=request.actor)
    return get_quiet_hours(request)


@router.get("/paging/gateways", response=Page[GatewayOut], auth=may(rights.READ))
def list_gateways(request: ActorRequest, window: Query[Window]) -> Slice[Gateway]:
    return page(
        contact_queries.all_gateways(seen_by=request.actor).order_by(), window, "name", "id"
    )


@router.get("/paging/gateways/{int:gateway_id}", response=GatewayOut, auth=may(rights.READ))
def get_gateway(request: ActorRequest, gateway_id: int) -> Gateway:
    return contact_queries.get_gateway(gateway_id, seen_by=request.actor)
