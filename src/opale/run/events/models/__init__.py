"""Integrations and their events, the alerts that these make, and what people write on them."""

from opale.run.events.models.alert_counts import StandingCount
from opale.run.events.models.alerts import Alert, AlertChange, AlertNote, RelatedIdentity
from opale.run.events.models.events import ChangeNotice, Event
from opale.run.events.models.heartbeats import Heartbeat, HeartbeatWatch
from opale.run.events.models.integrations import (
    Integration,
    IntegrationHour,
    IntegrationKey,
    KeyBucket,
    QualificationRule,
    Sample,
    UnreadableDelivery,
)
from opale.run.events.models.noise import NoiseReport
from opale.run.events.models.querysets import AlertsQuerySet
from opale.run.events.models.rules import EventRule, RuleTrial
from opale.run.events.models.search import AlertWords, UnreadWords
from opale.run.events.models.silences import Silence

__all__ = [
    "Alert",
    "AlertChange",
    "AlertNote",
    "AlertWords",
    "AlertsQuerySet",
    "ChangeNotice",
    "Event",
    "EventRule",
    "Heartbeat",
    "HeartbeatWatch",
    "Integration",
    "IntegrationHour",
    "IntegrationKey",
    "KeyBucket",
    "NoiseReport",
    "QualificationRule",
    "RelatedIdentity",
    "RuleTrial",
    "Sample",
    "Silence",
    "StandingCount",
    "UnreadWords",
    "UnreadableDelivery",
]
