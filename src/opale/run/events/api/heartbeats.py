"""Endpoints of heartbeats: the signs of life that are expected."""

from datetime import datetime, timedelta
from typing import Any, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.kernel.clock import now
from opale.run.events import rights
from opale.run.events.actions import heartbeats as heartbeat_actions
from opale.run.events.models import Heartbeat
from opale.run.events.queries import alerts
from opale.run.events.queries.heartbeats import get_heartbeat, heartbeats
from opale.run.events.states import Severity

router = Router(tags=["events"])

SeverityName = Literal["info", "warning", "minor", "major", "critical"]


class HeartbeatOut(Schema):
    """`state` is expected, well, late, missing or paused; spans are in seconds."""

    id: int
    integration_id: int
    name: str
    state: Literal["expected", "well", "late", "missing", "paused"]
    every_seconds: int
    grace_seconds: int
    severity: str
    last_beat_at: datetime | None
    due_at: datetime | None
    missing_since: datetime | None

    @staticmethod
    def resolve_state(heartbeat: Heartbeat) -> str:
        return heartbeat.pulse(now()).value

    @staticmethod
    def resolve_every_seconds(heartbeat: Heartbeat) -> int:
        return int(heartbeat.every.total_seconds())

    @staticmethod
    def resolve_grace_seconds(heartbeat: Heartbeat) -> int:
        return int(heartbeat.grace.total_seconds())

    @staticmethod
    def resolve_severity(heartbeat: Heartbeat) -> str:
        return Severity(heartbeat.severity).name.lower()


class HeartbeatIn(Schema):
    integration_id: int
    name: str = Field(min_length=1, max_length=200)
    every_seconds: int = Field(ge=10, le=400 * 86_400)
    grace_seconds: int = Field(default=300, ge=0, le=400 * 86_400)
    severity: SeverityName = "major"


class HeartbeatChanges(Schema):
    every_seconds: int | None = Field(default=None, ge=10, le=400 * 86_400)
    grace_seconds: int | None = Field(default=None, ge=0, le=400 * 86_400)
    severity: SeverityName | None = None
    active: bool | None = None


@router.get("/heartbeats", response=Page[HeartbeatOut], auth=may(rights.READ))
def list_heartbeats(request: ActorRequest, window: Query[Window]) -> Slice[Heartbeat]:
    """The signs of life that are expected, the newest name first."""
    return page(heartbeats(seen_by=request.actor), window, "-id")


@router.post("/heartbeats", response={201: HeartbeatOut}, auth=may(rights.ADMINISTER))
def create_heartbeat(request: ActorRequest, body: HeartbeatIn) -> Status[Any]:
    made = heartbeat_actions.create_heartbeat(
        alerts.get_integration(body.integration_id, seen_by=request.actor),
        name=body.name,
        every=timedelta(seconds=body.every_seconds),
        grace=timedelta(seconds=body.grace_seconds),
        severity=Severity[body.severity.upper()],
        by=request.actor,
    )
    return Status(201, made)


@router.get("/heartbeats/{int:heartbeat_id}", response=HeartbeatOut, auth=may(rights.READ))
def show_heartbeat(request: ActorRequest, heartbeat_id: int) -> Heartbeat:
    return get_heartbeat(heartbeat_id, seen_by=request.actor)


@router.patch("/heartbeats/{int:heartbeat_id}", response=HeartbeatOut, auth=may(rights.ADMINISTER))
def edit_heartbeat(request: ActorRequest, heartbeat_id: int, body: HeartbeatChanges) -> Heartbeat:
    rows = heartbeats(seen_by=request.actor).filter(pk=heartbeat_id)
    with unless_changed(request, rows, HeartbeatOut) as found:
        heartbeat_actions.edit_heartbeat(
            found,
            every=_span(body.every_seconds),
            grace=_span(body.grace_seconds),
            severity=None if body.severity is None else Severity[body.severity.upper()],
            active=body.active,
            by=request.actor,
            at=now(),
        )
    return get_heartbeat(heartbeat_id, seen_by=request.actor)


@router.delete("/heartbeats/{int:heartbeat_id}", response={204: None}, auth=may(rights.ADMINISTER))
def remove_heartbeat(request: ActorRequest, heartbeat_id: int) -> Status[Any]:
    found = get_heartbeat(heartbeat_id, seen_by=request.actor)
    heartbeat_actions.remove_heartbeat(found, by=request.actor, at=now())
    return Status(204, None)


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
