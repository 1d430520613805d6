"""Incoming mail: the mailboxes, and every mail received, whole and kept for good."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import OwnedQuerySet
from opale.messaging import rights
from opale.messaging.states import (
    IncomingState,
    Login,
    MailboxSource,
    Outcome,
    Route,
    Security,
)

SEEN = ("connected_at", "last_success_at", "last_error", "last_error_at", "waiting", "lag")
"""Columns that a source updates every few seconds: no history is kept of them."""


class MailboxQuerySet(OwnedQuerySet["Mailbox"]):
    read_right = rights.READ


@tracked(creation=True, exclude=(*SEEN, "secret", "refresh_token"))
class Mailbox(models.Model):
    """An address at which Opale takes mail. `address` is in lower case.

    `secret` (a password, or the secret of the OAuth 2 client) and `refresh_token` are encrypted
    (`kernel.sealing`, purpose `messaging`). `trusted_servers` are the names under which our own
    mail server writes Authentication-Results: of all others nothing is believed. `done_folder`
    is where what was taken is moved to; "" only flags it.

    `last_success_at` is when the source last looked without an error, `waiting` how many mails
    stood there then, `lag` how old the oldest of them was.
    """

    address = models.CharField(_("Address"), max_length=320, unique=True)
    name = models.CharField(_("Name"), max_length=100)
    language = models.CharField(_("Language"), max_length=2, default="en")
    is_on = models.BooleanField(_("On"), default=True)
    acknowledges = models.BooleanField(_("Sends receipts"), default=True)
    trusted_servers = ArrayField(
        models.CharField(max_length=255),
        default=list,
        blank=True,
        verbose_name=_("Trusted authentication servers"),
    )
    source = models.CharField(
        _("Source"), max_length=10, choices=MailboxSource.choices, default=MailboxSource.NONE
    )
    host = models.CharField(_("Server"), max_length=255, blank=True)
    port = models.PositiveIntegerField(_("Port"), default=993)
    security = models.CharField(
        _("Encryption"), max_length=10, choices=Security.choices, default=Security.TLS
    )
    login = models.CharField(_("Login"), max_length=320, blank=True)
    auth = models.CharField(
        _("Login method"), max_length=10, choices=Login.choices, default=Login.PASSWORD
    )
    secret = models.TextField(blank=True)
    token_url = models.CharField(_("Token address"), max_length=500, blank=True)
    client_id = models.CharField(_("Client ID"), max_length=255, blank=True)
    refresh_token = models.TextField(blank=True)
    folder = models.CharField(_("Folder"), max_length=255, default="INBOX")
    done_folder = models.CharField(_("Folder for fetched mail"), max_length=255, blank=True)
    connected_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    last_error_at = models.DateTimeField(null=True)
    waiting = models.PositiveIntegerField(default=0)
    lag = models.DurationField(null=True)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        ordering = ("address",)
        verbose_name_plural = "mailboxes"
        constraints = (
            models.CheckConstraint(
                condition=Q(address=models.functions.Lower("address")),
                name="mailbox_in_lower_case",
            ),
            models.CheckConstraint(
                condition=~Q(source="imap") | ~Q(host=""), name="mailbox_imap_has_host"
            ),
        )

    def __str__(self) -> str:
        return self.address


class IncomingMailQuerySet(OwnedQuerySet["IncomingMail"]):
    read_right = rights.READ


class IncomingMail(models.Model):
    """An incoming mail, committed before its source gets the confirmation.

    `raw_hash` tells one delivery from another, `content_hash` one message from another, by any
    route (`mail_parser.fingerprints`). `origin` names what it became, as that of OutgoingMail:
    `desk.ticket:123`. `findings` are what the analysis found, for people to read: who checked the
    sender, whether it is a machine and why, what is broken in it. While `claimed_until` is in the
    future, a worker handles it; `attempts` is incremented before each.
    """

    reach_paths: ClassVar[dict[str, str]] = {}

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="mails")
    source = models.CharField(max_length=10, choices=Route.choices)
    raw_hash = models.CharField(max_length=64)
    raw_key = models.CharField(max_length=200, blank=True)
    size_bytes = models.PositiveBigIntegerField()
    content_hash = models.CharField(max_length=64)
    message_id = models.CharField(max_length=600, blank=True)
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = models.JSONField(default=list)
    subject = models.CharField(max_length=998, blank=True)
    from_name = models.CharField(max_length=320, blank=True)
    from_address = models.CharField(max_length=320, blank=True)
    received_at = models.DateTimeField(default=now)
    state = models.CharField(
        max_length=12, choices=IncomingState.choices, default=IncomingState.RECEIVED
    )
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    reason = models.TextField(blank=True)
    origin = models.CharField(max_length=100, blank=True)
    findings = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(default=now)
    processed_at = models.DateTimeField(null=True)

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state="received"),
                name="incoming_to_handle",
            ),
            models.Index(
                fields=["mailbox", "next_attempt_at", "id"],
                condition=Q(state="received"),
                name="incoming_in_turn",
            ),
            models.Index(fields=["-received_at", "-id"], name="incoming_newest"),
            models.Index(fields=["state", "-received_at", "-id"], name="incoming_by_state"),
            models.Index(fields=["outcome", "-received_at", "-id"], name="incoming_by_outcome"),
            models.Index(fields=["mailbox", "-received_at", "-id"], name="incoming_by_mailbox"),
            models.Index(fields=["content_hash"], name="incoming_content"),
            models.Index(fields=["message_id"], name="incoming_message_id"),
            models.Index(fields=["from_address", "-received_at"], name="incoming_sender"),
            models.Index(fields=["origin"], condition=~Q(origin=""), name="incoming_origin"),
        )
        constraints = (
            models.UniqueConstraint(fields=["mailbox", "raw_hash"], name="incoming_kept_once"),
            models.CheckConstraint(
                condition=Q(state="received", outcome="", processed_at__isnull=True)
                | Q(state="quarantined", outcome="quarantined", processed_at__isnull=False)
                | Q(state="done", processed_at__isnull=False) & ~Q(outcome__in=["", "quarantined"]),
                name="incoming_outcome_when_handled",
            ),
        )


class RawMail(models.Model):
    """The bytes of a mail as they came, unless they are so many that they are in file storage.

    They are written in the transaction of their row and never change.
    """

    mail = models.OneToOneField(
        IncomingMail, on_delete=models.CASCADE, primary_key=True, related_name="raw_row"
    )
    body = models.BinaryField()


class IncomingTally(models.Model):
    """How many mails ever had an outcome, for the counter.

    Several rows an outcome, so that processes that count at the same time do not wait for each
    other.
    """

    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    share = models.PositiveSmallIntegerField()
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "incoming tallies"
        constraints = (
            models.UniqueConstraint(fields=["outcome", "share"], name="incoming_tally_share"),
        )
