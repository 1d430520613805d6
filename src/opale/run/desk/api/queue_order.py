"""Endpoints of a ticket's place in its queue, and of interventions."""

from datetime import datetime

from ninja import Router, Schema

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.kernel import clock
from opale.run.desk import rights
from opale.run.desk.models import Intervention, Ticket
from opale.run.desk.queries import queue_order, ticket_lists, tickets
from opale.run.desk.shapes.interventions import InterventionOut

router = Router()


class PlaceOut(Schema):
    """`place` counts from 1 within the stream, up to 1,001; `work_starts_at` is set while the
    ticket waits for the hours of its plan."""

    stream: str
    place: int
    priority: int
    nearest_measure: str | None
    nearest_due_at: datetime | None
    premium: bool
    own_platform: bool
    work_starts_at: datetime | None


@router.get("/tickets/{int:number}/place", response=PlaceOut, auth=may(rights.CONSOLE))
def get_place(request: ActorRequest, number: int) -> PlaceOut:
    ticket, at = tickets.get_ticket(number, seen_by=request.actor), clock.now()
    queue = ticket_lists.tickets_in("open", seen_by=request.actor, at=at)
    found = queue_order.place_of(ticket, queue, at)
    return PlaceOut(
        stream=ticket.stream,
        place=found.place,
        priority=ticket.priority,
        nearest_measure=found.nearest.measure if found.nearest else None,
        nearest_due_at=found.nearest.due_at if found.nearest else None,
        premium=ticket.premium,
        own_platform=found.own_platform,
        work_starts_at=found.starts_at,
    )


@router.get(
    "/tickets/{int:number}/interventions",
    response=list[InterventionOut],
    auth=may(rights.CONSOLE),
)
def list_interventions(request: ActorRequest, number: int) -> list[Intervention]:
    return queue_order.interventions_of(_ticket(request, number))


def _ticket(request: ActorRequest, number: int) -> Ticket:
    return tickets.get_ticket(number, seen_by=request.actor)
