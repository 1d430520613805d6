"""Pauses and commitments of a ticket."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import AskedRequest
from opale.kernel import clock
from opale.kernel.business_time import Segment
from opale.kernel.errors import NotFound
from opale.run.desk import actions, queries, rights
from opale.run.desk.api.shapes import CommitmentOut, PauseIn, SegmentOut, TicketOut
from opale.run.desk.models import Commitment, Pause, Ticket

router = Router()


@router.post("/tickets/{int:number}/pause", response=TicketOut, auth=may(rights.WORK))
def pause_ticket(request: AskedRequest, number: int, body: PauseIn) -> Ticket:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    actions.pause_ticket(ticket, Pause.Kind(body.kind), by=request.actor, reason=body.reason)
    return queries.get_ticket(number, seen_by=request.actor)


@router.post("/tickets/{int:number}/resumption", response=TicketOut, auth=may(rights.WORK))
def resume_ticket(request: AskedRequest, number: int) -> Ticket:
    actions.resume_ticket(queries.get_ticket(number, seen_by=request.actor), by=request.actor)
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
