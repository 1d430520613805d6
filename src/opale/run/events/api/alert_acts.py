"""Endpoints of an alert's shelf, owner, notes and timeline."""

from datetime import datetime
from typing import Annotated

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.kernel.clock import now
from opale.organisation.queries.people import get_person
from opale.run.events import rights
from opale.run.events.actions import assignments, shelving
from opale.run.events.api.alerts import HappeningOut, WholeAlertOut
from opale.run.events.models import Alert, AlertNote
from opale.run.events.queries import alerts
from opale.run.events.queries.timeline import (
    ENTRIES_SHOWN,
    MAX_ENTRIES,
    TimelineEntry,
    alert_timeline,
)

router = Router(tags=["events"])


class ShelfIn(Schema):
    """Without `until` it is shelved until it clears."""

    until: AwareDatetime | None = None


class OwnerIn(Schema):
    """Without `person_id` it is nobody's."""

    person_id: int | None = None


class NoteIn(Schema):
    text: str = Field(min_length=1, max_length=20_000)


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


@router.post("/alerts/{int:alert_id}/shelve", response=WholeAlertOut, auth=may(rights.WORK))
def shelve_alert(request: ActorRequest, alert_id: int, body: ShelfIn) -> Alert:
    rows = alerts.alert_queryset(alert_id, seen_by=request.actor)
    shelving.shelve_alerts(rows, body.until, by=request.actor, at=now())
    return alerts.get_alert(alert_id, seen_by=request.actor)


@router.post("/alerts/{int:alert_id}/unshelve", response=WholeAlertOut, auth=may(rights.WORK))
def unshelve_alert(request: ActorRequest, alert_id: int) -> Alert:
    rows = alerts.alert_queryset(alert_id, seen_by=request.actor)
    shelving.unshelve_alerts(rows, by=request.actor, at=now())
    return alerts.get_alert(alert_id, seen_by=request.actor)


@router.post("/alerts/{int:alert_id}/assign", response=WholeAlertOut, auth=may(rights.WORK))
def assign_alert(request: ActorRequest, alert_id: int, body: OwnerIn) -> Alert:
    rows = alerts.alert_queryset(alert_id, seen_by=request.actor)
    to = get_person(body.person_id, seen_by=request.actor) if body.person_id else None
    assignments.assign_alerts(rows, to, by=request.actor, at=now())
    return alerts.get_alert(alert_id, seen_by=request.actor)


@router.post("/alerts/{int:alert_id}/notes", response={201: NoteOut}, auth=may(rights.WORK))
def note_alert(request: ActorRequest, alert_id: int, body: NoteIn) -> Status[AlertNote]:
    alert = alerts.get_alert(alert_id, seen_by=request.actor)
    return Status(201, assignments.add_alert_note(alert, body.text, by=request.actor, at=now()))


@router.get("/alerts/{int:alert_id}/timeline", response=StoryOut, auth=may(rights.READ))
def get_timeline(
    request: ActorRequest,
    alert_id: int,
    limit: Annotated[int, Query(ge=1, le=MAX_ENTRIES)] = ENTRIES_SHOWN,
) -> dict[str, list[TimelineEntry] | bool]:
    alert = alerts.get_alert(alert_id, seen_by=request.actor)
    entries, more = alert_timeline(alert, seen_by=request.actor, limit=limit)
    return {"entries": entries, "more": more}
