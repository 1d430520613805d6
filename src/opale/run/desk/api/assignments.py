"""Endpoints of assignments, for those who ask for work and those who do it."""

from ninja import Router
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.infrastructure.queries.suppliers import get_supplier
from opale.kernel.actor import Actor
from opale.listings.endpoints import list_endpoint
from opale.organisation.queries.people import get_person
from opale.organisation.queries.teams import get_team
from opale.run.desk import rights
from opale.run.desk.actions import assignments
from opale.run.desk.listings.assignments import ASSIGNMENTS
from opale.run.desk.models import Assignment, Message
from opale.run.desk.queries import assignments as assignment_queries
from opale.run.desk.queries import tickets
from opale.run.desk.shapes.assignments import AskIn, AssignmentOut, TargetOut
from opale.run.desk.shapes.tickets import MessageOut, NoteIn, SupplierMailIn

router = Router()


@router.get(
    "/tickets/{int:number}/assignments", response=list[AssignmentOut], auth=may(rights.CONSOLE)
)
def list_ticket_assignments(request: ActorRequest, number: int) -> list[Assignment]:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return assignment_queries.assignments_of(ticket, seen_by=request.actor)


@router.get(
    "/tickets/{int:number}/escalation-targets", response=list[TargetOut], auth=may(rights.WORK)
)
def list_escalation_targets(request: ActorRequest, number: int) -> list[assignment_queries.Target]:
    """Whom the ticket can be asked of, in the order in which escalation offers them."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return assignment_queries.escalation_targets(ticket, seen_by=request.actor)


@router.post(
    "/tickets/{int:number}/assignments", response={201: AssignmentOut}, auth=may(rights.WORK)
)
def ask_for_work(request: ActorRequest, number: int, body: AskIn) -> Status[Assignment]:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    ask = work_request_of(body, seen_by=request.actor)
    asked = assignments.request_work(ticket, ask, by=request.actor)
    return Status(201, assignment_queries.get_assignment(asked.pk, seen_by=request.actor))


def work_request_of(body: AskIn, *, seen_by: Actor) -> assignments.WorkRequest:
    """Return the work request of a body, with the team, the supplier and the person that it
    names."""
    seen = {"seen_by": seen_by}
    return assignments.WorkRequest(
        team=get_team(body.team_id, **seen) if body.team_id is not None else None,
        supplier=get_supplier(body.supplier_id, **seen) if body.supplier_id is not None else None,
        person=get_person(body.person_id, **seen) if body.person_id is not None else None,
        reason=body.reason,
        tried=body.tried,
        note=body.note,
        by_mail=body.by_mail,
    )


list_endpoint(
    router, "/assignments", ASSIGNMENTS, AssignmentOut, name="list_assignments",
    text="The newest first; `team` and `supplier` are ids.",
)  # fmt: skip


@router.get("/assignments/{int:assignment_id}", response=AssignmentOut, auth=may(rights.ASSIST))
def get_assignment(request: ActorRequest, assignment_id: int) -> Assignment:
    return assignment_queries.get_assignment(assignment_id, seen_by=request.actor)


@router.get(
    "/assignments/{int:assignment_id}/notes", response=list[MessageOut], auth=may(rights.ASSIST)
)
def list_assignment_notes(request: ActorRequest, assignment_id: int) -> list[Message]:
    return assignment_queries.notes_of(
        assignment_queries.get_assignment(assignment_id, seen_by=request.actor)
    )


@router.post(
    "/assignments/{int:assignment_id}/notes",
    response={201: MessageOut},
    auth=may(rights.ASSIST),
)
def note_on_assignment(request: ActorRequest, assignment_id: int, body: NoteIn) -> Status[Message]:
    asked = assignment_queries.get_assignment(assignment_id, seen_by=request.actor)
    made = assignments.add_assignment_note(
        asked,
        body.body,
        by=request.actor,
        attachments=body.attachments,
        text_format=Message.Format(body.format),
    )
    return Status(201, made)


@router.post(
    "/assignments/{int:assignment_id}/mails", response={201: MessageOut}, auth=may(rights.WORK)
)
def mail_supplier(
    request: ActorRequest, assignment_id: int, body: SupplierMailIn
) -> Status[Message]:
    """Write to the supplier, in its language, with both numbers."""
    asked = assignment_queries.get_assignment(assignment_id, seen_by=request.actor)
    made = assignments.mail_supplier(
        asked, body.body, by=request.actor, attachments=body.attachments
    )
    return Status(201, made)
