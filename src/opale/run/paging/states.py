"""The states of a mobilisation and of its pages, and what may start one."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.states import Move
from opale.run.paging.rights import WORK


class MobilisationState(models.TextChoices):
    """`exhausted`: nobody of the policy answered, the on-call manager is paged again and again."""

    TRIGGERED = "triggered", _("Paging")
    EXHAUSTED = "exhausted", _("Not acknowledged")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("mobilisation", "Acknowledged")
    RESOLVED = "resolved", pgettext_lazy("mobilisation", "Ended")


S = MobilisationState
UNANSWERED: Final = frozenset({S.TRIGGERED, S.EXHAUSTED})
OPEN: Final = UNANSWERED | {S.ACKNOWLEDGED}

ANSWER = Move("answer", UNANSWERED, S.ACKNOWLEDGED, WORK, _("Acknowledge"))
EXHAUST = Move("exhaust", frozenset({S.TRIGGERED}), S.EXHAUSTED, WORK)
GIVE_BACK = Move("rouse", frozenset({S.ACKNOWLEDGED}), S.TRIGGERED, WORK, _("Page again"))
RESOLVE = Move("resolve", OPEN, S.RESOLVED, WORK, pgettext_lazy("mobilisation", "End"))


class PageState(models.TextChoices):
    """`dropped`: not needed any more, somebody answered before it left."""

    DUE = "due", pgettext_lazy("page", "Queued")
    LEAVING = "leaving", pgettext_lazy("page", "Sending")
    SENT = "sent", pgettext_lazy("page", "Sent")
    FAILED = "failed", pgettext_lazy("page", "Failed")
    DROPPED = "dropped", pgettext_lazy("page", "Not needed")


class Trigger(models.TextChoices):
    """What starts a mobilisation."""

    ALERT = "alert", _("Critical alert to acknowledge")
    TRIAGE = "triage", _("Ticket not triaged")
    CLOCK = "clock", _("SLA at risk")
    HANDOVER = "handover", _("Escalation not accepted")
    WATCH = "watch", _("Watch list item")
    TRIAL = "trial", _("Test page")


class TargetKind(models.TextChoices):
    PERSON = "person", _("Person")
    DUTY = "duty", _("Whoever is on duty")
    TEAM = "team", _("Whole team")
    ROUND_ROBIN = "round_robin", _("Team rotation")
    MANAGER = "manager", _("On-call manager")
