"""The states of a call, and of a missed call as work.

Source: docs/rules/telephone.md.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CallState(models.TextChoices):
    RINGING = "ringing", _("Ringing")
    ANSWERED = "answered", _("In progress")
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

    SPOKEN = "spoken", _("Already spoken to")
    UNREACHABLE = "unreachable", _("Unreachable")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    UNWANTED = "unwanted", _("Spam")


class SignalKind(models.TextChoices):
    RING = "ring", _("Ring")
    ANSWER = "answer", _("Answer")
    HANGUP = "hangup", _("Hang up")


class Direction(models.TextChoices):
    IN = "in", _("Incoming")
    OUT = "out", _("Outgoing")


WAITING = frozenset({FollowUp.OPEN, FollowUp.TAKEN})
"""The missed calls that are work."""
