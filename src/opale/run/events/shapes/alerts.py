"""Answers about alerts, their timelines and their notes."""

from datetime import datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from opale.run.events.models import Alert
from opale.run.events.queries.timeline import TimelineEntry, alert_timeline
from opale.run.events.states import SeverityName

StateName = Literal["open", "acknowledged", "shelved", "cleared", "closed"]


class AlertOut(Schema):
    id: int
    state: StateName
    severity: SeverityName = Field(alias="severity_code")
    title: str
    text: str
    labels: dict[str, str]
    identity: str
    integration: str = Field(alias="integration.name")
    integration_id: int
    item_id: int | None
    service_id: int | None
    customer_id: int | None
    site_id: int | None
    owner_id: int | None
    owner: str | None = Field(alias="owner.name", default=None)
    silence_id: int | None
    source_url: str
    started_at: datetime
    cleared_at: datetime | None
    closed_at: datetime | None
    shelved_until: datetime | None
    flapping_since: datetime | None
    qualified_at: datetime | None
    first_received_at: datetime
    last_received_at: datetime
    count: int


class HappeningOut(Schema):
    at: datetime
    kind: str
    actor: str
    source: str
    target: str
    firing: bool | None
    severity: SeverityName | None
    until: datetime | None
    text: str

    @staticmethod
    def resolve_severity(happening: TimelineEntry) -> str | None:
        return None if happening.severity is None else happening.severity.name.lower()


class WholeAlertOut(AlertOut):
    """`timeline` is the newest of it, the newest first; `/timeline` gives more."""

    raw: dict[str, Any]
    timeline: list[HappeningOut]

    @staticmethod
    def resolve_timeline(alert: Alert, context: Any) -> list[TimelineEntry]:
        return alert_timeline(alert, seen_by=context["request"].actor)[0]


class NoteOut(Schema):
    id: int
    alert_id: int
    text: str
    author: str = Field(alias="actor_name")
    at: datetime


class StoryOut(Schema):
    """The newest first; `more` tells that there are older entries."""

    entries: list[HappeningOut]
    more: bool
