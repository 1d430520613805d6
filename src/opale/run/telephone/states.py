"""The states of a call, and of a missed call as work.

Source: docs/rules/telephone.md.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CallState(models.TextChoices):
    RINGING = "ringing", _("Ringing")
    ANSWERED = "answered", _("On the line")
    ENDED = "ended", pgettext_lazy("a call", "Ended")
    MISSED = "missed", _("Missed")


class FollowUp(models.TextChoices):
    """What a missed call is as work: `none` for every other call."""

    NONE = "none", _("None")
    OPEN = "open", _("To call back")
    TAKEN = "taken", _("Being called back")
    DONE = "done", _("Called back")
    DISMISSED = "dismissed", _("Dismissed")


class Dismissal(models.TextChoices):
    """Why a missed call needs nobody."""

    SPOKEN = "spoken", _("Spoken to meanwhile")
    UNREACHABLE = "unreachable", _("Could not be reached")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    UNWANTED = "unwanted", _("Unwanted call")


class SignalKind(models.TextChoices):
    RING = "ring", _("It rings")
    ANSWER = "answer", _("Somebody answers")
    HANGUP = "hangup", _("Somebody hangs up")


class Direction(models.TextChoices):
    IN = "in", _("Incoming")
    OUT = "out", _("Outgoing")


WAITING = frozenset({FollowUp.OPEN, FollowUp.TAKEN})
"""The missed calls that are work."""
