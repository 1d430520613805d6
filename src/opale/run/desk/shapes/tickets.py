"""Shapes that the desk's endpoints take and return."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema

from opale.endpoints.fields import LongText, MailAddress, Moment, Text40, Text300
from opale.endpoints.shapes import FormerTextOut, RowOut
from opale.kernel.history import FormerText
from opale.run.desk.models import FOREVER, Commitment, Message, Ticket
from opale.run.desk.queries.ticket_fields import fields_of
from opale.run.desk.rights import CONSOLE
from opale.run.desk.shapes.tmf621 import TMF621_STATUS
from opale.ui.edited_texts import edit_mark

GradeName = Literal[1, 2, 3]
StateWord = Literal[
    "acknowledged",
    "inProgress",
    "pending",
    "held",
    "resolved",
    "closed",
    "cancelled",
    "rejected",
]


class TicketOut(RowOut):
    """`state` is the word of TM Forum's Trouble Ticket API (TMF621). `updated_at` names the moment
    of the last change to the microsecond. `wanted_at` is the date that a request is to be ready
    for, where it rules its clock. `tags` and `next_due_at` are for the desk
    alone. `fields` are the installation's own fields, by name; a requester gets those that are
    shown to it."""

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
    employee_id: int | None
    service_id: int | None
    item_id: int | None
    owner_id: int
    merged_into_id: int | None
    confidential: bool
    received_at: datetime
    triaged_at: datetime | None
    acknowledged_at: datetime | None
    answered_at: datetime | None
    outage_from: datetime | None
    restored_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    cause: str
    wanted_at: datetime | None
    tags: list[str]
    fields: dict[str, Any]
    next_due_at: datetime | None
    updated_at: str

    @staticmethod
    def resolve_state(row: Ticket) -> str:
        return TMF621_STATUS[row.state]

    @staticmethod
    def resolve_tags(row: Ticket, context: Any) -> list[str]:
        return row.tags if _is_colleague(context) else []

    @staticmethod
    def resolve_fields(row: Ticket, context: Any) -> dict[str, Any]:
        if _is_colleague(context):
            return dict(row.field_values)
        shown = {one.name for one in fields_of(row) if one.shown_to_requester}
        return {name: said for name, said in row.field_values.items() if name in shown}

    @staticmethod
    def resolve_next_due_at(row: Ticket, context: Any) -> datetime | None:
        return row.next_due_at if row.next_due_at < FOREVER and _is_colleague(context) else None

    @staticmethod
    def resolve_updated_at(row: Ticket) -> str:
        return row.updated_at.isoformat()


def _is_colleague(context: Any) -> bool:
    """Return whether the asker sees the desk itself, not only its own tickets."""
    return bool(context["request"].actor.can(CONSOLE))


class TicketsAsked(Schema):
    """Which tickets, and in which order. `state` is a word of TMF621, as in the answer."""

    view: Literal["triage", "mine", "due", "late", "waiting", "open", "all"] = "all"
    state: StateWord | None = None
    stream: Literal["corporate", "solution", "none"] | None = None
    customer_id: int | None = None
    service_id: int | None = None
    owner_id: int | None = None
    tag: Text40 | None = None
    updated_since: Moment | None = None
    order: Literal["received", "queue"] = "received"

    def columns(self) -> dict[str, Any]:
        """Return the lookups that filter the list."""
        said = {
            "state__in": [held for held, word in TMF621_STATUS.items() if word == self.state],
            "stream": "" if self.stream == "none" else self.stream,
            "customer_id": self.customer_id,
            "service_id": self.service_id,
            "owner_id": self.owner_id,
            "tags__contains": [self.tag.lower()] if self.tag else None,
            "updated_at__gte": self.updated_since,
        }
        asked = said if self.state else {**said, "state__in": None}
        return {name: value for name, value in asked.items() if value is not None}


class DueOut(Schema):
    """A promise that runs; one of work asked of others names its assignment."""

    number: int
    subject: str
    owner_id: int
    customer_id: int | None
    measure: str
    assignment_id: int | None
    due_at: datetime
    breached_at: datetime | None

    @staticmethod
    def resolve_number(row: Commitment) -> int:
        return row.ticket.number

    @staticmethod
    def resolve_subject(row: Commitment) -> str:
        return row.ticket.subject

    @staticmethod
    def resolve_owner_id(row: Commitment) -> int:
        return row.ticket.owner_id


class TicketIn(Schema):
    """Who asks is a contact of a customer, or an employee. Whoever asks for oneself names neither,
    and says nothing of what the desk decides. `source` is how it came to whoever tells of it."""

    subject: str = Field(max_length=300)
    body: LongText = ""
    source: Literal["api", "mail", "phone", "portal"] = "api"
    kind: Literal["request", "incident"] = "request"
    customer_id: int | None = None
    contact_id: int | None = None
    employee_id: int | None = None
    service_id: int | None = None
    item_id: int | None = None
    impact: GradeName = 3
    urgency: GradeName = 3
    language: Literal["", "fr", "en"] = ""


class ClassificationIn(Schema):
    """`team_id` is asked for work, unless it has the ticket already or is the desk itself."""

    kind: Literal["request", "incident"] | None = None
    customer_id: int | None = None
    contact_id: int | None = None
    service_id: int | None = None
    item_id: int | None = None
    impact: GradeName | None = None
    urgency: GradeName | None = None
    stream: Literal["", "corporate", "solution"] | None = None
    team_id: int | None = None
    reason: Text300 = ""


class MessageOut(Schema):
    id: int
    direction: str
    visibility: str
    author: str
    body: str
    format: Literal["plain", "markdown"]
    next_update_at: datetime | None
    at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None


class NoteOut(MessageOut):
    """`mark` says, when the note is edited, which text was read. The body of a deleted note is
    empty, and its files are gone."""

    mark: str

    @staticmethod
    def resolve_mark(note: Message) -> str:
        return edit_mark(note.body, note.edited_at)


class FormerNoteOut(FormerTextOut):
    """`format` says how `text` is to be read."""

    format: Literal["plain", "markdown"]

    @staticmethod
    def resolve_format(former: FormerText) -> str:
        return str(former.version.format)


class WaitIn(Schema):
    """Until when the customer's answer is waited for; `confirmed` is the consent that a P1 asks."""

    until: Moment | None = None
    confirmed: bool = False


class MessageIn(Schema):
    """`next_update_at` promises the customer when to hear from us again. `format` says how `body`
    is to be read: Markdown leaves as text and as HTML. With `wait` the ticket is put on hold for
    the customer's answer."""

    body: LongText
    format: Literal["plain", "markdown"] = "plain"
    to: Annotated[list[MailAddress], Field(max_length=50)] = []
    cc: Annotated[list[MailAddress], Field(max_length=50)] | None = None
    modules: Annotated[list[int], Field(max_length=50)] = []
    attachments: list[int] = []
    next_update_at: Moment | None = None
    wait: WaitIn | None = None


class NoteIn(Schema):
    """`format` says how `body` is to be read and shown."""

    body: LongText
    format: Literal["plain", "markdown"] = "plain"
    attachments: list[int] = []


class SupplierMailIn(Schema):
    body: LongText
    attachments: list[int] = []


class PauseIn(Schema):
    """A pause; a P1 has to be `confirmed`, as its deadlines move."""

    kind: Literal["customer", "supplier", "change", "agreed_date"]
    reason: Text300 = ""
    starts: Moment | None = None
    until: Moment | None = None
    confirmed: bool = False


class RestorationOut(Schema):
    """What was said of the failure, and what is proposed to say, as in the panel."""

    outage_from: datetime | None
    proposed_outage_from: datetime | None
    restored_at: datetime | None
    proposed_at: datetime | None


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
    assignment_id: int | None = None
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
