"""Incoming mail turned into a message on its ticket, or a new ticket. Source:
docs/rules/mail.md."""

from datetime import timedelta

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotFound, Unavailable
from opale.messaging.models import IncomingMail
from opale.messaging.ports import HandlingResult, ParsedMail
from opale.messaging.states import Outcome
from opale.run.desk.actions.breakers import (
    last_opened_by,
    may_acknowledge,
    may_mark_unread,
    may_open,
)
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.incoming_records import (
    MAIL_ACTOR,
    MailInProcess,
    first_message,
    save_partner_numbers,
    store_files,
    store_mail_details,
    store_message,
)
from opale.run.desk.actions.lifecycle import reopen_ticket
from opale.run.desk.actions.messages import add_internal_note
from opale.run.desk.actions.outgoing_mail import TicketMail, compose_mail, queue_message_mail
from opale.run.desk.actions.requester_messages import record_requester_reply
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_locks import change_ticket, lock_current_ticket
from opale.run.desk.actions.unread_tickets import mark_unread_for_owner
from opale.run.desk.domain.incoming_mail.admission import Admission, SenderRole, decide_admission
from opale.run.desk.domain.incoming_mail.outcome_reasons import (
    OUTCOME_SENTENCES,
    explain_match,
    explain_refusal,
)
from opale.run.desk.domain.incoming_mail.rate_limits import ACKNOWLEDGEMENT_LIMIT, REOPENS_WITHIN
from opale.run.desk.domain.incoming_mail.subjects import clean_subject
from opale.run.desk.models import (
    Kind,
    Message,
    Participant,
    ProposedLink,
    ReceivedMail,
    Source,
    Ticket,
    TicketLink,
)
from opale.run.desk.queries.correspondence import is_own_address, partner_numbers_of
from opale.run.desk.queries.incoming_mail import (
    match_ticket,
    rules_of,
    sender_of,
    sender_role_on,
    ticket_of_bounce,
)
from opale.run.desk.queries.mail_texts import mailbox_of, plan_of
from opale.run.desk.queries.notice_links import notice_link_to
from opale.run.desk.queries.notices import wants_notice
from opale.run.desk.states import ENDED_STATES, REOPEN
from opale.run.shifts.queries.duties import service_desk

ANSWERED_BY_MACHINE = ("reply", "bounce")


def process_incoming_mail(mail: IncomingMail, parsed: ParsedMail) -> HandlingResult:
    """Handle one mail, inside the transaction of the job. The same mail again does nothing.

    Errors: Unavailable (nobody could take a ticket), those of the database: a faulty mail is not an
    error here.
    """
    known = Message.objects.filter(incoming=mail).select_related("ticket").first()
    if known is not None:
        return _handled(Outcome.DUPLICATE, known.ticket, OUTCOME_SENTENCES["again"])
    with attributed(MAIL_ACTOR), translation.override(mail.mailbox.language):
        rules = rules_of(mail.mailbox)
        sender = sender_of(parsed, believes=rules.believes)
        found = MailInProcess(mail, parsed, rules, sender, match_ticket(mail, parsed))
        if parsed.auto.kind == "ours" or is_own_address(sender.address, {mail.mailbox.address}):
            return HandlingResult(Outcome.IGNORED, OUTCOME_SENTENCES["own"])
        if parsed.auto.kind in ANSWERED_BY_MACHINE:
            return _note_answering_machine(found)
        store_files(found)
        return _take(found)


def _take(found: MailInProcess) -> HandlingResult:
    if found.finding.ticket_id is None:
        return _open(found)
    held = lock_current_ticket(Ticket(pk=found.finding.ticket_id), by=MAIL_ACTOR)
    who = sender_role_on(held, found.sender)
    way = decide_admission(
        who=who,
        proof=found.sender.proof,
        strong=found.finding.is_strong,
        confidential=held.confidential,
    )
    if way == "propose":
        return _open(found, proposed=held, who=who)
    if held.state in ENDED_STATES and not found.is_automatic:
        if held.state not in REOPEN.sources or _is_long_over(held):
            return _open(found, linked=held)
        held = reopen_ticket(held, by=MAIL_ACTOR, reason=_("New mail"))
    return _join(found, held, who, way)


def _is_long_over(ticket: Ticket) -> bool:
    ended = ticket.closed_at
    return ended is not None and clock.now() - ended > REOPENS_WITHIN


# On a ticket


def _join(found: MailInProcess, held: Ticket, who: SenderRole, way: Admission) -> HandlingResult:
    woken = may_mark_unread(found.sender.address, held)
    internal = way == "note"
    message = store_message(found, held, internal=internal, who=who)
    if way == "participant":
        Participant.objects.get_or_create(
            ticket=held,
            address=found.sender.address,
            defaults={"customer_id": held.customer_id, "name": found.sender.name},
        )
    save_partner_numbers(found, held)
    if internal or found.is_automatic:
        change_ticket(held)
        refresh_commitments(held)
    else:
        record_requester_reply(held, message, by=MAIL_ACTOR)
    if woken:
        _wake(held, found)
    if not woken:
        return _handled(Outcome.REPLY, held, OUTCOME_SENTENCES["fast"])
    if way == "participant":
        return _handled(Outcome.PARTICIPANT, held, OUTCOME_SENTENCES["participant"])
    automatic = found.is_automatic and not internal
    return _handled(
        Outcome.AUTOMATIC if automatic else Outcome.REPLY, held, explain_match(found.finding)
    )


def _note_answering_machine(found: MailInProcess) -> HandlingResult:
    """Record an out-of-office, or a bounce of an unknown mail, as a note on its ticket, if any.

    It notifies nobody, affects no clock, and reopens no ended ticket. The bounce of a known mail
    appears beside that mail and the owner is told: it needs no note.
    """
    returned = ticket_of_bounce(found.parsed)
    if returned is not None:
        return _handled(Outcome.BOUNCE, returned, OUTCOME_SENTENCES["returned"])
    if found.finding.ticket_id is None or not found.finding.is_strong:
        return HandlingResult(Outcome.IGNORED, OUTCOME_SENTENCES["machine"])
    held = lock_current_ticket(Ticket(pk=found.finding.ticket_id), by=MAIL_ACTOR)
    if found.sender.proof == "forged" or not may_mark_unread(found.sender.address, held):
        return HandlingResult(Outcome.IGNORED, OUTCOME_SENTENCES["machine"])
    store_message(found, held, internal=True, who="stranger")
    change_ticket(held)
    bounced = found.parsed.auto.kind == "bounce"
    return _handled(
        Outcome.BOUNCE if bounced else Outcome.AUTOMATIC, held, OUTCOME_SENTENCES["noted"]
    )


def _wake(held: Ticket, found: MailInProcess) -> None:
    writer = found.sender.employee
    mark_unread_for_owner(held, of=writer.pk if writer else None)


# A ticket of its own


def _open(
    found: MailInProcess,
    *,
    proposed: Ticket | None = None,
    linked: Ticket | None = None,
    who: SenderRole | None = None,
) -> HandlingResult:
    sender = found.sender
    flood = None if may_open(sender.address) else last_opened_by(sender.address)
    if flood is not None:
        held = lock_current_ticket(flood, by=MAIL_ACTOR)
        store_message(found, held, internal=False, who="stranger")
        change_ticket(held)
        return _handled(Outcome.REPLY, held, OUTCOME_SENTENCES["flood"])
    _refuse_without_desk()
    ticket = receive_ticket(
        NewTicket(
            subject=clean_subject(found.parsed.subject) or _("(no subject)"),
            source=Source.MAIL,
            kind=Kind(found.rules.kind),
            customer=sender.customer,
            contact=sender.contact,
            employee=sender.employee,
            language=found.language,
            stream=found.rules.stream,
        ),
        by=MAIL_ACTOR,
    )
    message = first_message(found, ticket)
    row = store_mail_details(found, message, opened=True)
    save_partner_numbers(found, ticket)
    if linked is not None:
        _link(ticket, linked)
    if proposed is not None:
        _propose(found, ticket, proposed, who)
    change_ticket(ticket)
    if _acknowledge(found, ticket):
        ReceivedMail.objects.filter(pk=row.pk).update(acknowledged=True)
    if proposed is not None:
        return _handled(
            Outcome.PROPOSED, ticket, explain_refusal(found.finding, found.sender.proof, who)
        )
    return _handled(
        Outcome.TICKET, ticket, OUTCOME_SENTENCES["late"] if linked else OUTCOME_SENTENCES["new"]
    )


def _refuse_without_desk() -> None:
    """Refuse mail before the teams are set up, so that it is retried. Errors: Unavailable."""
    try:
        service_desk()
    except NotFound:
        raise Unavailable(timedelta(minutes=5), _NO_DESK) from None


_NO_DESK = gettext_noop("No team is set as the service desk. Create one: mail is kept until then.")


def _link(ticket: Ticket, other: Ticket) -> None:
    TicketLink.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        kind=TicketLink.Kind.RELATED_TO,
        other=other,
        actor=MAIL_ACTOR.key,
        at=clock.now(),
    )


def _propose(found: MailInProcess, ticket: Ticket, other: Ticket, who: SenderRole | None) -> None:
    """Record a proposed link on both tickets, so that those who work on one alone know of the
    other."""
    ProposedLink.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        other=other,
        reason=explain_refusal(found.finding, found.sender.proof, who),
    )
    if found.finding.is_strong and not found.is_automatic:
        language = other.owner.user.language if other.owner.user else "en"
        with translation.override(language):
            words = {"address": found.sender.address, "number": ticket.reference}
            body = (
                _("A mail from %(address)s replied to this ticket and opened %(number)s.") % words
            )
        add_internal_note(other, body, author="Opale")
        change_ticket(other)


# Acknowledgements


def _acknowledge(found: MailInProcess, ticket: Ticket) -> bool:
    """Acknowledge the first mail to a human, once, without more than is safe; spam never."""
    address = found.sender.address
    if not (found.mailbox.acknowledges and not found.is_automatic and address):
        return False
    contact = found.sender.contact
    if contact is not None and not wants_notice(contact, "acknowledgement", plan_of(ticket)):
        return False
    if found.sender.proof == "forged" or found.parsed.is_marked_spam:
        return False
    if not may_acknowledge(address):
        _note_missing_acknowledgement(ticket, address)
        return False
    post = TicketMail(
        occasion="acknowledgement",
        to=[address],
        language=ticket.language,
        agent="",
        heard=found.mail.message_id,
        reference=partner_numbers_of(ticket, [address]),
        chooser=notice_link_to(contact.pk) if contact else "",
        mailbox=mailbox_of(ticket) or found.mailbox.address,
    )
    words = compose_mail(ticket, post, by=MAIL_ACTOR)
    message = Message(
        ticket=ticket,
        customer_id=ticket.customer_id,
        direction=Message.Direction.SENT,
        visibility=Message.Visibility.PUBLIC,
        author="Opale",
        body=words.body,
        language=ticket.language,
        at=clock.now(),
    )
    queue_message_mail(message, post, by=MAIL_ACTOR, words=words)
    return True


def _note_missing_acknowledgement(ticket: Ticket, address: str) -> None:
    """Say on the ticket that the limit against mail loops kept its acknowledgement back."""
    with translation.override(ticket.owner.user.language if ticket.owner.user else "en"):
        body = _(
            "No acknowledgement was sent: %(address)s has received %(most)s within an hour, the"
            " limit that stops mail loops. If a person wrote, reply yourself."
        ) % {"address": address, "most": ACKNOWLEDGEMENT_LIMIT.most}
    add_internal_note(ticket, body, author="Opale")


def _handled(outcome: Outcome, ticket: Ticket, reason: str) -> HandlingResult:
    return HandlingResult(outcome, reason, f"desk.ticket:{ticket.pk}")
