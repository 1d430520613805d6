"""Queries on heartbeats."""

from datetime import datetime
from typing import Final

from django.db.models import DateTimeField, ExpressionWrapper, F, Q, QuerySet

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.events.models import Heartbeat
from opale.run.events.rights import READ
from opale.run.events.states import HeartbeatState

EXPECTED_AT: Final = ExpressionWrapper(F("last_beat_at") + F("every"), DateTimeField())
"""When the next beat of a heartbeat should come."""


def heartbeats(
    *,
    seen_by: Actor,
    text: str = "",
    state: HeartbeatState | None = None,
    integration_id: int | None = None,
) -> QuerySet[Heartbeat]:
    """Return the heartbeats that pass these filters."""
    if not seen_by.can(READ):
        return Heartbeat.objects.none()
    rows = Heartbeat.objects.select_related("integration")
    if text:
        rows = rows.filter(name__icontains=text)
    if state is not None:
        rows = rows.alias(expected_at=EXPECTED_AT).filter(_in_state(state, clock.now()))
    return rows if integration_id is None else rows.filter(integration=integration_id)


def _in_state(state: HeartbeatState, at: datetime) -> Q:
    """Return what `Heartbeat.pulse` says, for the database."""
    if state == HeartbeatState.PAUSED:
        return Q(active=False)
    if state == HeartbeatState.EXPECTED:
        return Q(active=True, last_beat_at=None)
    if state == HeartbeatState.MISSING:
        return Q(active=True, missing_since__isnull=False)
    there = Q(active=True, last_beat_at__isnull=False, missing_since=None)
    late = Q(expected_at__lt=at)
    return there & (late if state == HeartbeatState.LATE else ~late)


def get_heartbeat(heartbeat_id: int, *, seen_by: Actor) -> Heartbeat:
    """Return the heartbeat. Errors: NotFound."""
    found = heartbeats(seen_by=seen_by).filter(pk=heartbeat_id).first()
    if found is None:
        raise NotFound
    return found
