from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.states import Move


class AlertState(models.TextChoices):
    OPEN = "open", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    CLEARED = "cleared", _("Cleared")
    CLOSED = "closed", pgettext_lazy("alert", "Closed")


class Severity(models.IntegerChoices):
    """Ordered: the worst is the greatest, so that SQL can take a maximum."""

    CLEAR = 0, _("Clear")
    INFO = 1, _("Information")
    WARNING = 2, _("Warning")
    MINOR = 3, _("Minor")
    MAJOR = 4, _("Major")
    CRITICAL = 5, _("Critical")


class SilenceKind(models.TextChoices):
    SILENCE = "silence", _("Silence")
    MAINTENANCE = "maintenance", _("Maintenance")


S = AlertState
ACKNOWLEDGE = Move(
    "acknowledge", frozenset({S.OPEN}), S.ACKNOWLEDGED, "events.work", _("Acknowledge")
)
UNACKNOWLEDGE = Move(
    "unacknowledge", frozenset({S.ACKNOWLEDGED}), S.OPEN, "events.work", _("Withdraw")
)
CLOSE = Move(
    "close", frozenset({S.OPEN, S.ACKNOWLEDGED, S.CLEARED}), S.CLOSED, "events.work", _("Close")
)
ALERT_MOVES = (ACKNOWLEDGE, UNACKNOWLEDGE, CLOSE)
