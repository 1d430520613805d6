from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.owned import M, OwnedQuerySet
from opale.organisation.models import User
from opale.webhooks import rights
from opale.webhooks.states import DeliveryState

BY_OWNER: dict[str, str] = {"user": "owner_id"}


class WebhooksQuerySet(OwnedQuerySet[M]):
    read_right = rights.USE


class Webhook(models.Model):
    """A receiver of signed events of certain names, limited to what its owner may see.

    `secret` is encrypted (`sealing`), and so is the one before it, which signs beside it until
    `previous_until`. `customer_id` narrows it to one customer; it is a plain number, because this
    app is below the customers. `failing_since` is the first failure after the last success.
    """

    class Pause(models.TextChoices):
        ASKED = "asked", _("Paused by its owner")
        FAILING = "failing", _("Paused: no successful delivery for days")
        GONE = "gone", _("Paused: the receiver no longer exists")

    reach_paths: ClassVar[dict[str, str]] = BY_OWNER

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=60))
    customer_id = models.BigIntegerField(null=True)
    secret = models.TextField()
    previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    pause = models.CharField(max_length=10, choices=Pause.choices, blank=True)
    paused_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)
    created_by = models.CharField(max_length=200)

    objects = WebhooksQuerySet["Webhook"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(pause="", paused_at__isnull=True)
                | ~Q(pause="") & Q(paused_at__isnull=False),
                name="webhook_pause_is_dated",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One event for one webhook: the outbox. `body` is signed and sent unchanged, every time.

    `message_id` is what the receiver sees and recognises repetitions by. `tries` counts since the
    last replay. While `claimed_until` is in the future, a sender is working on this delivery.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_OWNER

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    message_id = models.CharField(max_length=40, unique=True)
    event = models.CharField(max_length=60)
    body = models.TextField()
    state = models.CharField(
        max_length=10, choices=DeliveryState.choices, default=DeliveryState.QUEUED
    )
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=now)
    next_attempt_at = models.DateTimeField(default=now)
    claimed_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    objects = WebhooksQuerySet["Delivery"].as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=["next_attempt_at"], condition=Q(state="queued"), name="delivery_to_send"
            ),
            models.Index(fields=["webhook", "-created_at", "-id"], name="delivery_newest"),
            models.Index(fields=["created_at"], name="delivery_age"),
            models.Index(
                fields=["claimed_until"],
                condition=Q(claimed_until__isnull=False),
                name="delivery_claimed",
            ),
        )

    def __str__(self) -> str:
        return self.event


class Attempt(models.Model):
    """One attempt: the receiver's status, or the error, and the beginning of its answer."""

    reach_paths: ClassVar[dict[str, str]] = BY_OWNER

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.TextField(blank=True)
    duration_ms = models.PositiveIntegerField()
    answer = models.CharField(max_length=500, blank=True)

    objects = WebhooksQuerySet["Attempt"].as_manager()
