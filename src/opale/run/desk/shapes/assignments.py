"""Shapes of work asked of others."""

from datetime import datetime

from ninja import Schema

from opale.endpoints.fields import LongText
from opale.run.desk.models import Assignment, Commitment
from opale.run.desk.models.escalation import AskReason
from opale.run.desk.queries import assignments
from opale.run.desk.shapes.tickets import CommitmentOut


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
    def resolve_team_id(row: assignments.Target) -> int | None:
        return row.team.pk if row.team else None


class AskIn(Schema):
    """Either a team or a supplier. With `by_mail` the supplier is written to at once."""

    team_id: int | None = None
    supplier_id: int | None = None
    person_id: int | None = None
    reason: AskReason = AskReason.SKILL
    tried: list[LongText] = []
    note: LongText = ""
    by_mail: bool = False
