"""What came in by mail: how a mailbox is used, who wrote, who takes part, and what is held back."""

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
    """How the desk takes what comes to a mailbox; without a row, as the defaults here.

    `believes` is whether a sender of whom our mail server says nothing is taken at his word.
    """

    mailbox = models.OneToOneField(Mailbox, on_delete=models.PROTECT, related_name="desk_rules")
    stream = models.CharField(_("Stream"), max_length=10, choices=Stream.choices, blank=True)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices, default=Kind.REQUEST)
    believes = models.BooleanField(_("Senders are believed"), default=False)

    objects = DeskQuerySet["MailboxRules"].as_manager()

    class Meta:
        verbose_name_plural = "rules of mailboxes"


class ReceivedMail(models.Model):
    """What a message that came by mail has beside its text. Append-only; staff alone read it.

    `why` is what spoke for the ticket: `{"kind", "said", "weight", "number"}`. `html` and
    `html_quoted` are safe (`incoming.showing`). `left_out` are files that were not taken:
    `{"name", "reason"}`; the mail itself has them still. `opened` is whether it made the ticket,
    `acknowledged` whether its receipt was.
    """

    class Proof(models.TextChoices):
        PROVEN = "proven", _("Sender proven")
        BELIEVED = "believed", _("Sender believed")
        UNPROVEN = "unproven", _("Sender not proven")
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
    """Somebody who is no contact and writes on a ticket: the owner says whether that is right."""

    class State(models.TextChoices):
        NEW = "new", _("Not yet accepted")
        ACCEPTED = "accepted", _("Takes part")
        REMOVED = "removed", _("Takes part no more")

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
    """A ticket that a mail opened though it named another: somebody says whether they are one."""

    class State(models.TextChoices):
        OPEN = "open", _("Proposed")
        JOINED = "joined", _("Joined")
        REFUSED = "refused", _("Not joined")

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
    """A ticket on which something came since its owner last looked: a mail, work that ended, a
    restoration that somebody else has stated. Gone when the owner has looked."""

    reach_paths: ClassVar[dict[str, str]] = {}

    ticket = models.OneToOneField(
        Ticket, on_delete=models.CASCADE, primary_key=True, related_name="news"
    )
    since = models.DateTimeField(default=now)

    objects = DeskQuerySet["News"].as_manager()

    class Meta:
        verbose_name_plural = "news"


class Breaker(models.Model):
    """Mail that came too fast, of one address (`ticket` empty) or of it on one ticket.

    It holds back until `until`, which each further mail puts off, and closes by itself. `held` is
    how many mails it held back. No history: it is one itself.
    """

    class Kind(models.TextChoices):
        ACKNOWLEDGED = "acknowledged", _("No more acknowledgements")
        OPENED = "opened", _("No more new tickets")
        IN_THREAD = "in_thread", _("Wakes nobody any more")
        NOTICED = "noticed", _("No more notices")

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
