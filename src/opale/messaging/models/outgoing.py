from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value

from opale.kernel.clock import now
from opale.kernel.owned import OwnedQuerySet
from opale.messaging import rights
from opale.messaging.domain.failure_reasons import (
    COMPLAINT_STATUS,
    SUPPRESSED_STATUS,
    FailureReason,
    failure_reason,
)
from opale.messaging.states import MailState


@dataclass(frozen=True, slots=True)
class Return:
    """An address that a sent mail did not reach (`final`), or reaches late."""

    address: str
    answer: str
    final: bool

    @property
    def reason(self) -> FailureReason | None:
        return failure_reason(self.answer)

    @property
    def is_complaint(self) -> bool:
        """Return whether the mail did arrive, and its reader reported it as spam."""
        return self.answer == COMPLAINT_STATUS


@dataclass(frozen=True, slots=True)
class Delivered:
    """An address that a sent mail reached."""

    address: str
    at: datetime


class OutgoingMailQuerySet(OwnedQuerySet["OutgoingMail"]):
    read_right = rights.READ


class OutgoingMail(models.Model):
    """The outbox: a mail to send, stored in the transaction that decided it. Knows addresses only.

    `letter` are the parts of a `mail_layout.Letter`, of which HTML is made when it is sent; `html`
    is that of older mails, from before there were letters. `attachments` are `{"name",
    "media_type", "key"}` of files behind the storage port, with `shown_as` where the text
    shows them. `origin` names what the mail is about
    (`desk.message:12`) for the app that asked for it. While `claimed_until` is in the future, a
    sender is working on this mail. `bounced` is what came back of a sent one: `{"address",
    "answer", "final", "at"}`. A provider reports on the mail under its own names, `provider_keys`;
    `delivered` are the addresses that it reached: `{"address", "at"}`.
    """

    origin = models.CharField(max_length=100)
    sender = models.CharField(max_length=320)
    to = models.JSONField()
    cc = models.JSONField(default=list)
    subject = models.CharField(max_length=998)
    body = models.TextField()
    letter = models.JSONField(null=True)
    html = models.TextField(blank=True)
    language = models.CharField(max_length=2)
    message_id = models.CharField(max_length=255, unique=True)
    headers = models.JSONField(default=dict)
    attachments = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    refused = models.JSONField(default=list)
    domain = models.CharField(max_length=255, db_default="", blank=True)
    automatic = models.BooleanField(default=False, db_default=False)
    bounced = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    bounced_at = models.DateTimeField(null=True)
    delivered = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    provider_keys = ArrayField(models.CharField(max_length=255), default=list, db_default=[])
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
            models.Index(
                fields=["domain"],
                condition=Q(state="queued", claimed_until__isnull=False),
                name="mail_in_talk",
            ),
            GinIndex(
                fields=["provider_keys"],
                condition=Q(provider_keys__gt=[]),
                name="mail_provider_names",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="mail_sent_is_dated",
            ),
        )

    @property
    def reason(self) -> FailureReason | None:
        """Return the explanation of a mail server's last answer."""
        return failure_reason(self.last_error)

    @property
    def is_held_back(self) -> bool:
        """Return whether it was given up unsent because its addresses get no automatic mail."""
        return self.last_error == SUPPRESSED_STATUS

    @property
    def returns(self) -> list[Return]:
        """Return the addresses from which it came back, each with its explanation."""
        return [Return(one["address"], one["answer"], one["final"]) for one in self.bounced]

    @property
    def deliveries(self) -> list[Delivered]:
        """Return the addresses that it reached, as a provider reported."""
        told = self.delivered
        return [Delivered(one["address"], datetime.fromisoformat(one["at"])) for one in told]

    @property
    def arrived_at(self) -> datetime | None:
        """Return when it reached the last of its addresses; None unless all are reported."""
        reached = {one.address: one.at for one in self.deliveries}
        wanted = {address.lower() for address in (*self.to, *self.cc)}
        return max(reached.values()) if reached and wanted <= reached.keys() else None
