"""What programs read of automations."""

from datetime import datetime, time
from typing import Literal

from ninja import Schema

from opale.endpoints.shapes import RowOut
from opale.run.automations.models import AutomationRun
from opale.run.automations.queries.dry_runs import DryRunLine


class AutomationActsOut(Schema):
    """What it does, always in the order of these fields: the steps of a macro."""

    owner_id: int | None = None
    impact: int | None = None
    urgency: int | None = None
    tags: list[str] = []
    note_fr: str = ""
    note_en: str = ""
    module_id: int | None = None
    team_id: int | None = None
    pause: str = ""
    pause_minutes: int | None = None
    restore: bool = False
    resolve: bool = False
    cause_fr: str = ""
    cause_en: str = ""
    close: bool = False


class AutomationOut(RowOut):
    """`stopped` says why Opale disabled it: `failures` or `condition`."""

    id: int
    name: str
    trigger: str
    moment: str
    amount: int | None
    unit: str
    condition: str
    acts: AutomationActsOut
    author_id: int
    active: bool
    enabled_at: datetime | None
    stopped: str


class AutomationRunOut(Schema):
    """`done` are the sentences of what it did; `refusal` says why it failed."""

    id: int
    automation_id: int
    ticket_id: int
    state: Literal["done", "failed", "undone"]
    done: list[str]
    refusal: str
    at: datetime
    undoable: bool
    undone_at: datetime | None

    @staticmethod
    def resolve_undoable(row: AutomationRun) -> bool:
        return row.is_undoable


class DryRunLineOut(Schema):
    ticket_id: int
    reference: str
    at: datetime

    @staticmethod
    def resolve_ticket_id(line: DryRunLine) -> int:
        return line.ticket.pk

    @staticmethod
    def resolve_reference(line: DryRunLine) -> str:
        return line.ticket.reference


class DryRunOut(Schema):
    """`occasions`: how often its trigger happened; `runs`: how often it would have run, on
    `tickets`; `lines` are the newest. `partly`: only the newest occasions were tried."""

    since: datetime
    occasions: int
    runs: int
    tickets: int
    partly: bool
    slow: bool
    lines: list[DryRunLineOut]


class RecurringTicketOut(RowOut):
    """`next_at` is when the next ticket is opened, while it is enabled."""

    id: int
    name: str
    rhythm: str
    weekday: int | None
    day: int | None
    month: int | None
    at: time
    calendar_id: int
    closed_day: str
    kind: str
    subject: str
    body: str
    customer_id: int | None
    service_id: int | None
    stream: str
    impact: int
    urgency: int
    author_id: int
    active: bool
    next_at: datetime | None
    stopped: str
