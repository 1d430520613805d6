"""Incoming mail: mailbox rules, mails received, participants and breakers."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Customer, Stream
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.messaging.models import Mailbox
from opale.run.desk.models.base import BY_CUSTOMER, DeskQuerySet
from opale.run.desk.models.conversation import Message
from opale.run.desk.models.ticket import Kind, Ticket


@tracked(creation=True)
class MailboxRules(models.Model):
    """Settings for the mail to a mailbox; without a row, the defaults here apply.

    `believes` is whether to trust a sender that our mail server could not verify.
    """

    mailbox = models.OneToOneField(Mailbox, on_delete=models.PROTECT, related_name="desk_rules")
    stream = models.CharField(_("Stream"), max_length=10, choices=Stream.choices, blank=True)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices, default=Kind.REQUEST)
    believes = models.BooleanField(_("Trust unauthenticated senders"), default=False)

    objects = DeskQuerySet["MailboxRules"].as_manager()

    class Meta:
        verbose_name_plural = "rules of mailboxes"


class ReceivedMail(models.Model):
    """Data of a received mail besides its text. Append-only; only staff read it.

    `why` lists the clues for its ticket: `{"kind", "said", "weight", "number"}`. `html` and
    `html_quoted` are safe (`incoming_mail.safe_html`). `left_out` are files that were refused:
    `{"name", "reason"}`; the mail itself still has them. `opened` is whether it opened the ticket,
    `acknowledged` whether its receipt was acknowledged.
    """

    class Proof(models.TextChoices):
        PROVEN = "proven", _("Sender verified")
        BELIEVED = "believed", _("Sender trusted")
        UNPROVEN = "unproven", _("Sender not verified")
        FORGED = "forged", _("Sender forged")

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="received")
    address = models.CharField(max_length=320)
    name = models.CharField(max_length=320, blank=True)
    reply_to = models.CharField(max_length=320, blank=True)
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    proof = models.CharField(max_length=10, choices=Proof.choices)
    automatic = models.CharField(max_length=10, blank=True)
    why = models.JSONField(default=list)
    html = models.TextField(blank=True)
    html_quoted = models.TextField(blank=True)
    quoted = models.TextField(blank=True)
    remote_pictures = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list)
    opened = models.BooleanField(default=False)
    acknowledged = models.BooleanField(default=False)
    at = models.DateTimeField(default=now)

    objects = DeskQuerySet["ReceivedMail"].as_manager()

    class Meta:
        indexes = (models.Index(fields=["address", "-at"], name="received_by_address"),)


@tracked()
class Participant(models.Model):
    """Somebody who writes on a ticket without being a contact; the owner accepts or removes
    them."""

    class State(models.TextChoices):
        NEW = "new", _("Pending")
        ACCEPTED = "accepted", _("Participant")
        REMOVED = "removed", _("Removed")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="participants")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=320)
    name = models.CharField(max_length=320, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    since = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True)

    objects = DeskQuerySet["Participant"].as_manager()

    class Meta:
        ordering = ("since", "id")
        constraints = (
            models.UniqueConstraint(fields=["ticket", "address"], name="participant_once"),
        )


@tracked()
class ProposedLink(models.Model):
    """A ticket opened by a mail that named another one; a person decides whether to merge them."""

    class State(models.TextChoices):
        OPEN = "open", _("Proposed")
        JOINED = "joined", _("Merged")
        REFUSED = "refused", _("Rejected")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="proposed_link")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    other = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True)

    objects = DeskQuerySet["ProposedLink"].as_manager()


class News(models.Model):
    """A ticket with news since its owner last looked: a mail, finished work, or a restoration
    stated by somebody else. Deleted when the owner has looked."""

    reach_paths: ClassVar[dict[str, str]] = {}

    ticket = models.OneToOneField(
        Ticket, on_delete=models.CASCADE, primary_key=True, related_name="news"
    )
    since = models.DateTimeField(default=now)

    objects = DeskQuerySet["News"].as_manager()

    class Meta:
        verbose_name_plural = "news"


class Breaker(models.Model):
    """Mail that came too fast from one address (`ticket` empty), or from it on one ticket.

    It blocks until `until`, which each further mail postpones, and closes by itself. `held` counts
    the mails held back. Not followed by history: it is a record itself.
    """

    class Kind(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("Acknowledgements stopped")
        OPENED = "opened", _("New tickets stopped")
        IN_THREAD = "in_thread", _("Notifications stopped")
        NOTICED = "noticed", _("All notices stopped")

    reach_paths: ClassVar[dict[str, str]] = {}

    kind = models.CharField(max_length=12, choices=Kind.choices)
    address = models.CharField(max_length=320)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, related_name="breakers")
    opened_at = models.DateTimeField(default=now)
    until = models.DateTimeField()
    held = models.PositiveIntegerField(default=1)

    objects = DeskQuerySet["Breaker"].as_manager()

    class Meta:
        ordering = ("-until", "-id")
        indexes = (
            models.Index(fields=["kind", "address", "-until"], name="breaker_of_address"),
            models.Index(fields=["-until", "-id"], name="breaker_newest"),
            models.Index(
                fields=["ticket"], condition=Q(ticket__isnull=False), name="breaker_of_ticket"
            ),
        )
