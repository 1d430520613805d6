from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Contact, Customer
from opale.kernel.clock import now
from opale.kernel.files import SHOWN_INLINE
from opale.kernel.history import tracked
from opale.kernel.stored_files import StoredFileRow
from opale.messaging.models import IncomingMail, OutgoingMail
from opale.organisation.models import Language, Person
from opale.run.desk.models.base import BY_CUSTOMER, DeskQuerySet, words_index
from opale.run.desk.models.drafts import WrittenDraft
from opale.run.desk.models.ticket import Source, Ticket
from opale.ui.markdown_text import picture_as_markdown


@tracked(only=("body", "format"), along=("customer",))
class Message(models.Model):
    """A message on a ticket: from outside, to the customer, or an internal note. The words of a
    message never change; those of a note do by its author's edit, and its former ones are its
    history. The body of a deleted note is empty.

    `next_update_at` is the next update that it promises to the customer. Until `leaves_at` it
    waits, and may be recalled. A note on an assignment is read by the team of that assignment too.
    `format` says how `body` is to be read. One that `is_notice` was written by no person and
    promises nothing. `outcome` is what it tells the customer of the work, whoever wrote it: an
    update that no promise outlives.
    """

    class Direction(models.TextChoices):
        RECEIVED = "received", _("Received")
        SENT = "sent", _("Sent")
        NOTE = "note", _("Internal note")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public")
        INTERNAL = "internal", _("Internal")

    class Format(models.TextChoices):
        PLAIN = "plain", _("Plain text")
        MARKDOWN = "markdown", _("Markdown")

    class Outcome(models.TextChoices):
        RESTORED = "restored", _("Restoration")
        CLOSED = "closed", _("Closing")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(
        Ticket,
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,  # message_ticket begins with it
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    direction = models.CharField(max_length=10, choices=Direction.choices)
    visibility = models.CharField(max_length=10, choices=Visibility.choices)
    author = models.CharField(max_length=200)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="+")
    body = models.TextField()
    format = models.CharField(
        max_length=10, choices=Format.choices, default=Format.PLAIN, db_default=Format.PLAIN
    )
    language = models.CharField(max_length=2, choices=Language.choices, blank=True)
    mail = models.OneToOneField(
        OutgoingMail, on_delete=models.PROTECT, null=True, related_name="message"
    )
    incoming = models.ForeignKey(
        IncomingMail, on_delete=models.PROTECT, null=True, related_name="messages", db_index=False
    )
    next_update_at = models.DateTimeField(null=True)
    leaves_at = models.DateTimeField(null=True)
    is_notice = models.BooleanField(default=False, db_default=False)
    outcome = models.CharField(
        max_length=10, choices=Outcome.choices, blank=True, default="", db_default=""
    )
    assignment = models.ForeignKey(
        "desk.Assignment",
        on_delete=models.PROTECT,
        null=True,
        related_name="notes",
        db_index=False,
    )
    at = models.DateTimeField(default=now)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects = DeskQuerySet["Message"].as_manager()

    class Meta:
        ordering = ("at", "id")
        indexes = (
            models.Index(fields=["ticket", "at", "id"], name="message_ticket"),
            models.Index(
                fields=["assignment", "id"],
                condition=Q(assignment__isnull=False),
                name="message_assignment",
            ),
            models.Index(
                fields=["incoming"],
                condition=Q(incoming__isnull=False),
                name="message_incoming",
            ),
            words_index("body", "ticket", "message_words_by_block"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(assignment=None) | Q(visibility="internal"),
                name="message_on_work_is_internal",
            ),
            models.CheckConstraint(
                condition=Q(direction="note", visibility="internal")
                | ~Q(direction="note") & Q(visibility="public"),
                name="message_note_is_internal",
            ),
            models.CheckConstraint(
                condition=Q(edited_at=None, deleted_at=None) | Q(direction="note"),
                name="message_edited_is_a_note",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(body=""), name="message_deleted_is_empty"
            ),
        )
        triggers = (
            pgtrigger.Protect(
                name="said_is_said",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.direction <> 'note' AND OLD.body IS DISTINCT FROM NEW.body"
                ),
            ),
        )

    @property
    def voice(self) -> str | Promise:
        """Return whose words a received message is where they are not the customer's: those of a
        colleague who asks, or what an agent wrote down in nobody's name. Else ""."""
        if self.direction != self.Direction.RECEIVED:
            return ""
        if self.person_id is not None:
            return _("From the requester")
        if self.contact_id is not None or self.incoming_id is not None:
            return ""
        if self.ticket.source in (Source.AGENT, Source.EVENT):
            return _("Description")
        return "" if self.customer_id is not None else _("From the requester")


def recallable_messages() -> Q:
    """Return messages that can still be recalled: nobody outside the desk has received them."""
    return Q(leaves_at__gt=now())


class Attachment(StoredFileRow):
    """A file on a ticket, or one that waits for the message that its sender writes.

    `content_id` is the name under which the HTML of the mail shows it inline. `draft_kind` says
    whether it waits for a reply or for a note: a file of a note never leaves with a reply. One that
    waits for the edit of a note names it as `edited_note`.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="attachments")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, null=True, related_name="attachments"
    )
    visibility = models.CharField(max_length=10, choices=Message.Visibility.choices)
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    content_id = models.CharField(max_length=255, blank=True, default="", db_default="")
    draft_kind = models.CharField(
        max_length=10,
        choices=WrittenDraft.Kind.choices,
        default=WrittenDraft.Kind.INTERNAL,
        db_default=WrittenDraft.Kind.INTERNAL,
    )
    edited_note = models.ForeignKey(
        Message, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=now)

    objects = DeskQuerySet["Attachment"].as_manager()

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=["ticket", "id"], name="attachment_ticket"),)

    @property
    def is_picture(self) -> bool:
        """Return whether a text may show it in its place."""
        return self.media_type in SHOWN_INLINE

    @property
    def shown_as(self) -> str:
        """Return the name under which a text in Markdown shows it."""
        return f"file:{self.pk}"

    @property
    def as_markdown(self) -> str:
        """Return what a text in Markdown says to show it."""
        return picture_as_markdown(self.name, self.shown_as)


@tracked()
class ProposedAnswer(models.Model):
    """An answer written by an engineer, which the owner of the ticket sends or refuses.

    With standing consent it was sent at once without a decision: `decided_by` is empty, and
    `seen_at` is when the owner saw it.
    Source: docs/rules/ownership.md, "Answers under the owner's eyes".
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Refused")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="proposed_answers")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    format = models.CharField(
        max_length=10,
        choices=Message.Format.choices,
        default=Message.Format.PLAIN,
        db_default=Message.Format.PLAIN,
    )
    to = models.JSONField(default=list)
    cc = models.JSONField(default=list)
    next_update_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    comment = models.TextField(blank=True)
    attachments = models.JSONField(default=list)
    seen_at = models.DateTimeField(null=True)
    message = models.OneToOneField(
        Message, on_delete=models.PROTECT, null=True, related_name="proposal"
    )

    objects = DeskQuerySet["ProposedAnswer"].as_manager()

    class Meta:
        ordering = ("proposed_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None)
                | ~Q(state="proposed") & Q(decided_at__isnull=False),
                name="answer_decided_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", message__isnull=False)
                | ~Q(state="sent") & Q(message=None),
                name="answer_sent_is_a_message",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(decided_by__isnull=False) & ~Q(reason=""),
                name="answer_refused_says_why",
            ),
        )
        indexes = (
            models.Index(
                fields=["ticket", "id"],
                condition=Q(state="proposed") | Q(state="sent", decided_by=None, seen_at=None),
                name="answer_for_the_owner",
            ),
        )
