"""Messages on tickets: public ones to the customer, and internal notes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from opale.customers.models import Contact
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid
from opale.kernel.facts import announce
from opale.kernel.live_topics import publish_once
from opale.kernel.reference_cache import pinned
from opale.kernel.text_limits import refuse_long
from opale.messaging.facts import MailBounced, MailFailed, MailSent
from opale.messaging.models import OutgoingMail
from opale.organisation.models import Person
from opale.organisation.queries.mentions import Audience, mentioned_people
from opale.run.desk.actions.attachments import (
    assign_files,
    attach_to_message,
    lock_waiting_files,
    mailed_files,
    proposed_files,
)
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.drafts import SentDraft, end_draft, is_sent
from opale.run.desk.actions.note_mentions import notify_mentioned, notify_watchers
from opale.run.desk.actions.outgoing_mail import TicketMail, queue_message_mail
from opale.run.desk.actions.ticket_locks import change_ticket, lock_current_ticket
from opale.run.desk.domain.text_variables import unfilled_variables_in
from opale.run.desk.facts import MessageSent
from opale.run.desk.models import (
    Assignment,
    Attachment,
    Message,
    Ticket,
    Watcher,
)
from opale.run.desk.queries.correspondence import (
    MailRecipients,
    correspondence_of,
    partner_numbers_of,
    reply_recipients,
)
from opale.run.desk.queries.digests import contacts_without_copies
from opale.run.desk.queries.mail_texts import plan_of
from opale.run.desk.queries.message_mails import message_id_of_origin
from opale.run.desk.queries.note_readers import readers_of_notes
from opale.run.desk.queries.notices import notices_of_contacts
from opale.run.desk.queries.text_modules import VariableValues
from opale.ui.markdown import with_names
from opale.ui.markdown_text import pictures_in

MANY = 10
READ_TO_WRITE = ("contact", "employee", "plan_version")
"""Relations read with a ticket before writing on it, for the recipients and the mail text."""


def write_to_customer(
    ticket: Ticket,
    body: str,
    *,
    by: Actor,
    to: Sequence[str] = (),
    cc: Sequence[str] | None = None,
    next_update_at: datetime | None = None,
    attachments: Sequence[int] = (),
    text_format: Message.Format = Message.Format.PLAIN,
) -> Message:
    """Send a public message by mail, in the ticket's language, queued in the same transaction.

    Without `cc` the contacts who follow the ticket get a copy; an empty one is for nobody.
    `attachments` are files that the actor attached before; they go with it. `next_update_at`
    promises the customer's next update; without it, an earlier promise stays and none is made.
    Errors: NotFound, NotAllowed, Invalid (nothing said, nobody to write to, a file that is gone).
    """
    with pinned(), attributed(by), publish_once():
        held = lock_current_ticket(ticket, by=by, along=READ_TO_WRITE)
        said = validate_message(held, body, to=to, cc=cc, next_update_at=next_update_at)
        words = CustomerMessage(
            body, said.to, said.cc, next_update_at, attachments, text_format=text_format
        )
        return send_to_customer(held, words, by=by)


def validate_message(
    ticket: Ticket,
    body: str,
    *,
    to: Sequence[str],
    cc: Sequence[str] | None,
    next_update_at: datetime | None,
) -> MailRecipients:
    """Check a message; return its recipients, by default those due an answer. Errors: Invalid."""
    known = MailRecipients(to, cc or ()) if to and cc is not None else addressees_of(ticket)
    said = MailRecipients(to or known.to, known.cc if cc is None else cc)
    if not body.strip():
        raise Invalid(body=_("Write a message first."))
    refuse_long(body=body)
    if not said.to:
        raise Invalid(to=_("This ticket has no recipient. Add a contact."))
    if unfilled := unfilled_variables_in(body):
        names = ", ".join(str(variable.label) for variable in unfilled)
        raise Invalid(body=_("Complete or remove first: %(names)s") % {"names": names})
    if next_update_at is not None and next_update_at <= clock.now():
        raise Invalid(next_update_at=_("The promised time must be in the future."))
    return said


@dataclass(frozen=True, slots=True)
class CustomerMessage:
    """A message to the customer, with its recipients, promised update and files.

    Its mail waits for `hold`, and can be recalled meanwhile.
    """

    body: str
    to: Sequence[str]
    cc: Sequence[str]
    next_update_at: datetime | None = None
    attachments: Sequence[int] = ()
    hold: timedelta = timedelta()
    text_format: Message.Format = Message.Format.PLAIN


def send_to_customer(
    ticket: Ticket, words: CustomerMessage, *, by: Actor, voice: Person | None = None
) -> Message:
    """Write the message and queue its mail, inside the transaction of the action.

    `voice` is the owner in whose name the author's text and files are sent.
    """
    at = clock.now()
    files = (
        proposed_files(ticket, words.attachments)
        if voice
        else lock_waiting_files(ticket, words.attachments, by=by)
    )
    message = Message(
        ticket=ticket,
        customer_id=ticket.customer_id,
        direction=Message.Direction.SENT,
        visibility=Message.Visibility.PUBLIC,
        author=voice.name if voice else by.signature,
        person_id=voice.pk if voice else by.person_id,
        body=words.body,
        format=words.text_format,
        language=ticket.language,
        next_update_at=words.next_update_at,
        leaves_at=at + words.hold if words.hold else None,
        at=at,
    )
    _mail(message, words, by=by, files=files)
    assign_files(files, message)
    record_customer_update(ticket, at, by=by)
    announce(MessageSent(ticket_id=ticket.pk, message_id=message.pk, at=at), by=by)
    return message


def write_note(
    ticket: Ticket,
    body: str,
    *,
    by: Actor,
    attachments: Sequence[int] = (),
    sitting: SentDraft | None = None,
    text_format: Message.Format = Message.Format.PLAIN,
) -> Message:
    """Write an internal note, which no customer ever sees. `sitting` names the draft that ends with
    it: the same text of one sitting is noted once, however often it is sent.

    A note in Markdown tells the people whom it mentions.
    Errors: NotFound, NotAllowed, Invalid (nothing written, or who is mentioned may not read it).
    """
    if not body.strip():
        raise Invalid(body=_("Write a note first."))
    refuse_long(body=body)
    with attributed(by):
        held = lock_current_ticket(ticket, by=by)
        body, mentioned = with_mentions(body, readers_of_notes(held), text_format)
        if is_sent(held, "internal", sitting, by=by):
            known = held.messages.filter(direction=Message.Direction.NOTE, person=by.person_id)
            if found := known.filter(body=body).order_by("-id").first():
                return found
        message = add_internal_note(
            held, body, author=by.signature, person_id=by.person_id, text_format=text_format
        )
        attach_to_message(message, attachments, by=by)
        end_draft(held, "internal", sitting, body, by=by)
        change_ticket(held)
        notify_mentioned(message, mentioned, by=by)
        notify_watchers(message, mentioned, by=by)
    return message


def with_mentions(
    body: str, readers: Audience, text_format: Message.Format, *, known: Collection[int] = ()
) -> tuple[str, list[Person]]:
    """Return a note with the present names of the people whom it mentions in Markdown, and them.
    `known` are people whom it mentioned before, who are not checked again.

    Errors: Invalid (somebody may not read it, or it is too long with these names).
    """
    if text_format != Message.Format.MARKDOWN:
        return body, []
    people = mentioned_people(body, readers, field="body", known=known)
    body = with_names(body, people)
    refuse_long(body=body)
    return body, list(people.values())


def record_failed_mail(fact: MailFailed, by: Actor) -> None:
    """Tell the owner that a message reached nobody. Hears messaging.MailFailed."""
    mail = OutgoingMail.objects.filter(pk=fact.mail_id).first()
    reason = mail.reason if mail else None
    if mail is not None and mail.is_held_back and reason is not None:
        said = {"words": reason.words, "advice": reason.advice}
        _note_on_mail(fact.mail_id, _HELD_BACK, by=by, **said)
        return
    _note_on_mail(fact.mail_id, _UNDELIVERED, by=by, error=fact.error)


def record_refused_addresses(fact: MailSent, by: Actor) -> None:
    """Tell the owner which addresses refused a mail that others got. Hears messaging.MailSent."""
    if fact.refused:
        refused = ", ".join(fact.refused)
        _note_on_mail(fact.mail_id, _PARTLY_REFUSED, by=by, refused=refused)


def record_bounced_mail(fact: MailBounced, by: Actor) -> None:
    """Tell the owner which address bounced a mail after it was sent. Hears
    messaging.MailBounced."""
    mail = OutgoingMail.objects.filter(pk=fact.mail_id).first()
    for one in mail.returns if mail else ():
        if one.final and one.address in fact.addresses and one.reason is not None:
            said = _COMPLAINED if one.is_complaint else _BOUNCED
            words, advice = one.reason.words, one.reason.advice
            _note_on_mail(
                fact.mail_id, said, by=by, address=one.address, words=words, advice=advice
            )


_BOUNCED = gettext_noop("The mail to %(address)s bounced. %(words)s %(advice)s")
_COMPLAINED = gettext_noop("The recipient at %(address)s reported our mail as spam. %(advice)s")
_HELD_BACK = gettext_noop("The mail to %(to)s was not sent. %(words)s %(advice)s")
_UNDELIVERED = gettext_noop("The mail to %(to)s could not be delivered: %(error)s")
_PARTLY_REFUSED = gettext_noop(
    "The mail was delivered to the other recipients, but not to: %(refused)s"
)


def _note_on_mail(mail_id: int, sentence: str, *, by: Actor, **words: str | Promise) -> None:
    """Add a note by Opale to the ticket of the mail, in the language of the ticket's owner."""
    mail = OutgoingMail.objects.filter(pk=mail_id).first()
    if mail is None:
        return
    rows = Message.objects.select_related("ticket").filter(pk=message_id_of_origin(mail.origin))
    message = rows.first()
    if message is None:
        return
    with attributed(by):
        held = lock_current_ticket(message.ticket, by=by)
        with translation.override(held.owner.user.language if held.owner.user else "en"):
            body = _(sentence) % {"to": ", ".join(mail.to), **words}
        add_internal_note(held, body, author="Opale")
        change_ticket(held)


def recipients_of(ticket: Ticket) -> list[str]:
    """Return the default recipients of a reply: the requester; for a ticket of monitoring, the
    customer's contacts who may open tickets."""
    if ticket.contact and ticket.contact.email:
        return [ticket.contact.email]
    if ticket.employee:
        return [ticket.employee.email]
    if ticket.customer_id is None:
        return []
    told = Contact.objects.filter(customer_id=ticket.customer_id, may_open=True, left_on=None)
    return list(told.exclude(email="").order_by("name").values_list("email", flat=True)[:MANY])


def addressees_of(ticket: Ticket) -> MailRecipients:
    """Return the recipients and the copies of an answer: the author of the last mail and those
    copied on it, else the requester; and the contacts who follow.

    Source: docs/rules/mail.md, "To whom an answer goes".
    """
    last, asked = reply_recipients(ticket), recipients_of(ticket)
    copied = copy_recipients_of(ticket, besides=asked)
    if last is None:
        return MailRecipients(asked, copied)
    others = [*asked, *last.cc, *copied] if asked else [*last.cc, *copied]
    return MailRecipients(last.to, [one for one in dict.fromkeys(others) if one not in last.to])


def copy_recipients_of(ticket: Ticket, *, besides: Sequence[str] | None = None) -> list[str]:
    """Return the other contacts who follow the ticket and chose to get its messages. `besides` are
    those who get them anyway, where that is known."""
    following = Contact.objects.filter(
        pk__in=Watcher.objects.filter(ticket=ticket).values("contact"), left_on=None
    )
    known = recipients_of(ticket) if besides is None else besides
    contacts = list(following.exclude(email="").exclude(email__in=known).order_by("name"))
    if not contacts:
        return []
    reached, others = (
        notices_of_contacts(contacts, plan_of(ticket)),
        contacts_without_copies(contacts),
    )
    return [
        one.email
        for one in contacts
        if "followed" in reached[one.pk].occasions and one.pk not in others
    ]


def notify_requester(
    held: Ticket,
    body: str,
    *,
    by: Actor,
    author: str,
    is_answer: bool = True,
    occasion: str = "reply",
) -> Message:
    """Send a public message to the requester, inside the transaction of the action with the news.

    It is stored on the ticket even where nobody can be mailed. An acknowledgement of receipt is no
    answer: it meets no promise.
    """
    at = clock.now()
    message = Message(
        ticket=held,
        customer_id=held.customer_id,
        direction=Message.Direction.SENT,
        visibility=Message.Visibility.PUBLIC,
        author=author,
        person_id=by.person_id,
        body=body,
        language=held.language,
        at=at,
    )
    if recipients := recipients_of(held):
        _mail(message, CustomerMessage(body, recipients, ()), by=by, occasion=occasion)
    else:
        message.save(force_insert=True)
    if is_answer:
        record_customer_update(held, at, by=by)
    return message


def record_customer_update(ticket: Ticket, at: datetime, *, by: Actor) -> None:
    """Record a public message sent at `at`: a new period of updates, and the first response, unless
    an automation wrote it."""
    answered_at = ticket.answered_at or (None if by.automatic else at)
    change_ticket(ticket, customer_told_at=at, answered_at=answered_at)
    refresh_commitments(ticket)


def add_internal_note(
    ticket: Ticket,
    body: str,
    *,
    author: str,
    person_id: int | None = None,
    assignment: Assignment | None = None,
    text_format: Message.Format = Message.Format.PLAIN,
) -> Message:
    """Add an internal note, inside the transaction of the action that writes it."""
    message = build_internal_note(
        ticket,
        body,
        author=author,
        person_id=person_id,
        assignment=assignment,
        text_format=text_format,
    )
    message.save(force_insert=True)
    return message


def build_internal_note(
    ticket: Ticket,
    body: str,
    *,
    author: str,
    person_id: int | None = None,
    assignment: Assignment | None = None,
    text_format: Message.Format = Message.Format.PLAIN,
) -> Message:
    """Return an unsaved internal note."""
    return Message(
        ticket=ticket,
        customer_id=ticket.customer_id,
        direction=Message.Direction.NOTE,
        visibility=Message.Visibility.INTERNAL,
        author=author,
        person_id=person_id,
        assignment=assignment,
        body=body,
        format=text_format,
        at=clock.now(),
    )


def _mail(
    message: Message,
    words: CustomerMessage,
    *,
    by: Actor,
    occasion: str = "reply",
    files: Sequence[Attachment] = (),
) -> None:
    """Write a public message and its mail, in the ticket's mail thread."""
    ticket = message.ticket
    before = correspondence_of(ticket)
    formatted = message.format == Message.Format.MARKDOWN
    post = TicketMail(
        occasion=occasion,
        to=words.to,
        cc=words.cc,
        language=ticket.language,
        agent=message.author,
        own={"text": message.body, "next_update": _promise_to_add(message, by)},
        formatted=formatted,
        thread=before.sent,
        heard=before.heard,
        mailbox=before.mailbox,
        hold=words.hold,
        reference=partner_numbers_of(ticket, [*words.to, *words.cc]),
        attachments=mailed_files(files, pictures_in(message.body) if formatted else ()),
    )
    queue_message_mail(message, post, by=by)


def _promise_to_add(message: Message, by: Actor) -> str:
    """Return when the next update is promised, unless the text itself says it."""
    if message.next_update_at is None:
        return ""
    said = VariableValues(message.ticket, message.language, by).moment(message.next_update_at)
    return "" if said in message.body else said
