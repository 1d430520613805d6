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
class AlertsRisen(Fact):
    """Alerts that are worse than at any time since they opened or somebody saw to them."""

    name: ClassVar[str] = "events.AlertsRisen"
    alert_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsCall(Fact):
    """Alerts for which somebody has to be woken; what is in no such fact wakes nobody.

    `reason` is `raised` (it opened, for the first time or again), `risen` (worse than ever since it
    opened or somebody saw to it), `customer` (a customer whom it had not hit), `unshelved`,
    `silence_over`, `flapping` (it comes and goes: nothing more is said until it is steady, unless
    it gets worse) or `steady` (it has stopped; its state tells how it ended).
    """

    name: ClassVar[str] = "events.AlertsCall"
    alert_ids: tuple[int, ...]
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertQualified(Fact):
    """A rule of the integration decided that this alert is an incident: once each time it opens."""

    name: ClassVar[str] = "events.AlertQualified"
    alert_id: int
    rule_id: int
    at: datetime
