"""Endpoints of customers and what they buy."""

from typing import Literal

from ninja import Query, Router

from opale.customers import rights
from opale.customers.listings.customers import CUSTOMERS
from opale.customers.listings.offerings import OFFERINGS
from opale.customers.listings.services import SERVICES
from opale.customers.models import Contact, Customer, Service
from opale.customers.queries import customers as customer_queries
from opale.customers.queries import services as service_queries
from opale.customers.shapes import ContactOut, CustomerOut, ServiceOut
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.listings.endpoints import list_endpoint
from opale.reference_tables.endpoints import endpoints_of

router = Router()


list_endpoint(
    router,
    "/customers",
    CUSTOMERS,
    CustomerOut,
    name="list_customers",
    text="Customers by name; `left` shows those that have left.",
)


@router.get("/customers/{int:customer_id}", response=CustomerOut, auth=may(rights.READ))
def get_customer(request: ActorRequest, customer_id: int) -> Customer:
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
    customer = (
        customer_queries.get_customer(customer_id, seen_by=seen)
        if customer_id is not None
        else None
    )
    found = customer_queries.contacts(
        seen_by=seen, customer=customer, text=q, authority=authority or "", left=left
    )
    return page(found, window, "name", "id")


@router.get("/contacts/{int:contact_id}", response=ContactOut, auth=may(rights.READ))
def get_contact(request: ActorRequest, contact_id: int) -> Contact:
    return customer_queries.get_contact(contact_id, seen_by=request.actor)


list_endpoint(
    router, "/services", SERVICES, ServiceOut, name="list_services", text="Services by name."
)


@router.get("/services/{int:service_id}", response=ServiceOut, auth=may(rights.READ))
def get_service(request: ActorRequest, service_id: int) -> Service:
    return service_queries.get_service(service_id, seen_by=request.actor)


endpoints_of(router, OFFERINGS)
