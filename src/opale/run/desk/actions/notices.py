"""Notices to customers: their choices, and the mails sent accordingly.

Source: docs/rules/notices.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from opale.customers.models import Contact, Customer, SupportPlan
from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed
from opale.kernel.isolation import as_application
from opale.organisation.models import Language
from opale.run.desk.actions.breakers import may_notify
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.outgoing_mail import (
    TicketMail,
    compose_mail,
    queue_message_mail,
    queue_ticket_mail,
)
from opale.run.desk.actions.ticket_locks import change_ticket, lock_ticket, touch_ticket
from opale.run.desk.domain.notices import NOTICE_TYPES_BY_NAME
from opale.run.desk.facts import (
    CommitmentBreached,
    ServiceRestored,
    TicketsClosed,
    TicketsResolved,
)
from opale.run.desk.models import Message, Notice, NoticeChoice, Ticket
from opale.run.desk.queries.correspondence import correspondence_of, partner_numbers_of
from opale.run.desk.queries.message_mails import origin_of_message
from opale.run.desk.queries.notice_links import end_notice_link, notice_link_to
from opale.run.desk.queries.notices import (
    Subject,
    audience_of,
    choice_keys_of,
    contacts_already_notified,
)
from opale.run.desk.queries.text_modules import VariableValues
from opale.run.desk.rights import ADMINISTER
from opale.run.desk.states import OPEN_STATES

EDIT_CONTACTS = "customers.edit_contacts"
NOTICES = "desk.notices"
"""The live topic of notice choices."""


def set_notice_choices(
    subject: Subject,
    said: Mapping[str, bool | None],
    *,
    by: Actor,
    language: str | None = None,
) -> NoticeChoice:
    """Switch notices on or off; None leaves one to the next level above. Types not named stay. A
    contact chooses for itself; a language is chosen for a contact alone.

    Errors: NotAllowed, Invalid (no such occasion or language).
    """
    _refuse_chooser(subject, by)
    if unknown := sorted(set(said) - NOTICE_TYPES_BY_NAME.keys()):
        sentence = _("This notification cannot be chosen: %(name)s.")
        raise Invalid(occasions=sentence % {"name": unknown[0]})
    if language and (language not in Language.values or not isinstance(subject, Contact)):
        raise Invalid(language=_("This language is not in the list."))
    with as_application(), attributed(by):
        rows = NoticeChoice.objects.select_for_update(of=("self",))
        row, _made = rows.get_or_create(defaults=None, **choice_keys_of(subject))
        wanted, unwanted = set(row.wanted) - said.keys(), set(row.unwanted) - said.keys()
        row.wanted = sorted(wanted | {name for name, sent in said.items() if sent is True})
        row.unwanted = sorted(unwanted | {name for name, sent in said.items() if sent is False})
        if language is not None:
            row.language = language
        row.save(update_fields=["wanted", "unwanted", "language"])
        live_topics.publish(NOTICES)
    return row


def _refuse_chooser(subject: Subject, by: Actor) -> None:
    """Errors: NotAllowed."""
    right = EDIT_CONTACTS
    if isinstance(subject, SupportPlan):
        allowed = by.can(ADMINISTER)
    elif isinstance(subject, Customer):
        allowed = Customer.objects.within(by, right).filter(pk=subject.pk).exists()
    elif by.contact_id == subject.pk:
        allowed = True
    else:
        allowed = Contact.objects.within(by, right).filter(pk=subject.pk).exists()
    if not allowed:
        raise NotAllowed


# The notices


def notify_restored(fact: ServiceRestored, by: Actor) -> None:
    """Notify contacts that the service works again. Hears desk.ServiceRestored."""
    _tell_each([fact.ticket_id], "restored", lambda ticket: ticket.restored_at, by=by)


def notify_resolved(fact: TicketsResolved, by: Actor) -> None:
    """Notify of a resolved incident as restored, if no restoration was recorded before."""
    _tell_each(fact.ticket_ids, "restored", lambda ticket: ticket.restored_at, by=by)


def notify_closed(fact: TicketsClosed, by: Actor) -> None:
    """Notify contacts of closed tickets. Hears desk.TicketsClosed."""
    _tell_each(fact.ticket_ids, "closed", lambda ticket: ticket.closed_at, by=by)


def notify_update_due(fact: CommitmentBreached, by: Actor) -> None:
    """Notify that a promised update is late, as long as the work goes on. It keeps no promise: it
    brings no news."""
    if fact.measure == "update":
        _tell_each([fact.ticket_id], "update_due", _while_open(fact.due_at), by=by)


def _while_open(due_at: datetime) -> Callable[[Ticket], datetime | None]:
    return lambda ticket: due_at if ticket.state in OPEN_STATES else None


def _tell_each(
    ticket_ids: Iterable[int],
    occasion: str,
    about: Callable[[Ticket], datetime | None],
    *,
    by: Actor,
) -> None:
    """Notify the contacts concerned, for each ticket on which it still holds."""
    with attributed(by):
        for ticket_id in sorted(ticket_ids):
            ticket = lock_ticket(Ticket(pk=ticket_id), by=by)
            at = about(ticket)
            if at is not None and ticket.state != "merged":
                _tell(ticket, occasion, at, by=by)


def _tell(ticket: Ticket, occasion: str, about: datetime, *, by: Actor) -> None:
    audience = audience_of(ticket, occasion)
    told = contacts_already_notified(
        ticket, occasion, about, [contact for contact, _language in audience]
    )
    groups: dict[str, list[Contact]] = defaultdict(list)
    for contact, language in audience:
        if contact.pk not in told and may_notify(contact.email.lower()):
            groups[language].append(contact)
    # It answers the customer's last mail, so that mail programs show it in that thread.
    heard = correspondence_of(ticket).heard if groups else ""
    for language, contacts in groups.items():
        own = {"due": VariableValues(ticket, language, by).moment(about)}
        posts = [
            TicketMail(
                occasion=occasion,
                to=[contact.email],
                language=language,
                agent="",
                own=own,
                heard=heard,
                reference=partner_numbers_of(ticket, [contact.email]),
                chooser=notice_link_to(contact.pk),
                unsubscribe=end_notice_link(contact.pk, occasion),
            )
            for contact in contacts
        ]
        message = send_notice(ticket, posts[0], *posts[1:], by=by)
        Notice.objects.bulk_create(
            Notice(
                ticket=ticket,
                customer_id=ticket.customer_id,
                contact=contact,
                occasion=occasion,
                about=about,
                address=contact.email.lower(),
                message=message,
                at=message.at,
            )
            for contact in contacts
        )
    if not groups:
        return
    if occasion in Message.Outcome.values:
        change_ticket(ticket, customer_told_at=clock.now())
        refresh_commitments(ticket)
    else:
        touch_ticket(ticket)


def send_notice(ticket: Ticket, post: TicketMail, *more: TicketMail, by: Actor) -> Message:
    """Write an automatic public message and its mails, one for each contact: the first is that of
    the message, `more` carry the same to others. All are known by their origin."""
    words = compose_mail(ticket, post, by=by)
    message = Message(
        ticket=ticket,
        customer_id=ticket.customer_id,
        direction=Message.Direction.SENT,
        visibility=Message.Visibility.PUBLIC,
        author="Opale",
        body=words.body,
        language=post.language,
        is_notice=True,
        outcome=post.occasion if post.occasion in Message.Outcome.values else "",
        at=clock.now(),
    )
    queue_message_mail(message, post, by=by, words=words)
    for one in more:
        queue_ticket_mail(ticket, one, origin_of_message(message.pk), by=by, words=words)
    return message
