from typing import Final, Literal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.states import Move


class AlertState(models.TextChoices):
    OPEN = "open", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    SHELVED = "shelved", pgettext_lazy("alert", "Snoozed")
    CLEARED = "cleared", _("Cleared")
    CLOSED = "closed", pgettext_lazy("alert", "Closed")


class HeartbeatState(models.TextChoices):
    """What a heartbeat is like: expected for the first time, well, late, missing, or paused."""

    EXPECTED = "expected", _("Expected")
    WELL = "well", pgettext_lazy("heartbeat", "OK")
    LATE = "late", pgettext_lazy("heartbeat", "Late")
    MISSING = "missing", pgettext_lazy("heartbeat", "Missing")
    PAUSED = "paused", pgettext_lazy("heartbeat", "Paused")


class Severity(models.IntegerChoices):
    """Ordered: the worst is the greatest, so that SQL can take a maximum."""

    CLEAR = 0, _("Clear")
    INFO = 1, _("Information")
    WARNING = 2, _("Warning")
    MINOR = 3, _("Minor")
    MAJOR = 4, _("Major")
    CRITICAL = 5, _("Critical")


SeverityName = Literal["clear", "info", "warning", "minor", "major", "critical"]


class RuleEffect(models.TextChoices):
    """What a rule of events does to an alert that fits."""

    SUPPRESS = "suppress", pgettext_lazy("rule", "Suppress")
    HOLD = "hold", pgettext_lazy("rule", "Delay")
    ROUTE = "route", pgettext_lazy("rule", "Route")
    QUALIFY = "qualify", pgettext_lazy("rule", "Open incident")


class SilenceKind(models.TextChoices):
    SILENCE = "silence", _("Silence")
    MAINTENANCE = "maintenance", _("Maintenance")


S = AlertState
ACKNOWLEDGE = Move(
    "acknowledge", frozenset({S.OPEN}), S.ACKNOWLEDGED, "events.work", _("Acknowledge")
)
UNACKNOWLEDGE = Move(
    "unacknowledge", frozenset({S.ACKNOWLEDGED}), S.OPEN, "events.work", _("Unacknowledge")
)
SHELVE = Move(
    "shelve",
    frozenset({S.OPEN, S.ACKNOWLEDGED, S.SHELVED}),
    S.SHELVED,
    "events.work",
    pgettext_lazy("alert", "Snooze"),
)
UNSHELVE = Move(
    "unshelve",
    frozenset({S.SHELVED}),
    S.OPEN,
    "events.work",
    pgettext_lazy("alert", "End snooze"),
)
CLOSE = Move(
    "close",
    frozenset({S.OPEN, S.ACKNOWLEDGED, S.SHELVED, S.CLEARED}),
    S.CLOSED,
    "events.work",
    _("Close"),
)
LIVE_STATES: Final = CLOSE.sources
FIRING_STATES: Final = (S.OPEN, S.ACKNOWLEDGED, S.SHELVED)
"""The trouble has not ended, as far as its source has said."""
