"""Endpoints of contact methods, and of the provider's SMS and voice gateways."""

from datetime import datetime, time, timedelta
from typing import Annotated, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.run.paging import rights
from opale.run.paging.actions import contacts, gateways
from opale.run.paging.models import ContactMethod, Gateway
from opale.run.paging.queries import contacts as contact_queries

router = Router(tags=["paging"])

Minutes = Annotated[int, Field(ge=0, le=60, description="So long after the page")]
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["22:00"])]
Template = Annotated[
    str,
    Field(
        max_length=2000,
        description="As apprise writes it, `{to}` for the number; kept encrypted, never shown",
    ),
]


class ContactOut(Schema):
    """A way to reach the caller. `told_answer` is what a test or a code was answered last."""

    id: int
    kind: Literal["mail", "gateway", "channel", "push"]
    label: str
    gateway_id: int | None
    after_minutes: int
    verified_at: datetime | None
    told_at: datetime | None
    told_answer: str

    @staticmethod
    def resolve_after_minutes(row: ContactMethod) -> int:
        return int(row.after.total_seconds() // 60)


class ContactIn(Schema):
    """A code goes to the `address`, with which it is verified."""

    kind: Literal["mail", "gateway", "channel"]
    address: Annotated[str, Field(max_length=1000)]
    after_minutes: Minutes = 0
    gateway_id: int | None = None


class ContactChanges(Schema):
    after_minutes: Minutes


class CodeIn(Schema):
    code: Annotated[str, Field(max_length=10)]


class QuietHoursShape(Schema):
    """By the clock of the person; both null for none."""

    since: TimeOfDay | None
    until: TimeOfDay | None


class GatewayOut(Schema):
    id: int
    name: str
    is_on: bool


class GatewayIn(Schema):
    name: Annotated[str, Field(max_length=60)]
    template: Template


class GatewayChanges(Schema):
    name: Annotated[str, Field(max_length=60)] | None = None
    template: Template = ""
    is_on: bool | None = None


@router.get("/paging/contacts", response=Page[ContactOut], auth=may(rights.OWN))
def list_contact_methods(request: ActorRequest, window: Query[Window]) -> Slice[ContactMethod]:
    """One's own, the first at first."""
    return page(
        contact_queries.own_methods(seen_by=request.actor).order_by(), window, "after", "id"
    )


@router.post("/paging/contacts", response={201: ContactOut}, auth=may(rights.OWN))
def add_contact(request: ActorRequest, body: ContactIn) -> Status[ContactMethod]:
    made = contacts.add_method(
        kind=body.kind,
        address=body.address,
        after=timedelta(minutes=body.after_minutes),
        gateway=None
        if body.gateway_id is None
        else contact_queries.offered_gateway(body.gateway_id),
        by=request.actor,
    )
    return Status(201, made)


@router.patch("/paging/contacts/{int:method_id}", response=ContactOut, auth=may(rights.OWN))
def edit_contact_method(
    request: ActorRequest, method_id: int, body: ContactChanges
) -> ContactMethod:
    rows = contact_queries.own_methods(seen_by=request.actor).filter(pk=method_id)
    with unless_changed(request, rows, ContactOut) as method:
        after = timedelta(minutes=body.after_minutes)
        contacts.edit_method(method, after=after, by=request.actor)
    return contact_queries.get_method(method_id, seen_by=request.actor)


@router.post(
    "/paging/contacts/{int:method_id}/code", response={202: ContactOut}, auth=may(rights.OWN)
)
def send_code(request: ActorRequest, method_id: int) -> Status[ContactMethod]:
    """Another code, at most one a minute."""
    contacts.send_code(
        contact_queries.get_method(method_id, seen_by=request.actor), by=request.actor
    )
    return Status(202, contact_queries.get_method(method_id, seen_by=request.actor))


@router.post(
    "/paging/contacts/{int:method_id}/verification", response=ContactOut, auth=may(rights.OWN)
)
def verify_contact(request: ActorRequest, method_id: int, body: CodeIn) -> ContactMethod:
    """From now on pages go there."""
    method = contact_queries.get_method(method_id, seen_by=request.actor)
    contacts.verify_method(method, body.code, by=request.actor)
    return contact_queries.get_method(method_id, seen_by=request.actor)


@router.post(
    "/paging/contacts/{int:method_id}/test", response={202: ContactOut}, auth=may(rights.OWN)
)
def try_contact(request: ActorRequest, method_id: int) -> Status[ContactMethod]:
    """Send a test; the answer stands on the contact soon after."""
    contacts.send_test(
        contact_queries.get_method(method_id, seen_by=request.actor), by=request.actor
    )
    return Status(202, contact_queries.get_method(method_id, seen_by=request.actor))


@router.delete("/paging/contacts/{int:method_id}", response={204: None}, auth=may(rights.OWN))
def remove_contact(request: ActorRequest, method_id: int) -> Status[None]:
    contacts.remove_method(
        contact_queries.get_method(method_id, seen_by=request.actor), by=request.actor
    )
    return Status(204, None)


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


@router.post("/paging/gateways", response={201: GatewayOut}, auth=may(rights.EDIT))
def create_gateway(request: ActorRequest, body: GatewayIn) -> Status[Gateway]:
    return Status(201, gateways.create_gateway(**body.dict(), by=request.actor))


@router.get("/paging/gateways/{int:gateway_id}", response=GatewayOut, auth=may(rights.READ))
def get_gateway(request: ActorRequest, gateway_id: int) -> Gateway:
    return contact_queries.get_gateway(gateway_id, seen_by=request.actor)


@router.patch("/paging/gateways/{int:gateway_id}", response=GatewayOut, auth=may(rights.EDIT))
def edit_gateway(request: ActorRequest, gateway_id: int, body: GatewayChanges) -> Gateway:
    """Switched off, nobody is paged by it; its contacts stay."""
    rows = contact_queries.all_gateways(seen_by=request.actor).filter(pk=gateway_id)
    with unless_changed(request, rows, GatewayOut) as gateway:
        gateways.edit_gateway(gateway, by=request.actor, **body.dict(exclude_unset=True))
    return contact_queries.get_gateway(gateway_id, seen_by=request.actor)


@router.delete("/paging/gateways/{int:gateway_id}", response={204: None}, auth=may(rights.EDIT))
def delete_gateway(request: ActorRequest, gateway_id: int) -> Status[None]:
    """One by which nobody is reached."""
    gateway = contact_queries.get_gateway(gateway_id, seen_by=request.actor)
    gateways.delete_gateway(gateway, by=request.actor)
    return Status(204, None)
