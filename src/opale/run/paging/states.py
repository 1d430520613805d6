"""The states of a mobilisation and of its pages, and what may start one."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.states import Move
from opale.run.paging.rights import WORK


class MobilisationState(models.TextChoices):
    """`exhausted`: nobody of the policy answered, the on-call manager is paged again and again."""

    TRIGGERED = "triggered", _("Calling")
    EXHAUSTED = "exhausted", _("Nobody answered")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("mobilisation", "Answered")
    RESOLVED = "resolved", pgettext_lazy("mobilisation", "Over")


S = MobilisationState
UNANSWERED: Final = frozenset({S.TRIGGERED, S.EXHAUSTED})
OPEN: Final = UNANSWERED | {S.ACKNOWLEDGED}

ANSWER = Move("answer", UNANSWERED, S.ACKNOWLEDGED, WORK, _("I am on it"))
EXHAUST = Move("exhaust", frozenset({S.TRIGGERED}), S.EXHAUSTED, WORK)
GIVE_BACK = Move("rouse", frozenset({S.ACKNOWLEDGED}), S.TRIGGERED, WORK, _("Call again"))
RESOLVE = Move("resolve", OPEN, S.RESOLVED, WORK, pgettext_lazy("mobilisation", "End"))


class PageState(models.TextChoices):
    """`dropped`: not needed any more, somebody answered before it left."""

    DUE = "due", pgettext_lazy("page", "Waits")
    LEAVING = "leaving", pgettext_lazy("page", "Leaving")
    SENT = "sent", pgettext_lazy("page", "Sent")
    FAILED = "failed", pgettext_lazy("page", "Failed")
    DROPPED = "dropped", pgettext_lazy("page", "Not needed")


class Trigger(models.TextChoices):
    """What starts a mobilisation."""

    ALERT = "alert", _("An alert calls")
    TRIAGE = "triage", _("A ticket waits for triage")
    CLOCK = "clock", _("A promise is at risk")
    HANDOVER = "handover", _("Work that nobody accepted")
    WATCH = "watch", _("Something that is watched")
    TRIAL = "trial", _("A trial")


class TargetKind(models.TextChoices):
    PERSON = "person", _("A person")
    DUTY = "duty", _("Who is on duty")
    TEAM = "team", _("Everybody in a team")
    ROUND_ROBIN = "round_robin", _("One of a team in turn")
    MANAGER = "manager", _("The on-call manager")
