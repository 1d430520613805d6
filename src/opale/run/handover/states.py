"""The states of a handover, of its tickets, and of watches."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.states import Move
from opale.run.handover.rights import WORK


class HandoverState(models.TextChoices):
    OPEN = "open", pgettext_lazy("handover", "Open")
    SIGNED = "signed", pgettext_lazy("handover", "Signed")


class ItemState(models.TextChoices):
    """`with_lead`, `with_manager`: nobody accepted it in time, and the clock passed it on; `gone`:
    ended, or taken in another way."""

    WAITING = "waiting", _("To be accepted")
    WITH_LEAD = "with_lead", _("With incoming shift lead")
    WITH_MANAGER = "with_manager", _("With on-call manager")
    ACCEPTED = "accepted", pgettext_lazy("handover", "Accepted")
    GONE = "gone", _("No longer needed")


class WatchState(models.TextChoices):
    WATCHED = "watched", pgettext_lazy("watch", "Active")
    CALLED = "called", _("Paging")
    OVER = "over", pgettext_lazy("watch", "Ended")


S = ItemState
UNACCEPTED: Final = frozenset({S.WAITING, S.WITH_LEAD, S.WITH_MANAGER})

ACCEPT: Final = Move("accept", UNACCEPTED, S.ACCEPTED, WORK, _("Accept"))
SIGN: Final = Move("sign", frozenset({HandoverState.OPEN}), HandoverState.SIGNED, WORK, _("Sign"))
CALL: Final = Move("call", frozenset({WatchState.WATCHED}), WatchState.CALLED, WORK, _("Page team"))
END_WATCH: Final = Move(
    "end", frozenset({WatchState.WATCHED, WatchState.CALLED}), WatchState.OVER, WORK, _("End")
)


class RefusalReason(models.TextChoices):
    """Why somebody refuses a card: the next who could take it is proposed."""

    SKILL = "skill", _("I lack the skill")
    LOAD = "load", _("My workload is too high")
    LANGUAGE = "language", _("I do not speak the language")
    LEAVING = "leaving", _("I am leaving soon")
    OTHER = "other", pgettext_lazy("reason", "Other")
