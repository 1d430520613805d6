"""The life of a mail in the outbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opale.kernel.states import Move
from opale.messaging import rights


class MailState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Given up")


S = MailState
HAND_OVER = Move("hand_over", frozenset({S.QUEUED}), S.SENT, rights.SEND)
GIVE_UP = Move("give_up", frozenset({S.QUEUED}), S.FAILED, rights.SEND)
RETRY = Move("retry", frozenset({S.FAILED}), S.QUEUED, rights.RETRY, _("Send again"))
MAIL_MOVES = (HAND_OVER, GIVE_UP, RETRY)
