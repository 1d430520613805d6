"""Endpoints of a ticket's tags, watchers, external references and confidentiality."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.run.desk.models import ExternalReference, Watcher
from opale.run.desk.queries import tickets
from opale.run.desk.queries.ticket_metadata import references_of, watchers_of
from opale.run.desk.rights import CONSOLE
from opale.run.desk.shapes.ticket_metadata import ReferenceOut, WatcherOut

router = Router()


@router.get("/tickets/{int:number}/watchers", response=list[WatcherOut], auth=may(CONSOLE))
def list_watchers(request: ActorRequest, number: int) -> list[Watcher]:
    return watchers_of(tickets.get_ticket(number, seen_by=request.actor))


@router.get("/tickets/{int:number}/references", response=list[ReferenceOut], auth=may(CONSOLE))
def list_references(request: ActorRequest, number: int) -> list[ExternalReference]:
    return references_of(tickets.get_ticket(number, seen_by=request.actor))
