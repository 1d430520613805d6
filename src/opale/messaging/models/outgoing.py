from django.db import models
from django.db.models import Q

from opale.kernel.clock import now
from opale.kernel.owned import OwnedQuerySet
from opale.messaging import rights
from opale.messaging.states import MailState


class OutgoingMailQuerySet(OwnedQuerySet["OutgoingMail"]):
    read_right = rights.READ


class OutgoingMail(models.Model):
    """The outbox: a mail to send, durable in the transaction that decided it. Knows addresses only.

    `attachments` are `{"name", "media_type", "key"}` of files behind the storage port.
    `origin` names what the mail is about (`desk.message:12`) for the room that asked for it. While
    `claimed_until` is ahead, a sender talks to the mail server about this mail.
    """

    origin = models.CharField(max_length=100)
    sender = models.CharField(max_length=320)
    to = models.JSONField()
    cc = models.JSONField(default=list)
    subject = models.CharField(max_length=998)
    body = models.TextField()
    html = models.TextField(blank=True)
    language = models.CharField(max_length=2)
    message_id = models.CharField(max_length=255, unique=True)
    headers = models.JSONField(default=dict)
    attachments = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    refused = models.JSONField(default=list)
    created_at = models.DateTimeField(default=now)
    next_attempt_at = models.DateTimeField(default=now)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=["next_attempt_at"], condition=Q(state="queued"), name="mail_to_send"
            ),
            models.Index(fields=["state", "-created_at", "-id"], name="mail_by_state"),
            models.Index(fields=["origin"], name="mail_origin"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="mail_sent_is_dated",
            ),
        )
