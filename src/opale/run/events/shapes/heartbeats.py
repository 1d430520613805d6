"""Answers about heartbeats."""

from datetime import datetime
from typing import Literal

from ninja import Schema

from opale.kernel.clock import now
from opale.run.events.models import Heartbeat
from opale.run.events.states import Severity


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
