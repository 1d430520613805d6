"""The facts that events announce."""

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
    opened or somebody saw to it), `customer` (a customer whom it had not hit), `unshelved`, `held`
    (it has lasted as long as a rule holds it), `silence_over` (what muted it, or the rule that
    suppressed it, does so no more), `flapping` (it comes and goes: nothing more is said until it is
    steady, unless it gets worse) or `steady` (it has stopped; its state tells how it ended).
    """

    name: ClassVar[str] = "events.AlertsCall"
    alert_ids: tuple[int, ...]
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertQualified(Fact):
    """A rule decided that this alert is an incident: once each time it opens.

    A rule of events `joins` it to a running incident of the same item or service, if there is one;
    else the rule is one of the integration.
    """

    name: ClassVar[str] = "events.AlertQualified"
    alert_id: int
    rule_id: int
    at: datetime
    joins: bool = False
