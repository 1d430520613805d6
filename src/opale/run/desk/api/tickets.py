"""Endpoints of tickets: read, create, classify, assign, end."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, Query, Router
from ninja.responses import Status

from opale.customers.queries.customers import get_contact, get_customer
from opale.customers.queries.services import get_cached_service, get_service
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, first, page, sliced
from opale.infrastructure.queries.items import get_item
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.kernel.reference_cache import pinned
from opale.listings.endpoints import group_endpoint
from opale.organisation.queries.people import get_person
from opale.organisation.queries.teams import get_team
from opale.run.desk import rights
from opale.run.desk.actions import (
    classifications,
    ownership,
    requester_messages,
    ticket_creation,
)
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.listings.tickets import TICKETS
from opale.run.desk.models import Commitment, Grade, Kind, Ownership, Source, Ticket
from opale.run.desk.queries import endings, queue_order, quick_search, ticket_lists, tickets
from opale.run.desk.shapes.tickets import (
    ClassificationIn,
    DueOut,
    OwnerIn,
    OwnershipOut,
    RestorationOut,
    TicketIn,
    TicketOut,
    TicketsAsked,
)

router = Router()
ALL = TicketsAsked()


@router.get("/tickets", response=Page[TicketOut], auth=may(rights.READ))
def list_tickets(
    request: ActorRequest,
    window: Query[Window],
    asked: Query[TicketsAsked],
    q: SearchText = "",
) -> Slice[Ticket]:
    """Those that fit all that is asked; `order` is the newest first, or that of the queue."""
    if asked == ALL and not (q or window.after):
        newest = ticket_lists.newest_tickets(seen_by=request.actor, size=window.limit + 1)
        return sliced(newest, window, *ticket_lists.NEWEST)
    at = clock.now()
    rows = ticket_lists.tickets_in(asked.view, seen_by=request.actor, at=at)
    if asked.tag and not request.actor.can(rights.CONSOLE):
        raise Invalid(tag=_("Only agents can set tags."))
    rows = ticket_lists.with_columns(rows, **asked.columns())
    if asked.order == "queue":
        rows = quick_search.matching_typed_text(rows, q, seen_by=request.actor) if q else rows
        queue = queue_order.in_order(rows, at)
        return page(queue.tickets.order_by(), window, *queue.order)
    read = (
        partial(quick_search.first_matching_typed_text, text=q, seen_by=request.actor)
        if q
        else first
    )
    return page(rows.order_by(), window, *ticket_lists.NEWEST, read=read)


@router.get("/desk/due-next", response=list[DueOut], auth=may(rights.CONSOLE))
def list_due_next(
    request: ActorRequest, limit: Annotated[int, Field(ge=1, le=200)] = 50
) -> list[Commitment]:
    """What falls due next over all running tickets, the overdue first."""
    return ticket_lists.due_next(seen_by=request.actor, limit=limit)


@router.get("/tickets/{int:number}", response=TicketOut, auth=may(rights.READ))
def get_ticket(request: ActorRequest, number: int) -> Ticket:
    return tickets.get_ticket(number, seen_by=request.actor)


@router.post("/tickets", response={201: TicketOut}, auth=may(rights.WORK, rights.REQUEST))
def create_ticket(request: ActorRequest, body: TicketIn) -> Status[Ticket]:
    """At the desk for whoever is named; by a contact or an employee for oneself."""
    if not request.actor.can(rights.WORK):
        return Status(201, _reported(body, request.actor))
    with pinned(request.revision):
        return Status(201, _received(body, request.actor))


def _received(body: TicketIn, by: Actor) -> Ticket:
    seen = {"seen_by": by}
    contact = get_contact(body.contact_id, **seen) if body.contact_id is not None else None
    service = get_cached_service(body.service_id, **seen) if body.service_id is not None else None
    named = contact or service
    customer = named.customer if named else None
    if body.customer_id is not None and (customer is None or customer.pk != body.customer_id):
        customer = get_customer(body.customer_id, **seen)
    return ticket_creation.receive_ticket(
        NewTicket(
            subject=body.subject,
            body=body.body,
            kind=Kind(body.kind),
            source=Source(body.source),
            customer=customer,
            contact=contact,
            employee=get_person(body.employee_id, **seen) if body.employee_id is not None else None,
            service=service,
            item=get_item(body.item_id, **seen) if body.item_id is not None else None,
            impact=Grade(body.impact),
            urgency=Grade(body.urgency),
            language=body.language,
        ),
        by=by,
    )


def _reported(body: TicketIn, by: Actor) -> Ticket:
    said = body.dict(exclude_unset=True)
    wrong: dict[str, str] = {
        field: _("Only agents can classify tickets.")
        for field in ("source", "item_id", "impact", "urgency")
        if field in said
    }
    own = {"contact_id": by.contact_id, "employee_id": by.person_id}
    if by.contact_id is not None:
        own["customer_id"] = get_contact(by.contact_id, seen_by=by).customer_id
    for field in ("customer_id", "contact_id", "employee_id"):
        if said.get(field) not in (None, own.get(field)):
            wrong[field] = _("You can only make requests for yourself.")
    if wrong:
        raise Invalid(**wrong)
    ticket = requester_messages.report_trouble(
        body.subject,
        by=by,
        body=body.body,
        kind=Kind(body.kind),
        service=get_service(body.service_id, seen_by=by) if body.service_id is not None else None,
        language=body.language,
    )
    return tickets.get_ticket(ticket.number, seen_by=by)


@router.post("/tickets/{int:number}/classification", response=TicketOut, auth=may(rights.WORK))
def classify_ticket(request: ActorRequest, number: int, body: ClassificationIn) -> Ticket:
    """What is not named stays; an id given as null is taken away."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    said = classification_input_of(body, seen_by=request.actor)
    classifications.reclassify_ticket(ticket, said, by=request.actor, reason=body.reason)
    return tickets.get_ticket(number, seen_by=request.actor)


def classification_input_of(
    body: ClassificationIn, *, seen_by: Actor
) -> Callable[[ClassificationInput], ClassificationInput]:
    """Return a function that merges the body into a ticket's classification."""
    said = body.dict(exclude_unset=True)
    readers: dict[str, Any] = {
        "customer": get_customer,
        "contact": get_contact,
        "service": get_service,
        "item": get_item,
    }
    named: dict[str, Any] = {
        name: None if (row := said[f"{name}_id"]) is None else read(row, seen_by=seen_by)
        for name, read in readers.items()
        if f"{name}_id" in said
    }
    named["team"] = get_team(body.team_id, seen_by=seen_by) if body.team_id is not None else None

    def of(held: ClassificationInput) -> ClassificationInput:
        return replace(
            held,
            kind=Kind(said.get("kind") or held.kind),
            impact=Grade(said.get("impact") or held.impact),
            urgency=Grade(said.get("urgency") or held.urgency),
            stream=held.stream if said.get("stream") is None else said["stream"],
            **named,
        )

    return of


@router.post("/tickets/{int:number}/ownership", response=TicketOut, auth=may(rights.WORK))
def own_ticket(request: ActorRequest, number: int, body: OwnerIn) -> Ticket:
    """Take the ticket; with `person_id`, give it to that person.

    A ticket that somebody else has, and was not merely received by, becomes another's only with
    `seen_owner_id` or with `If-Match`: 409 else, and where another has it than was seen.
    """
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    seen = body.seen_owner_id
    if seen is None and request.headers.get("If-Match", "*") != "*":
        seen = ticket.owner_id
    if body.person_id is None:
        ownership.take_ticket(ticket, by=request.actor, seen_owner_id=seen)
    else:
        person = get_person(body.person_id, seen_by=request.actor)
        ownership.give_ticket(ticket, person, by=request.actor, seen_owner_id=seen)
    return tickets.get_ticket(number, seen_by=request.actor)


@router.get(
    "/tickets/{int:number}/ownerships", response=list[OwnershipOut], auth=may(rights.CONSOLE)
)
def list_ownerships(request: ActorRequest, number: int) -> list[Ownership]:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return list(ticket.ownerships.order_by("starts"))


@router.get("/tickets/{int:number}/restoration", response=RestorationOut, auth=may(rights.CONSOLE))
def get_restoration(request: ActorRequest, number: int) -> RestorationOut:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    likely = endings.is_likely_outage(ticket)
    return RestorationOut(
        outage_from=ticket.outage_from,
        proposed_outage_from=endings.outage_start(ticket) if likely else None,
        restored_at=ticket.restored_at,
        proposed_at=tickets.proposed_restoration(ticket),
    )


group_endpoint(router, "/tickets/groups", TICKETS, name="count_tickets")
