"""Endpoints of the desk."""

from datetime import datetime
from typing import Any, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status

from opale.customers.queries import get_contact, get_customer, get_service
from opale.endpoints.auth import may
from opale.endpoints.http import AskedRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.infrastructure.queries import get_item
from opale.kernel import clock
from opale.kernel.business_time import Segment
from opale.kernel.errors import NotFound
from opale.organisation.queries import get_person
from opale.run.desk import actions, queries, rights
from opale.run.desk.actions import Findings, NewTicket
from opale.run.desk.models import Commitment, Grade, Kind, Message, Ownership, Pause, Source, Ticket

router = Router(tags=["desk"])

GradeName = Literal[1, 2, 3]


class TicketOut(Schema):
    id: int
    number: int
    reference: str
    kind: str
    state: str
    stream: str
    source: str
    subject: str
    language: str
    priority: int
    impact: int
    urgency: int
    premium: bool
    customer_id: int | None
    contact_id: int | None
    service_id: int | None
    item_id: int | None
    owner_id: int
    received_at: datetime
    acknowledged_at: datetime | None
    restored_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    cause: str


class TicketIn(Schema):
    subject: str
    body: str = ""
    kind: Literal["request", "incident"] = "request"
    customer_id: int | None = None
    contact_id: int | None = None
    service_id: int | None = None
    item_id: int | None = None
    impact: GradeName = 3
    urgency: GradeName = 3
    language: Literal["", "fr", "en"] = ""


class ClassificationIn(Schema):
    kind: Literal["request", "incident"] | None = None
    customer_id: int | None = None
    contact_id: int | None = None
    service_id: int | None = None
    item_id: int | None = None
    impact: GradeName | None = None
    urgency: GradeName | None = None
    reason: str = ""


class MessageOut(Schema):
    id: int
    direction: str
    visibility: str
    author: str
    body: str
    at: datetime


class MessageIn(Schema):
    body: str
    to: list[str] = []
    cc: list[str] = []


class NoteIn(Schema):
    body: str


class PauseIn(Schema):
    kind: Literal["customer", "supplier", "change", "agreed_date"]
    reason: str = ""


class RestorationIn(Schema):
    at: datetime | None = None


class ResolutionIn(Schema):
    cause: str = ""


class OwnerIn(Schema):
    person_id: int | None = None
    seen_owner_id: int | None = None


class OwnershipOut(Schema):
    person_id: int
    starts: datetime
    ends: datetime
    reason: str


class CommitmentOut(Schema):
    measure: str
    target_seconds: int
    coverage: str
    starts_at: datetime
    due_at: datetime | None
    met_at: datetime | None
    breached_at: datetime | None

    @staticmethod
    def resolve_target_seconds(row: Commitment) -> int:
        return int(row.target.total_seconds())


class SegmentOut(Schema):
    starts: datetime
    ends: datetime
    counted: bool
    reason: str
    pauses: list[str]


@router.get("/tickets", response=Page[TicketOut], auth=may(rights.READ))
def list_tickets(
    request: AskedRequest,
    window: Query[Window],
    q: SearchText = "",
    view: Literal["triage", "mine", "due", "waiting", "open", "all"] = "all",
) -> Slice[Ticket]:
    rows = queries.tickets_in(view, seen_by=request.actor, at=clock.now())
    if q:
        rows = queries.matching(rows, q)
    return page(rows.order_by(), window, "-received_at", "-id")


@router.get("/tickets/{int:number}", response=TicketOut, auth=may(rights.READ))
def get_ticket(request: AskedRequest, number: int) -> Ticket:
    return queries.get_ticket(number, seen_by=request.actor)


@router.post("/tickets", response={201: TicketOut}, auth=may(rights.WORK))
def create_ticket(request: AskedRequest, body: TicketIn) -> Status[Ticket]:
    seen = {"seen_by": request.actor}
    customer = get_customer(body.customer_id, **seen) if body.customer_id else None
    contact = get_contact(body.contact_id, **seen) if body.contact_id else None
    service = get_service(body.service_id, **seen) if body.service_id else None
    named = contact or service
    ticket = actions.receive_ticket(
        NewTicket(
            subject=body.subject,
            body=body.body,
            kind=Kind(body.kind),
            source=Source.API,
            customer=customer or (named.customer if named else None),
            contact=contact,
            service=service,
            item=get_item(body.item_id, **seen) if body.item_id else None,
            impact=Grade(body.impact),
            urgency=Grade(body.urgency),
            language=body.language,
        ),
        by=request.actor,
    )
    return Status(201, queries.get_ticket(ticket.number, seen_by=request.actor))


@router.post("/tickets/{int:number}/classification", response=TicketOut, auth=may(rights.WORK))
def classify_ticket(request: AskedRequest, number: int, body: ClassificationIn) -> Ticket:
    """What is not named stays; an id given as null is taken away."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    said, held, seen = body.dict(exclude_unset=True), Findings.of(ticket), request.actor
    readers: dict[str, Any] = {
        "customer": get_customer,
        "contact": get_contact,
        "service": get_service,
        "item": get_item,
    }
    found = {
        name: (read(said[f"{name}_id"], seen_by=seen) if said[f"{name}_id"] else None)
        if f"{name}_id" in said
        else getattr(held, name)
        for name, read in readers.items()
    }
    actions.classify_ticket(
        ticket,
        Findings(
            kind=Kind(said.get("kind") or held.kind),
            impact=Grade(said.get("impact") or held.impact),
            urgency=Grade(said.get("urgency") or held.urgency),
            **found,
        ),
        by=request.actor,
        reason=body.reason,
    )
    return queries.get_ticket(number, seen_by=request.actor)


@router.post("/tickets/{int:number}/ownership", response=TicketOut, auth=may(rights.WORK))
def own_ticket(request: AskedRequest, number: int, body: OwnerIn) -> Ticket:
    """Take the ticket; with `person_id`, give it to that person."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    if body.person_id is None:
        actions.take_ticket(ticket, by=request.actor, seen_owner_id=body.seen_owner_id)
    else:
        person = get_person(body.person_id, seen_by=request.actor)
        actions.give_ticket(ticket, person, by=request.actor)
    return queries.get_ticket(number, seen_by=request.actor)


@router.get(
    "/tickets/{int:number}/ownerships", response=list[OwnershipOut], auth=may(rights.CONSOLE)
)
def list_ownerships(request: AskedRequest, number: int) -> list[Ownership]:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    return list(ticket.ownerships.order_by("starts"))


@router.get("/tickets/{int:number}/messages", response=Page[MessageOut], auth=may(rights.READ))
def list_messages(request: AskedRequest, number: int, window: Query[Window]) -> Slice[Message]:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    return page(queries.messages_of(ticket, seen_by=request.actor), window, "at", "id")


@router.post("/tickets/{int:number}/messages", response={201: MessageOut}, auth=may(rights.WORK))
def write_message(request: AskedRequest, number: int, body: MessageIn) -> Status[Message]:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    message = actions.write_to_customer(ticket, body.body, by=request.actor, to=body.to, cc=body.cc)
    return Status(201, message)


@router.post("/tickets/{int:number}/notes", response={201: MessageOut}, auth=may(rights.WORK))
def write_note(request: AskedRequest, number: int, body: NoteIn) -> Status[Message]:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    return Status(201, actions.write_note(ticket, body.body, by=request.actor))


@router.post("/tickets/{int:number}/pause", response=TicketOut, auth=may(rights.WORK))
def pause_ticket(request: AskedRequest, number: int, body: PauseIn) -> Ticket:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    actions.pause_ticket(ticket, Pause.Kind(body.kind), by=request.actor, reason=body.reason)
    return queries.get_ticket(number, seen_by=request.actor)


@router.post("/tickets/{int:number}/resumption", response=TicketOut, auth=may(rights.WORK))
def resume_ticket(request: AskedRequest, number: int) -> Ticket:
    actions.resume_ticket(queries.get_ticket(number, seen_by=request.actor), by=request.actor)
    return queries.get_ticket(number, seen_by=request.actor)


@router.post("/tickets/{int:number}/restoration", response=TicketOut, auth=may(rights.WORK))
def restore_service(request: AskedRequest, number: int, body: RestorationIn) -> Ticket:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    actions.restore_service(ticket, by=request.actor, at=body.at or clock.now())
    return queries.get_ticket(number, seen_by=request.actor)


@router.post("/tickets/{int:number}/resolution", response=TicketOut, auth=may(rights.WORK))
def resolve_ticket(request: AskedRequest, number: int, body: ResolutionIn) -> Ticket:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    actions.resolve_ticket(ticket, by=request.actor, cause=body.cause)
    return queries.get_ticket(number, seen_by=request.actor)


@router.post("/tickets/{int:number}/closure", response=TicketOut, auth=may(rights.WORK))
def close_ticket(request: AskedRequest, number: int) -> Ticket:
    actions.close_ticket(queries.get_ticket(number, seen_by=request.actor), by=request.actor)
    return queries.get_ticket(number, seen_by=request.actor)


@router.post("/tickets/{int:number}/reopening", response=TicketOut, auth=may(rights.WORK))
def reopen_ticket(request: AskedRequest, number: int) -> Ticket:
    actions.reopen_ticket(queries.get_ticket(number, seen_by=request.actor), by=request.actor)
    return queries.get_ticket(number, seen_by=request.actor)


@router.get(
    "/tickets/{int:number}/commitments", response=list[CommitmentOut], auth=may(rights.CONSOLE)
)
def list_commitments(request: AskedRequest, number: int) -> list[Commitment]:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    return queries.commitments_of(ticket)


@router.get(
    "/tickets/{int:number}/commitments/{measure}/explanation",
    response=list[SegmentOut],
    auth=may(rights.CONSOLE),
)
def explain_commitment(request: AskedRequest, number: int, measure: str) -> list[Segment]:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    found = next((c for m, c in queries.clocks_of(ticket).items() if m == measure), None)
    if found is None:
        raise NotFound
    return found.explain(clock.now())
