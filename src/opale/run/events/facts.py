"""What events announce."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from opale.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsRaised(Fact):
    """Alerts that opened, or opened again; one fact a batch. `at` is the moment of receipt."""

    name: ClassVar[str] = "events.AlertsRaised"
    alert_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsCleared(Fact):
    """Alerts whose source said that it is over; each alert's `cleared_at` tells since when."""

    name: ClassVar[str] = "events.AlertsCleared"
    alert_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertQualified(Fact):
    """A rule of the integration decided that this alert is an incident: once each time it opens."""

    name: ClassVar[str] = "events.AlertQualified"
    alert_id: int
    rule_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsCall(Fact):
    """Alerts that somebody should look at now: what wakes people listens here.

    `reason` says why: `silence_over` where what muted them ended, and they are still open.
    """

    name: ClassVar[str] = "events.AlertsCall"
    alert_ids: tuple[int, ...]
    reason: str
    at: datetime
