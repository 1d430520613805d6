"""Endpoints of customers and what they buy."""

from typing import Any, Literal

from django.db.models import QuerySet
from ninja import Query, Router
from ninja.responses import Status

from opale.customers import rights
from opale.customers.actions import customers, logins, services
from opale.customers.listings import CUSTOMERS, OFFERINGS, SERVICES
from opale.customers.models import (
    Contact,
    Customer,
    Offering,
    Service,
)
from opale.customers.queries import customers as customer_queries
from opale.customers.queries import services as service_queries
from opale.customers.shapes import (
    ContactChanges,
    ContactOut,
    CustomerChanges,
    CustomerOut,
    Day,
    NewContact,
    NewCustomer,
    NewService,
    OfferingChanges,
    OfferingOut,
    ServiceChanges,
    ServiceMove,
    ServiceOut,
)
from opale.customers.states import SERVICE_MOVES
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.endpoints.references import resolve_reference
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.listings.endpoints import list_endpoint
from opale.organisation.queries.people import get_person
from opale.organisation.queries.reference import get_calendar

router = Router()


list_endpoint(
    router,
    "/customers",
    CUSTOMERS,
    CustomerOut,
    name="list_customers",
    text="Customers by name; `left` shows those that have left.",
)


@router.post("/customers", response={201: CustomerOut}, auth=may(rights.EDIT))
def create_customer(request: ActorRequest, body: NewCustomer) -> Status[Customer]:
    fields = _customer_fields(body.dict(), request.actor)
    return Status(201, customers.create_customer(by=request.actor, **fields))


@router.get("/customers/{int:customer_id}", response=CustomerOut, auth=may(rights.READ))
def get_customer(request: ActorRequest, customer_id: int) -> Customer:
    return customer_queries.get_customer(customer_id, seen_by=request.actor)


@router.patch("/customers/{int:customer_id}", response=CustomerOut, auth=may(rights.EDIT))
def edit_customer(request: ActorRequest, customer_id: int, body: CustomerChanges) -> Customer:
    with unless_changed(request, _one(Customer, customer_id, request), CustomerOut) as customer:
        fields = _customer_fields(body.dict(exclude_unset=True), request.actor)
        customers.edit_customer(customer, by=request.actor, **fields)
    return customer_queries.get_customer(customer_id, seen_by=request.actor)


@router.post("/customers/{int:customer_id}/departure", response=CustomerOut, auth=may(rights.EDIT))
def end_customer(request: ActorRequest, customer_id: int, body: Day) -> Customer:
    """The customer leaves on a day: nobody writes in its name and its contacts log in no more."""
    customer = customer_queries.get_customer(customer_id, seen_by=request.actor)
    customers.end_customer(customer, by=request.actor, on=body.on)
    return customer_queries.get_customer(customer_id, seen_by=request.actor)


@router.post("/customers/{int:customer_id}/return", response=CustomerOut, auth=may(rights.EDIT))
def take_back_customer(request: ActorRequest, customer_id: int) -> Customer:
    """Undo the leaving of a customer."""
    customer = customer_queries.get_customer(customer_id, seen_by=request.actor)
    customers.reinstate_customer(customer, by=request.actor)
    return customer_queries.get_customer(customer_id, seen_by=request.actor)


@router.get("/contacts", response=Page[ContactOut], auth=may(rights.READ))
def list_contacts(
    request: ActorRequest,
    window: Query[Window],
    q: SearchText = "",
    customer_id: int | None = None,
    authority: Literal["open", "order", "approve", "enter"] | None = None,
    left: bool = False,
) -> Slice[Contact]:
    """Contacts by name; `left` shows those that have left too."""
    seen = request.actor
    customer = customer_queries.get_customer(customer_id, seen_by=seen) if customer_id else None
    found = customer_queries.contacts(
        seen_by=seen, customer=customer, text=q, authority=authority or "", left=left
    )
    return page(found, window, "name", "id")


@router.post("/contacts", response={201: ContactOut}, auth=may(rights.EDIT_CONTACTS))
def create_contact(request: ActorRequest, body: NewContact) -> Status[Contact]:
    fields = body.dict(exclude_unset=True)
    customer = _customer(fields.pop("customer_id"), request.actor)
    return Status(201, customers.create_contact(customer, by=request.actor, **fields))


@router.get("/contacts/{int:contact_id}", response=ContactOut, auth=may(rights.READ))
def get_contact(request: ActorRequest, contact_id: int) -> Contact:
    return customer_queries.get_contact(contact_id, seen_by=request.actor)


@router.patch("/contacts/{int:contact_id}", response=ContactOut, auth=may(rights.EDIT_CONTACTS))
def edit_contact(request: ActorRequest, contact_id: int, body: ContactChanges) -> Contact:
    with unless_changed(request, _one(Contact, contact_id, request), ContactOut) as contact:
        customers.edit_contact(contact, by=request.actor, **body.dict(exclude_unset=True))
    return customer_queries.get_contact(contact_id, seen_by=request.actor)


@router.post(
    "/contacts/{int:contact_id}/departure", response=ContactOut, auth=may(rights.EDIT_CONTACTS)
)
def end_contact(request: ActorRequest, contact_id: int, body: Day) -> Contact:
    """The contact is none any more: what is written from that address is nobody's."""
    contact = customer_queries.get_contact(contact_id, seen_by=request.actor)
    customers.end_contact(contact, by=request.actor, on=body.on)
    return customer_queries.get_contact(contact_id, seen_by=request.actor)


@router.post(
    "/contacts/{int:contact_id}/return", response=ContactOut, auth=may(rights.EDIT_CONTACTS)
)
def take_back_contact(request: ActorRequest, contact_id: int) -> Contact:
    """Undo the leaving of a contact."""
    contact = customer_queries.get_contact(contact_id, seen_by=request.actor)
    customers.reinstate_contact(contact, by=request.actor)
    return customer_queries.get_contact(contact_id, seen_by=request.actor)


@router.post(
    "/contacts/{int:contact_id}/invitation",
    response={202: ContactOut},
    auth=may(rights.EDIT_CONTACTS),
)
def invite_contact(request: ActorRequest, contact_id: int) -> Status[Contact]:
    """Give a login, or open it again, and mail the way in."""
    contact = customer_queries.get_contact(contact_id, seen_by=request.actor)
    logins.invite_contact(contact, by=request.actor)
    return Status(202, customer_queries.get_contact(contact_id, seen_by=request.actor))


@router.delete(
    "/contacts/{int:contact_id}/access", response={204: None}, auth=may(rights.EDIT_CONTACTS)
)
def close_contact_access(request: ActorRequest, contact_id: int) -> Status[None]:
    """End the login with its sessions and tokens."""
    contact = customer_queries.get_contact(contact_id, seen_by=request.actor)
    logins.close_contact_access(contact, by=request.actor)
    return Status(204, None)


list_endpoint(
    router, "/services", SERVICES, ServiceOut, name="list_services", text="Services by name."
)


@router.post("/services", response={201: ServiceOut}, auth=may(rights.EDIT))
def create_service(request: ActorRequest, body: NewService) -> Status[Service]:
    fields = _service_fields(body.dict(exclude_unset=True), request.actor)
    customer = _customer(fields.pop("customer_id"), request.actor)
    return Status(201, services.create_service(customer, by=request.actor, **fields))


@router.get("/services/{int:service_id}", response=ServiceOut, auth=may(rights.READ))
def get_service(request: ActorRequest, service_id: int) -> Service:
    return service_queries.get_service(service_id, seen_by=request.actor)


@router.patch("/services/{int:service_id}", response=ServiceOut, auth=may(rights.EDIT))
def edit_service(request: ActorRequest, service_id: int, body: ServiceChanges) -> Service:
    with unless_changed(request, _one(Service, service_id, request), ServiceOut) as service:
        fields = _service_fields(body.dict(exclude_unset=True), request.actor)
        services.edit_service(service, by=request.actor, **fields)
    return service_queries.get_service(service_id, seen_by=request.actor)


@router.post("/services/{int:service_id}/moves", response=ServiceOut, auth=may(rights.EDIT))
def move_service(request: ActorRequest, service_id: int, body: ServiceMove) -> Service:
    """Move a service along its life, now or at a time in the past."""
    service = service_queries.get_service(service_id, seen_by=request.actor)
    wanted = next(move for move in SERVICE_MOVES if move.name == body.move)
    services.move_service(service, wanted, by=request.actor, at=body.at or clock.now())
    return service_queries.get_service(service_id, seen_by=request.actor)


list_endpoint(
    router,
    "/offerings",
    OFFERINGS,
    OfferingOut,
    name="list_offerings",
    text="The catalogue by code; `retired` shows what is no longer sold too.",
)


@router.post("/offerings", response={201: OfferingOut}, auth=may(rights.EDIT))
def create_offering(request: ActorRequest, body: OfferingChanges) -> Status[Offering]:
    return Status(201, services.create_offering(by=request.actor, **body.dict(exclude_unset=True)))


@router.get("/offerings/{int:offering_id}", response=OfferingOut, auth=may(rights.READ))
def get_offering(request: ActorRequest, offering_id: int) -> Offering:
    return service_queries.get_offering(offering_id, seen_by=request.actor)


@router.patch("/offerings/{int:offering_id}", response=OfferingOut, auth=may(rights.EDIT))
def edit_offering(request: ActorRequest, offering_id: int, body: OfferingChanges) -> Offering:
    with unless_changed(request, _one(Offering, offering_id, request), OfferingOut) as offering:
        services.edit_offering(offering, by=request.actor, **body.dict(exclude_unset=True))
    return service_queries.get_offering(offering_id, seen_by=request.actor)


def _one(model: type[Any], pk: int, request: ActorRequest) -> QuerySet[Any]:
    rows: QuerySet[Any] = service_queries.visible_rows(model, seen_by=request.actor).filter(pk=pk)
    return rows


def _customer(customer_id: int, actor: Actor) -> Customer:
    return resolve_reference(
        customer_queries.get_customer, customer_id, field="customer_id", seen_by=actor
    )


def _customer_fields(fields: dict[str, Any], actor: Actor) -> dict[str, Any]:
    if "calendar_id" in fields:
        fields["calendar"] = resolve_reference(
            get_calendar, fields.pop("calendar_id"), field="calendar_id", seen_by=actor
        )
    for name in ("architect", "service_manager"):
        if f"{name}_id" in fields:
            pk = fields.pop(f"{name}_id")
            fields[name] = pk and resolve_reference(
                get_person, pk, field=f"{name}_id", seen_by=actor
            )
    return fields


def _service_fields(fields: dict[str, Any], actor: Actor) -> dict[str, Any]:
    for name, getter in (
        ("offering", service_queries.get_offering),
        ("parent", service_queries.get_service),
    ):
        if f"{name}_id" in fields:
            pk = fields.pop(f"{name}_id")
            field = f"{name}_id"
            fields[name] = pk and resolve_reference(getter, pk, field=field, seen_by=actor)
    return fields
