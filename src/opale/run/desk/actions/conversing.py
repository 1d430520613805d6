"""The conversation: what is said to the customer, and what is noted among colleagues."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from opale.customers.models import Contact
from opale.kernel import clock
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.messaging.facts import MailBounced, MailFailed, MailSent
from opale.messaging.models import OutgoingMail
from opale.organisation.models import Person
from opale.run.desk.actions.attachments import attach_proposed, attach_to_message
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.drafts import Sitting, end_draft
from opale.run.desk.actions.locking import change_ticket, hold_present
from opale.run.desk.actions.mailing import Post, post_mail
from opale.run.desk.models import Assignment, Message, Ticket, Watcher
from opale.run.desk.queries import answer_to, heard_last, numbers_of
from opale.run.desk.queries.following import without_copies
from opale.run.desk.queries.mail_texts import plan_of
from opale.run.desk.queries.notices import reach_of
from opale.run.desk.sent import message_of, origin_of_message
from opale.run.desk.wording import unfilled_in

MANY = 10


def write_to_customer(
    ticket: Ticket,
    body: str,
    *,
    by: Actor,
    to: Sequence[str] = (),
    cc: Sequence[str] | None = None,
    next_update_at: datetime | None = None,
    attachments: Sequence[int] = (),
) -> Message:
    """Send a public message by mail, in the ticket's language. Queued with the message, in one act.

    Without `cc` the contacts who follow the ticket get a copy; an empty one is for nobody.
    `attachments` are files that the actor attached before; they go with it.
    `next_update_at` promises when the customer hears from us again; what is sent without it keeps
    the promise made before and makes none.
    Errors: NotFound, NotAllowed, Invalid (nothing said, nobody to write to, a file that is gone).
    """
    with acting(by):
        held = hold_present(ticket, by=by)
        said = check_writing(held, body, to=to, next_update_at=next_update_at)
        words = Words(body, said, cc, next_update_at, attachments)
        return send_to_customer(held, words, by=by)


def check_writing(
    ticket: Ticket, body: str, *, to: Sequence[str], next_update_at: datetime | None
) -> list[str]:
    """Whom it would go to. Errors: Invalid."""
    recipients = list(to) or addressees_of(ticket)[0]
    if not body.strip():
        raise Invalid(body=_("Write something to send."))
    if not recipients:
        raise Invalid(to=_("This ticket has nobody to write to: add a contact."))
    if unfilled := unfilled_in(body):
        names = ", ".join(str(variable.label) for variable in unfilled)
        raise Invalid(body=_("Fill in or take out first: %(names)s") % {"names": names})
    if next_update_at is not None and next_update_at <= clock.now():
        raise Invalid(next_update_at=_("A promise lies in the future."))
    return recipients


@dataclass(frozen=True, slots=True)
class Words:
    """What is said to the customer: to whom, with which promise and which files.

    For as long as `hold` its mail waits, and can be taken back.
    """

    body: str
    to: Sequence[str]
    cc: Sequence[str] | None = None
    next_update_at: datetime | None = None
    attachments: Sequence[int] = ()
    hold: timedelta = timedelta()


def send_to_customer(
    ticket: Ticket, words: Words, *, by: Actor, voice: Person | None = None
) -> Message:
    """The message and its mail, inside the transaction of the action.

    `voice` is the owner who speaks for whoever wrote it, and attached the files.
    """
    at = clock.now()
    message = Message.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        direction=Message.Direction.SENT,
        visibility=Message.Visibility.PUBLIC,
        author=voice.name if voice else by.signature,
        person_id=voice.pk if voice else by.person_id,
        body=words.body,
        language=ticket.language,
        next_update_at=words.next_update_at,
        leaves_at=at + words.hold if words.hold else None,
        at=at,
    )
    if voice:
        attach_proposed(message, words.attachments)
    else:
        attach_to_message(message, words.attachments, by=by)
    copied = addressees_of(ticket)[1] if words.cc is None else list(words.cc)
    mail = _mail(ticket, message, words.to, copied, by=by, hold=words.hold)
    Message.objects.filter(pk=message.pk).update(mail=mail)
    note_told(ticket, at)
    return message


def write_note(
    ticket: Ticket,
    body: str,
    *,
    by: Actor,
    attachments: Sequence[int] = (),
    sitting: Sitting | None = None,
) -> Message:
    """An internal note: no customer ever sees it. `sitting` names the draft that ends with it.

    Errors: NotFound, NotAllowed, Invalid (nothing written).
    """
    if not body.strip():
        raise Invalid(body=_("Write something to note."))
    with acting(by):
        held = hold_present(ticket, by=by)
        message = note_for_colleagues(held, body, author=by.signature, person_id=by.person_id)
        attach_to_message(message, attachments, by=by)
        end_draft(held, "internal", sitting, by=by)
        change_ticket(held)
    return message


def note_failed_mail(fact: MailFailed, by: Actor) -> None:
    """Tell the owner that what was written reached nobody. Hears messaging.MailFailed."""
    mail = OutgoingMail.objects.filter(pk=fact.mail_id).first()
    reason = mail.reason if mail else None
    if mail is not None and mail.is_held_back and reason is not None:
        said = {"words": reason.words, "advice": reason.advice}
        _note_on_mail(fact.mail_id, _HELD_BACK, by=by, **said)
        return
    _note_on_mail(fact.mail_id, _UNDELIVERED, by=by, error=fact.error)


def note_refused_addresses(fact: MailSent, by: Actor) -> None:
    """Tell the owner whom a mail did not reach though others got it. Hears messaging.MailSent."""
    if fact.refused:
        refused = ", ".join(fact.refused)
        _note_on_mail(fact.mail_id, _PARTLY_REFUSED, by=by, refused=refused)


def note_bounced_mail(fact: MailBounced, by: Actor) -> None:
    """Tell the owner whom a mail that was sent did not reach. Hears messaging.MailBounced."""
    mail = OutgoingMail.objects.filter(pk=fact.mail_id).first()
    for one in mail.returns if mail else ():
        if one.final and one.address in fact.addresses and one.reason is not None:
            words, advice = one.reason.words, one.reason.advice
            _note_on_mail(
                fact.mail_id, _BOUNCED, by=by, address=one.address, words=words, advice=advice
            )


_BOUNCED = gettext_noop("The mail to %(address)s came back. %(words)s %(advice)s")
_HELD_BACK = gettext_noop("The mail to %(to)s was not sent. %(words)s %(advice)s")
_UNDELIVERED = gettext_noop("The mail to %(to)s could not be delivered: %(error)s")
_PARTLY_REFUSED = gettext_noop("The mail reached the others, but not: %(refused)s")


def _note_on_mail(mail_id: int, sentence: str, *, by: Actor, **words: str | Promise) -> None:
    """A note by Opale itself, in the language of the ticket's owner, on the ticket of the mail."""
    mail = OutgoingMail.objects.filter(pk=mail_id).first()
    if mail is None:
        return
    rows = Message.objects.select_related("ticket").filter(pk=message_of(mail.origin))
    message = rows.first()
    if message is None:
        return
    with acting(by):
        held = hold_present(message.ticket, by=by)
        with translation.override(held.owner.user.language if held.owner.user else "en"):
            body = _(sentence) % {"to": ", ".join(mail.to), **words}
        note_for_colleagues(held, body, author="Opale")
        change_ticket(held)


def recipients_of(ticket: Ticket) -> list[str]:
    """Whom a reply goes to unless said otherwise: who asked; where monitoring did, the customer's
    contacts who may open tickets."""
    if ticket.contact and ticket.contact.email:
        return [ticket.contact.email]
    if ticket.employee:
        return [ticket.employee.email]
    if ticket.customer_id is None:
        return []
    told = Contact.objects.filter(customer_id=ticket.customer_id, may_open=True, left_on=None)
    return list(told.exclude(email="").order_by("name").values_list("email", flat=True)[:MANY])


def addressees_of(ticket: Ticket) -> tuple[list[str], list[str]]:
    """To whom an answer goes, and who gets a copy: whoever wrote last by mail and those it was
    copied to, else whoever asked; and the contacts who follow. Source: docs/rules/mail.md,
    "To whom an answer goes"."""
    last = answer_to(ticket)
    asked, copied = recipients_of(ticket), copied_of(ticket)
    if last is None:
        return asked, copied
    others = [*asked, *last.cc, *copied] if asked else [*last.cc, *copied]
    return last.to, [one for one in dict.fromkeys(others) if one not in last.to]


def copied_of(ticket: Ticket) -> list[str]:
    """The other contacts who follow the ticket: they get what is written too, if they chose so."""
    following = Contact.objects.filter(
        pk__in=Watcher.objects.filter(ticket=ticket).values("contact"), left_on=None
    )
    known = set(recipients_of(ticket))
    contacts = list(following.exclude(email="").exclude(email__in=known).order_by("name"))
    if not contacts:
        return []
    reached, others = reach_of(contacts, plan_of(ticket)), without_copies(contacts)
    return [
        one.email
        for one in contacts
        if "followed" in reached[one.pk].occasions and one.pk not in others
    ]


def tell_requester(
    held: Ticket,
    body: str,
    *,
    by: Actor,
    author: str,
    is_answer: bool = True,
    occasion: str = "reply",
) -> Message:
    """A public message to whoever asked, inside the transaction of the action that has news.

    It is kept on the ticket also where there is nobody to mail it to. An acknowledgement of
    receipt is no answer: it meets no promise.
    """
    at = clock.now()
    message = Message.objects.create(
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
        mail = _mail(held, message, recipients, (), by=by, occasion=occasion)
        Message.objects.filter(pk=message.pk).update(mail=mail)
    if is_answer:
        note_told(held, at)
    return message


def note_told(ticket: Ticket, at: datetime) -> None:
    """A public message went out at `at`: the first response, and a new period of updates."""
    change_ticket(ticket, customer_told_at=at, answered_at=ticket.answered_at or at)
    refresh_commitments(ticket)


def note_for_colleagues(
    ticket: Ticket,
    body: str,
    *,
    author: str,
    person_id: int | None = None,
    assignment: Assignment | None = None,
) -> Message:
    """The row of an internal note, inside the transaction of the action that writes it."""
    return Message.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        direction=Message.Direction.NOTE,
        visibility=Message.Visibility.INTERNAL,
        author=author,
        person_id=person_id,
        assignment=assignment,
        body=body,
        at=clock.now(),
    )


def _mail(
    ticket: Ticket,
    message: Message,
    to: Sequence[str],
    cc: Sequence[str],
    *,
    by: Actor,
    occasion: str = "reply",
    hold: timedelta = timedelta(),
) -> OutgoingMail:
    said = OutgoingMail.objects.filter(message__ticket=ticket, message__visibility="public")
    heard = heard_last(ticket)
    post = Post(
        occasion=occasion,
        origin=origin_of_message(message.pk),
        to=to,
        cc=cc,
        language=ticket.language,
        agent=message.author,
        own={"text": message.body},
        thread=said.order_by("id"),
        heard=heard.message_id,
        mailbox=heard.mailbox,
        hold=hold,
        reference=numbers_of(ticket, [*to, *cc]),
        attachments=[
            {"name": file.name, "media_type": file.media_type, "key": file.key}
            for file in message.attachments.all()
        ],
    )
    return post_mail(ticket, post, by=by)
