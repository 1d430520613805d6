"""The states of webhooks and deliveries."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from opale.kernel.states import Move
from opale.webhooks import rights


class DeliveryState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


class Health(models.TextChoices):
    """How a webhook does: what its `pause` and `failing_since` come to."""

    ACTIVE = "active", _("active")
    FAILING = "failing", _("failing")
    PAUSED = "paused", _("paused")
    STOPPED = "stopped", _("paused by Opale")


PAUSED = gettext_noop("The webhook is paused.")
NOT_ALLOWED = gettext_noop("The owner of the webhook may not have this event any more.")
UNREADABLE = gettext_noop("The secret cannot be read any more: make a new one.")
UNSENT = frozenset({PAUSED, NOT_ALLOWED, UNREADABLE})
"""Why nothing was sent, as `last_error` keeps it; pages translate it."""

S = DeliveryState
REPLAY = Move("replay", frozenset({S.DELIVERED, S.FAILED}), S.QUEUED, rights.USE, _("Replay"))
