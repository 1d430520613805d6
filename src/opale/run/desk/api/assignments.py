"""Work asked of others on a ticket, for those who ask and for those who do it."""

from datetime import datetime
from typing import Literal

from ninja import Query, Router, Schema
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.fields import Moment, Text60
from opale.endpoints.http import AskedRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.infrastructure.queries import get_supplier
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.organisation.queries import get_person, get_team
from opale.run.desk import actions, queries, rights
from opale.run.desk.api.shapes import CommitmentOut, MessageOut, NoteIn, RestorationIn
from opale.run.desk.escalation import AskReason, Outcome, ReturnReason
from opale.run.desk.models import Assignment, Commitment, Message

router = Router()


class AssignmentOut(Schema):
    """What whoever does the work needs of the ticket, and nothing of its customer. `due` are the
    promises of the level or the supplier that still run."""

    id: int
    ticket_number: int
    ticket_reference: str
    subject: str
    priority: int
    item: str
    level: str
    team_id: int | None
    supplier_id: int | None
    person_id: int | None
    state: str
    reason: str
    tried: list[str]
    note: str
    reference: str
    asked_at: datetime
    accepted_at: datetime | None
    promised_at: datetime | None
    ended_at: datetime | None
    outcome: str
    outcome_note: str
    due: list[CommitmentOut]

    @staticmethod
    def resolve_due(row: Assignment) -> list[Commitment]:
        running: list[Commitment] = getattr(row, "clocks", [])
        return running

    @staticmethod
    def resolve_ticket_number(row: Assignment) -> int:
        return row.ticket.number

    @staticmethod
    def resolve_ticket_reference(row: Assignment) -> str:
        return row.ticket.reference

    @staticmethod
    def resolve_subject(row: Assignment) -> str:
        return row.ticket.subject

    @staticmethod
    def resolve_priority(row: Assignment) -> int:
        return row.ticket.priority

    @staticmethod
    def resolve_item(row: Assignment) -> str:
        return row.ticket.item.name if row.ticket.item else ""


class TargetOut(Schema):
    """Somebody who can be asked; one of them is `proposed`."""

    level: str
    name: str
    team_id: int | None
    supplier_id: int | None
    proposed: bool

    @staticmethod
    def resolve_team_id(row: queries.Target) -> int | None:
        return row.team.pk if row.team else None


class AskIn(Schema):
    """Either a team or a supplier. With `by_mail` the supplier is written to at once."""

    team_id: int | None = None
    supplier_id: int | None = None
    person_id: int | None = None
    reason: AskReason = AskReason.SKILL
    tried: list[str] = []
    note: str = ""
    by_mail: bool = False


class AcceptanceIn(Schema):
    person_id: int | None = None
    promised_at: Moment | None = None
    reference: Text60 = ""


class ReturnIn(Schema):
    reason: ReturnReason
    note: str = ""


class CompletionIn(Schema):
    outcome: Outcome
    note: str = ""


class ReferenceIn(Schema):
    reference: Text60 | None = None
    promised_at: Moment | None = None


@router.get(
    "/tickets/{int:number}/assignments", response=list[AssignmentOut], auth=may(rights.CONSOLE)
)
def list_ticket_assignments(request: AskedRequest, number: int) -> list[Assignment]:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    return queries.assignments_of(ticket, seen_by=request.actor)


@router.get(
    "/tickets/{int:number}/escalation-targets", response=list[TargetOut], auth=may(rights.WORK)
)
def list_escalation_targets(request: AskedRequest, number: int) -> list[queries.Target]:
    """Whom the ticket can be asked of, in the order in which escalation offers them."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    return queries.escalation_targets(ticket, seen_by=request.actor)


@router.post(
    "/tickets/{int:number}/assignments", response={201: AssignmentOut}, auth=may(rights.WORK)
)
def ask_for_work(request: AskedRequest, number: int, body: AskIn) -> Status[Assignment]:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    ask = asked_of(body, seen_by=request.actor)
    asked = actions.ask_for_work(ticket, ask, by=request.actor)
    return Status(201, queries.get_assignment(asked.pk, seen_by=request.actor))


def asked_of(body: AskIn, *, seen_by: Actor) -> actions.Ask:
    """What the body asks, with the team, the supplier and the person that it names."""
    seen = {"seen_by": seen_by}
    return actions.Ask(
        team=get_team(body.team_id, **seen) if body.team_id else None,
        supplier=get_supplier(body.supplier_id, **seen) if body.supplier_id else None,
        person=get_person(body.person_id, **seen) if body.person_id else None,
        reason=body.reason,
        tried=body.tried,
        note=body.note,
        by_mail=body.by_mail,
    )


@router.get("/assignments", response=Page[AssignmentOut], auth=may(rights.ASSIST))
def list_assignments(
    request: AskedRequest,
    window: Query[Window],
    team: int | None = None,
    supplier: int | None = None,
    state: Literal["requested", "accepted", "returned", "done", "withdrawn"] | None = None,
) -> Slice[Assignment]:
    """The newest first; `team` and `supplier` are ids."""
    rows = queries.assignments(seen_by=request.actor)
    for column, wanted in (("team_id", team), ("supplier_id", supplier), ("state", state)):
        rows = rows.filter(**{column: wanted}) if wanted else rows
    return page(rows.order_by(), window, "-asked_at", "-id")


@router.get("/assignments/{int:assignment_id}", response=AssignmentOut, auth=may(rights.ASSIST))
def get_assignment(request: AskedRequest, assignment_id: int) -> Assignment:
    return queries.get_assignment(assignment_id, seen_by=request.actor)


@router.post(
    "/assignments/{int:assignment_id}/acceptance",
    response=AssignmentOut,
    auth=may(rights.ASSIST),
)
def accept_assignment(request: AskedRequest, assignment_id: int, body: AcceptanceIn) -> Assignment:
    asked = queries.get_assignment(assignment_id, seen_by=request.actor)
    person = get_person(body.person_id, seen_by=request.actor) if body.person_id else None
    actions.accept_assignment(
        asked,
        by=request.actor,
        person=person,
        promised_at=body.promised_at,
        reference=body.reference,
    )
    return queries.get_assignment(assignment_id, seen_by=request.actor)


@router.post(
    "/assignments/{int:assignment_id}/return", response=AssignmentOut, auth=may(rights.ASSIST)
)
def return_assignment(request: AskedRequest, assignment_id: int, body: ReturnIn) -> Assignment:
    asked = queries.get_assignment(assignment_id, seen_by=request.actor)
    actions.return_assignment(asked, body.reason, by=request.actor, note=body.note)
    return queries.get_assignment(assignment_id, seen_by=request.actor)


@router.post(
    "/assignments/{int:assignment_id}/completion",
    response=AssignmentOut,
    auth=may(rights.ASSIST),
)
def finish_assignment(request: AskedRequest, assignment_id: int, body: CompletionIn) -> Assignment:
    asked = queries.get_assignment(assignment_id, seen_by=request.actor)
    actions.finish_assignment(asked, body.outcome, by=request.actor, note=body.note)
    return queries.get_assignment(assignment_id, seen_by=request.actor)


@router.post(
    "/assignments/{int:assignment_id}/restoration",
    response=AssignmentOut,
    auth=may(rights.ASSIST),
)
def restore_by_work(request: AskedRequest, assignment_id: int, body: RestorationIn) -> Assignment:
    """The service works again, says whoever has accepted the work at level 2 or 3; the owner of the
    ticket is shown it. The work goes on until it is done."""
    asked = queries.get_assignment(assignment_id, seen_by=request.actor)
    actions.restore_by_work(asked, by=request.actor, at=body.at or clock.now())
    return queries.get_assignment(assignment_id, seen_by=request.actor)


@router.post(
    "/assignments/{int:assignment_id}/withdrawal", response=AssignmentOut, auth=may(rights.WORK)
)
def withdraw_assignment(request: AskedRequest, assignment_id: int) -> Assignment:
    asked = queries.get_assignment(assignment_id, seen_by=request.actor)
    actions.withdraw_assignment(asked, by=request.actor)
    return queries.get_assignment(assignment_id, seen_by=request.actor)


@router.post(
    "/assignments/{int:assignment_id}/reference",
    response=AssignmentOut,
    auth=may(rights.ASSIST),
)
def follow_assignment(request: AskedRequest, assignment_id: int, body: ReferenceIn) -> Assignment:
    """Their number for the work, and when they say that it will be done; what is absent stays."""
    asked = queries.get_assignment(assignment_id, seen_by=request.actor)
    actions.follow_assignment(
        asked, by=request.actor, reference=body.reference, promised_at=body.promised_at
    )
    return queries.get_assignment(assignment_id, seen_by=request.actor)


@router.get(
    "/assignments/{int:assignment_id}/notes", response=list[MessageOut], auth=may(rights.ASSIST)
)
def list_assignment_notes(request: AskedRequest, assignment_id: int) -> list[Message]:
    return queries.notes_of(queries.get_assignment(assignment_id, seen_by=request.actor))


@router.post(
    "/assignments/{int:assignment_id}/notes",
    response={201: MessageOut},
    auth=may(rights.ASSIST),
)
def note_on_assignment(request: AskedRequest, assignment_id: int, body: NoteIn) -> Status[Message]:
    asked = queries.get_assignment(assignment_id, seen_by=request.actor)
    return Status(201, actions.note_on_assignment(asked, body.body, by=request.actor))


@router.post(
    "/assignments/{int:assignment_id}/mails", response={201: MessageOut}, auth=may(rights.WORK)
)
def mail_supplier(request: AskedRequest, assignment_id: int, body: NoteIn) -> Status[Message]:
    """Write to the supplier, in its language, with both numbers."""
    asked = queries.get_assignment(assignment_id, seen_by=request.actor)
    return Status(201, actions.mail_supplier(asked, body.body, by=request.actor))
