"""Endpoints of a ticket's tags, watchers, external references and confidentiality."""

from datetime import datetime

from ninja import Router, Schema
from ninja.responses import Status

from opale.customers.queries.customers import get_contact
from opale.endpoints.auth import may
from opale.endpoints.fields import Text60, Text100, Text500
from opale.endpoints.http import ActorRequest
from opale.organisation.queries.people import get_person
from opale.run.desk import rights
from opale.run.desk.actions import ticket_metadata
from opale.run.desk.models import ExternalReference, Ticket, Watcher
from opale.run.desk.queries import ticket_metadata as ticket_metadata_queries
from opale.run.desk.queries import tickets
from opale.run.desk.shapes.tickets import TicketOut

router = Router()


class TagsIn(Schema):
    tags: list[str]


class ConfidentialIn(Schema):
    confidential: bool
    reason: str = ""


class WatcherIn(Schema):
    person_id: int | None = None
    contact_id: int | None = None


class WatcherOut(Schema):
    id: int
    person_id: int | None
    contact_id: int | None
    since: datetime


class ReferenceIn(Schema):
    party: Text100
    number: Text60
    url: Text500 = ""


class ReferenceOut(Schema):
    id: int
    party: str
    number: str
    url: str
    at: datetime


@router.put("/tickets/{int:number}/tags", response=TicketOut, auth=may(rights.WORK))
def set_tags(request: ActorRequest, number: int, body: TagsIn) -> Ticket:
    return ticket_metadata.set_tags(_ticket(request, number), body.tags, by=request.actor)


@router.put("/tickets/{int:number}/confidentiality", response=TicketOut, auth=may(rights.WORK))
def set_confidential(request: ActorRequest, number: int, body: ConfidentialIn) -> Ticket:
    ticket = _ticket(request, number)
    return ticket_metadata.set_confidential(
        ticket, body.confidential, by=request.actor, reason=body.reason
    )


@router.get("/tickets/{int:number}/watchers", response=list[WatcherOut], auth=may(rights.CONSOLE))
def list_watchers(request: ActorRequest, number: int) -> list[Watcher]:
    return ticket_metadata_queries.watchers_of(_ticket(request, number))


@router.post("/tickets/{int:number}/watchers", response={201: WatcherOut}, auth=may(rights.WORK))
def watch_ticket(request: ActorRequest, number: int, body: WatcherIn) -> Status[Watcher]:
    """Let a colleague follow the ticket, or a contact of its customer get what is written."""
    seen = {"seen_by": request.actor}
    watcher = ticket_metadata.add_watcher(
        _ticket(request, number),
        by=request.actor,
        person=get_person(body.person_id, **seen) if body.person_id else None,
        contact=get_contact(body.contact_id, **seen) if body.contact_id else None,
    )
    return Status(201, watcher)


@router.delete(
    "/tickets/{int:number}/watchers/{int:watcher_id}",
    response={204: None},
    auth=may(rights.WORK),
)
def unwatch_ticket(request: ActorRequest, number: int, watcher_id: int) -> Status[None]:
    ticket = _ticket(request, number)
    ticket_metadata.remove_watcher(
        ticket_metadata_queries.get_watcher(ticket, watcher_id), by=request.actor
    )
    return Status(204, None)


@router.get(
    "/tickets/{int:number}/references",
    response=list[ReferenceOut],
    auth=may(rights.CONSOLE),
)
def list_references(request: ActorRequest, number: int) -> list[ExternalReference]:
    return ticket_metadata_queries.references_of(_ticket(request, number))


@router.post(
    "/tickets/{int:number}/references", response={201: ReferenceOut}, auth=may(rights.WORK)
)
def add_reference(
    request: ActorRequest, number: int, body: ReferenceIn
) -> Status[ExternalReference]:
    ticket = _ticket(request, number)
    made = ticket_metadata.add_reference(
        ticket, body.party, body.number, by=request.actor, url=body.url
    )
    return Status(201, made)


@router.delete(
    "/tickets/{int:number}/references/{int:reference_id}",
    response={204: None},
    auth=may(rights.WORK),
)
def remove_reference(request: ActorRequest, number: int, reference_id: int) -> Status[None]:
    ticket = _ticket(request, number)
    ticket_metadata.remove_reference(
        ticket_metadata_queries.get_reference(ticket, reference_id), by=request.actor
    )
    return Status(204, None)


def _ticket(request: ActorRequest, number: int) -> Ticket:
    return tickets.get_ticket(number, seen_by=request.actor)
