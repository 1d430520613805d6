"""The states of webhooks and deliveries."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from opale.kernel.states import Move
from opale.webhooks import rights


class DeliveryState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class Health(models.TextChoices):
    """How a webhook does: what its `pause` and `failing_since` come to."""

    ACTIVE = "active", _("active")
    FAILING = "failing", _("failing")
    PAUSED = "paused", _("paused")
    STOPPED = "stopped", _("paused by Opale")


PAUSED = gettext_noop("Webhook paused.")
NOT_ALLOWED = gettext_noop("The webhook's owner no longer has access to this event.")
UNREADABLE = gettext_noop("The secret can no longer be read: create a new one.")
UNSENT = frozenset({PAUSED, NOT_ALLOWED, UNREADABLE})
"""Why nothing was sent, as `last_error` keeps it; pages translate it."""

S = DeliveryState
REPLAY = Move("replay", frozenset({S.DELIVERED, S.FAILED}), S.QUEUED, rights.USE, _("Replay"))
