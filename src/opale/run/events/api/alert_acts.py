"""Endpoints of what people do to one alert beside seeing to it: its shelf, owner, notes, story."""

from datetime import datetime
from typing import Annotated

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from opale.endpoints.auth import may
from opale.endpoints.http import AskedRequest
from opale.kernel.clock import now
from opale.organisation.queries import get_person
from opale.run.events import actions, queries, rights
from opale.run.events.api import HappeningOut, WholeAlertOut
from opale.run.events.models import Alert, AlertNote
from opale.run.events.queries.happenings import (
    HAPPENINGS_SHOWN,
    MOST_HAPPENINGS,
    Happening,
    timeline,
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
def shelve_alert(request: AskedRequest, alert_id: int, body: ShelfIn) -> Alert:
    rows = queries.alert_as_rows(alert_id, seen_by=request.actor)
    actions.shelve_alerts(rows, body.until, by=request.actor, at=now())
    return queries.get_alert(alert_id, seen_by=request.actor)


@router.post("/alerts/{int:alert_id}/unshelve", response=WholeAlertOut, auth=may(rights.WORK))
def unshelve_alert(request: AskedRequest, alert_id: int) -> Alert:
    rows = queries.alert_as_rows(alert_id, seen_by=request.actor)
    actions.unshelve_alerts(rows, by=request.actor, at=now())
    return queries.get_alert(alert_id, seen_by=request.actor)


@router.post("/alerts/{int:alert_id}/assign", response=WholeAlertOut, auth=may(rights.WORK))
def assign_alert(request: AskedRequest, alert_id: int, body: OwnerIn) -> Alert:
    rows = queries.alert_as_rows(alert_id, seen_by=request.actor)
    to = get_person(body.person_id, seen_by=request.actor) if body.person_id else None
    actions.assign_alerts(rows, to, by=request.actor, at=now())
    return queries.get_alert(alert_id, seen_by=request.actor)


@router.post("/alerts/{int:alert_id}/notes", response={201: NoteOut}, auth=may(rights.WORK))
def note_alert(request: AskedRequest, alert_id: int, body: NoteIn) -> Status[AlertNote]:
    alert = queries.get_alert(alert_id, seen_by=request.actor)
    return Status(201, actions.note_alert(alert, body.text, by=request.actor, at=now()))


@router.get("/alerts/{int:alert_id}/timeline", response=StoryOut, auth=may(rights.READ))
def get_timeline(
    request: AskedRequest,
    alert_id: int,
    limit: Annotated[int, Query(ge=1, le=MOST_HAPPENINGS)] = HAPPENINGS_SHOWN,
) -> dict[str, list[Happening] | bool]:
    alert = queries.get_alert(alert_id, seen_by=request.actor)
    entries, more = timeline(alert, seen_by=request.actor, limit=limit)
    return {"entries": entries, "more": more}
