"""A mail that came in becomes a message on its ticket, or a ticket. Source: docs/rules/mail.md."""

from datetime import timedelta

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from opale.kernel import clock
from opale.kernel.acting import acting
from opale.kernel.errors import NotFound, Unavailable
from opale.messaging.models import IncomingMail
from opale.messaging.ports import Handled, ParsedMail
from opale.messaging.states import Outcome
from opale.run.desk.actions.asking import hear_requester
from opale.run.desk.actions.breakers import last_opened_by, may_acknowledge, may_open, may_wake
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.conversing import note_for_colleagues
from opale.run.desk.actions.life import reopen_ticket
from opale.run.desk.actions.locking import change_ticket, hold_present
from opale.run.desk.actions.mail_kept import (
    TAKER,
    Incoming,
    describe,
    first_message,
    keep_files,
    keep_message,
    learn_numbers,
)
from opale.run.desk.actions.mailing import Post, mail_message, words_of
from opale.run.desk.actions.news import tell_owner
from opale.run.desk.actions.receiving import NewTicket, receive_ticket
from opale.run.desk.incoming.deciding import Way, Who, way_in
from opale.run.desk.incoming.numbers import clean_subject
from opale.run.desk.incoming.rates import REOPENS_WITHIN
from opale.run.desk.incoming.saying import SAID, why_here, why_not
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
from opale.run.desk.preferring import link_to
from opale.run.desk.queries.correspondence import is_ours, numbers_of
from opale.run.desk.queries.mail import (
    about,
    rules_of,
    sender_of,
    standing_on,
    ticket_returned,
)
from opale.run.desk.queries.mail_texts import mailbox_of, plan_of
from opale.run.desk.queries.notices import wants
from opale.run.desk.states import ENDED_STATES, REOPEN
from opale.run.shifts.queries import service_desk

ANSWERED_BY_MACHINE = ("reply", "bounce")


def take_in(mail: IncomingMail, parsed: ParsedMail) -> Handled:
    """Handle one mail, inside the transaction of the job. The same mail a second time is nothing.

    Errors: Unavailable (nobody could take a ticket), those of the database: what is wrong with a
    mail is no error here.
    """
    known = Message.objects.filter(incoming=mail).select_related("ticket").first()
    if known is not None:
        return _handled(Outcome.DUPLICATE, known.ticket, SAID["again"])
    with acting(TAKER), translation.override(mail.mailbox.language):
        rules = rules_of(mail.mailbox)
        sender = sender_of(parsed, believes=rules.believes)
        found = Incoming(mail, parsed, rules, sender, about(mail, parsed))
        if parsed.auto.kind == "ours" or is_ours(sender.address, {mail.mailbox.address}):
            return Handled(Outcome.IGNORED, SAID["own"])
        if parsed.auto.kind in ANSWERED_BY_MACHINE:
            return _note_answering_machine(found)
        keep_files(found)
        return _take(found)


def _take(found: Incoming) -> Handled:
    if found.finding.ticket_id is None:
        return _open(found)
    held = hold_present(Ticket(pk=found.finding.ticket_id), by=TAKER)
    who = standing_on(held, found.sender)
    way = way_in(
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
        held = reopen_ticket(held, by=TAKER, reason=_("A mail came"))
    return _join(found, held, who, way)


def _is_long_over(ticket: Ticket) -> bool:
    ended = ticket.closed_at
    return ended is not None and clock.now() - ended > REOPENS_WITHIN


# On a ticket


def _join(found: Incoming, held: Ticket, who: Who, way: Way) -> Handled:
    woken = may_wake(found.sender.address, held)
    internal = way == "note"
    message = keep_message(found, held, internal=internal, who=who)
    if way == "participant":
        Participant.objects.get_or_create(
            ticket=held,
            address=found.sender.address,
            defaults={"customer_id": held.customer_id, "name": found.sender.name},
        )
    learn_numbers(found, held)
    if internal or found.is_automatic:
        change_ticket(held)
        refresh_commitments(held)
    else:
        hear_requester(held, by=TAKER, at=message.at)
    if woken:
        _wake(held, found)
    if not woken:
        return _handled(Outcome.REPLY, held, SAID["fast"])
    if way == "participant":
        return _handled(Outcome.PARTICIPANT, held, SAID["participant"])
    automatic = found.is_automatic and not internal
    return _handled(
        Outcome.AUTOMATIC if automatic else Outcome.REPLY, held, why_here(found.finding)
    )


def _note_answering_machine(found: Incoming) -> Handled:
    """An out-of-office, or a bounce of no mail that is known: a note where it belongs, or nothing.

    Nobody is woken by it, no clock runs on for it, and no ended ticket opens. What came back of a
    mail that is known stands beside that mail, and the owner hears of it: it needs no note.
    """
    returned = ticket_returned(found.parsed)
    if returned is not None:
        return _handled(Outcome.BOUNCE, returned, SAID["returned"])
    if found.finding.ticket_id is None or not found.finding.is_strong:
        return Handled(Outcome.IGNORED, SAID["machine"])
    held = hold_present(Ticket(pk=found.finding.ticket_id), by=TAKER)
    if found.sender.proof == "forged" or not may_wake(found.sender.address, held):
        return Handled(Outcome.IGNORED, SAID["machine"])
    keep_message(found, held, internal=True, who="stranger")
    change_ticket(held)
    bounced = found.parsed.auto.kind == "bounce"
    return _handled(Outcome.BOUNCE if bounced else Outcome.AUTOMATIC, held, SAID["noted"])


def _wake(held: Ticket, found: Incoming) -> None:
    writer = found.sender.employee
    tell_owner(held, of=writer.pk if writer else None)


# A ticket of its own


def _open(
    found: Incoming,
    *,
    proposed: Ticket | None = None,
    linked: Ticket | None = None,
    who: Who | None = None,
) -> Handled:
    sender = found.sender
    flood = None if may_open(sender.address) else last_opened_by(sender.address)
    if flood is not None:
        held = hold_present(flood, by=TAKER)
        keep_message(found, held, internal=False, who="stranger")
        change_ticket(held)
        return _handled(Outcome.REPLY, held, SAID["flood"])
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
        by=TAKER,
    )
    message = first_message(found, ticket)
    row = describe(found, message, opened=True)
    learn_numbers(found, ticket)
    if linked is not None:
        _link(ticket, linked)
    if proposed is not None:
        _propose(found, ticket, proposed, who)
    change_ticket(ticket)
    if _acknowledge(found, ticket):
        ReceivedMail.objects.filter(pk=row.pk).update(acknowledged=True)
    if proposed is not None:
        return _handled(Outcome.PROPOSED, ticket, why_not(found.finding, found.sender.proof, who))
    return _handled(Outcome.TICKET, ticket, SAID["late"] if linked else SAID["new"])


def _refuse_without_desk() -> None:
    """Errors: Unavailable: it is no fault of a mail that comes before the teams are set up."""
    try:
        service_desk()
    except NotFound:
        raise Unavailable(timedelta(minutes=5), _NO_DESK) from None


_NO_DESK = gettext_noop("No team is the service desk yet. Make one: the mail waits until then.")


def _link(ticket: Ticket, other: Ticket) -> None:
    TicketLink.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        kind=TicketLink.Kind.RELATED_TO,
        other=other,
        actor=TAKER.key,
        at=clock.now(),
    )


def _propose(found: Incoming, ticket: Ticket, other: Ticket, who: Who | None) -> None:
    """Name the ticket that this one may belong to, on both: whoever has to do with that one alone
    knows that it exists."""
    ProposedLink.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        other=other,
        reason=why_not(found.finding, found.sender.proof, who),
    )
    if found.finding.is_strong and not found.is_automatic:
        language = other.owner.user.language if other.owner.user else "en"
        with translation.override(language):
            words = {"address": found.sender.address, "number": ticket.reference}
            body = _("A mail of %(address)s answered this ticket and opened %(number)s.") % words
        note_for_colleagues(other, body, author="Opale")
        change_ticket(other)


# Acknowledging


def _acknowledge(found: Incoming, ticket: Ticket) -> bool:
    """Tell a human that the first mail has come, once, and no more of it than is safe."""
    address = found.sender.address
    if not (found.mailbox.acknowledges and not found.is_automatic and address):
        return False
    contact = found.sender.contact
    if contact is not None and not wants(contact, "acknowledgement", plan_of(ticket)):
        return False
    if found.sender.proof == "forged" or not may_acknowledge(address):
        return False
    post = Post(
        occasion="acknowledgement",
        to=[address],
        language=ticket.language,
        agent="",
        heard=found.mail.message_id,
        reference=numbers_of(ticket, [address]),
        chooser=link_to(contact.pk) if contact else "",
        mailbox=mailbox_of(ticket) or found.mailbox.address,
    )
    words = words_of(ticket, post, by=TAKER)
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
    mail_message(message, post, by=TAKER, words=words)
    return True


def _handled(outcome: Outcome, ticket: Ticket, reason: str) -> Handled:
    return Handled(outcome, reason, f"desk.ticket:{ticket.pk}")
