"""A mail that came in becomes a message on its ticket, or a ticket. Source: docs/rules/mail.md."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from opale.kernel import clock, files
from opale.kernel.acting import acting
from opale.kernel.actor import system
from opale.kernel.errors import Invalid
from opale.messaging.models import IncomingMail, Mailbox
from opale.messaging.ports import Handled, ParsedMail, Part
from opale.messaging.states import Outcome
from opale.run.desk.actions.asking import hear_requester
from opale.run.desk.actions.breakers import last_opened_by, may_acknowledge, may_open, may_wake
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.conversing import note_for_colleagues
from opale.run.desk.actions.life import reopen_ticket
from opale.run.desk.actions.locking import change_ticket, hold_present
from opale.run.desk.actions.mailing import Post, post_mail, words_of
from opale.run.desk.actions.receiving import NewTicket, receive_ticket
from opale.run.desk.incoming import showing
from opale.run.desk.incoming.deciding import INSIDE, Way, Who, way_in
from opale.run.desk.incoming.evidence import Finding
from opale.run.desk.incoming.numbers import clean_subject, partner_numbers
from opale.run.desk.incoming.rates import REOPENS_WITHIN
from opale.run.desk.models import (
    Attachment,
    ExternalReference,
    Kind,
    MailboxRules,
    Message,
    News,
    Participant,
    ProposedLink,
    ReceivedMail,
    Source,
    Ticket,
    TicketLink,
)
from opale.run.desk.queries.mail import (
    Sender,
    about,
    asked_of,
    is_ours,
    numbers_of,
    rules_of,
    sender_of,
    standing_on,
)
from opale.run.desk.states import ENDED_STATES, REOPEN

TAKER = system("mail")
PARTS = 50
"""So many files of one mail are kept with the ticket; the mail itself has them all."""
ANSWERED_BY_MACHINE = ("reply", "bounce")


@dataclass(slots=True)
class Incoming:
    """A mail while it is taken in, with all that was found out about it."""

    mail: IncomingMail
    parsed: ParsedMail
    rules: MailboxRules
    sender: Sender
    finding: Finding
    files: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)

    @property
    def mailbox(self) -> Mailbox:
        return self.mail.mailbox

    @property
    def is_automatic(self) -> bool:
        """Written by a program, whatever it is; nothing of it is ever answered by one."""
        said = self.parsed.header("Auto-Submitted").strip().lower()
        return bool(self.parsed.auto.kind) or said not in ("", "no")

    @property
    def body(self) -> str:
        return self.parsed.text_shown.strip() or self.parsed.text.strip()

    @property
    def language(self) -> str:
        if self.sender.contact is not None:
            return self.sender.contact.language
        return self.parsed.language or self.mailbox.language


def take_in(mail: IncomingMail, parsed: ParsedMail) -> Handled:
    """Handle one mail, inside the transaction of the job. The same mail a second time is nothing.

    Errors: of the database only: what is wrong with a mail is no error here.
    """
    known = Message.objects.filter(incoming=mail).select_related("ticket").first()
    if known is not None:
        return _handled(Outcome.DUPLICATE, known.ticket, _SAID["again"])
    with acting(TAKER), translation.override(mail.mailbox.language):
        rules = rules_of(mail.mailbox)
        sender = sender_of(parsed, believes=rules.believes)
        found = Incoming(mail, parsed, rules, sender, about(mail, parsed))
        if parsed.auto.kind == "ours" or is_ours(sender.address, {mail.mailbox.address}):
            return Handled(Outcome.IGNORED, _SAID["own"])
        if parsed.auto.kind in ANSWERED_BY_MACHINE:
            return _note_answering_machine(found)
        _keep_files(found)
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
    message = _message(found, held, internal=internal, who=who)
    if way == "participant":
        Participant.objects.get_or_create(
            ticket=held,
            address=found.sender.address,
            defaults={"customer_id": held.customer_id, "name": found.sender.name},
        )
    _learn_numbers(found, held)
    if internal or found.is_automatic:
        change_ticket(held)
        refresh_commitments(held)
    else:
        hear_requester(held, by=TAKER, at=message.at)
    if woken:
        _wake(held, found)
    if not woken:
        return _handled(Outcome.REPLY, held, _SAID["fast"])
    if way == "participant":
        return _handled(Outcome.PARTICIPANT, held, _SAID["participant"])
    automatic = found.is_automatic and not internal
    return _handled(Outcome.AUTOMATIC if automatic else Outcome.REPLY, held, _why_here(found))


def _note_answering_machine(found: Incoming) -> Handled:
    """An out-of-office, or a bounce of no mail that is known: a note where it belongs, or nothing.

    Nobody is woken by it, no clock runs on for it, and no ended ticket opens.
    """
    if found.finding.ticket_id is None or not found.finding.is_strong:
        return Handled(Outcome.IGNORED, _SAID["machine"])
    held = hold_present(Ticket(pk=found.finding.ticket_id), by=TAKER)
    if found.sender.proof == "forged" or not may_wake(found.sender.address, held):
        return Handled(Outcome.IGNORED, _SAID["machine"])
    _message(found, held, internal=True, who="stranger")
    change_ticket(held)
    bounced = found.parsed.auto.kind == "bounce"
    return _handled(Outcome.BOUNCE if bounced else Outcome.AUTOMATIC, held, _SAID["noted"])


def _message(found: Incoming, held: Ticket, *, internal: bool, who: Who) -> Message:
    sender = found.sender
    if internal:
        supplier = asked_of(held, sender.supplier) if sender.supplier else None
        message = note_for_colleagues(
            held,
            found.body,
            author=sender.shown,
            person_id=sender.employee.pk if sender.employee else None,
            assignment=supplier if who in INSIDE else None,
        )
        Message.objects.filter(pk=message.pk).update(incoming=found.mail)
    else:
        theirs = sender.contact and sender.contact.customer_id == held.customer_id
        message = Message.objects.create(
            ticket=held,
            customer_id=held.customer_id,
            direction=Message.Direction.RECEIVED,
            visibility=Message.Visibility.PUBLIC,
            author=sender.shown,
            contact=sender.contact if theirs else None,
            person=sender.employee,
            body=found.body,
            language=held.language,
            incoming=found.mail,
            at=clock.now(),
        )
    _describe(found, message)
    return message


def _describe(found: Incoming, message: Message, *, opened: bool = False) -> ReceivedMail:
    parsed, sender = found.parsed, found.sender
    seen = showing.shown(parsed.html)
    numbers = Ticket.objects.in_bulk({clue.ticket_id for clue in found.finding.clues})
    row = ReceivedMail.objects.create(
        message=message,
        address=sender.address,
        name=sender.name,
        reply_to=next((one.address for one in parsed.reply_to if one.address), "")[:320],
        to=[one.address for one in parsed.to if one.address][:100],
        cc=[one.address for one in parsed.cc if one.address][:100],
        proof=sender.proof,
        automatic=parsed.auto.kind or ("machine" if found.is_automatic else ""),
        why=[
            {
                "kind": clue.kind,
                "said": clue.said[:200],
                "weight": clue.weight,
                "number": numbers[clue.ticket_id].number,
            }
            for clue in found.finding.clues
        ],
        html=seen.html if seen.is_rich else "",
        html_quoted=seen.quoted if seen.is_rich else "",
        quoted=_quoted(parsed),
        remote_pictures=seen.remote,
        left_out=found.left_out,
        opened=opened,
        at=message.at,
    )
    Attachment.objects.bulk_create(
        Attachment(
            **kept,
            ticket_id=message.ticket_id,
            customer_id=message.customer_id,
            message=message,
            visibility=message.visibility,
            actor=TAKER.key,
            actor_name=sender.shown,
        )
        for kept in found.files
    )
    return row


def _quoted(parsed: ParsedMail) -> str:
    """What `text_shown` leaves out of the text."""
    whole, fresh = parsed.text.strip(), parsed.text_shown.strip()
    if not fresh or whole == fresh:
        return ""
    return whole[len(fresh) :].strip() if whole.startswith(fresh) else whole


def _keep_files(found: Incoming) -> None:
    """The files of the mail, kept before a ticket is held. What is refused is told with it."""
    for part in found.parsed.parts[:PARTS]:
        name = files.safe_name(part.name)
        try:
            kept = files.keep([part.content], name=name, limit_bytes=settings.ATTACHMENT_LIMIT)
        except Invalid as refusal:
            found.left_out.append({"name": name, "reason": _sentence(refusal)})
        else:
            found.files.append(
                {
                    "name": name,
                    "media_type": kept.media_type,
                    "size_bytes": kept.size_bytes,
                    "sha256": kept.sha256,
                    "key": kept.key,
                    "content_id": _content_id(part),
                }
            )
    found.left_out.extend(
        {"name": files.safe_name(part.name), "reason": _("Too many files in one mail.")}
        for part in found.parsed.parts[PARTS : 2 * PARTS]
    )


def _sentence(refusal: Invalid) -> str:
    return " ".join(str(one) for one in refusal.fields.values()) or refusal.sentence


def _content_id(part: Part) -> str:
    return part.content_id[:255].lower()


def _learn_numbers(found: Incoming, held: Ticket) -> None:
    """Keep the number under which the sender's ticket system knows this: both thread on it."""
    domain = found.sender.address.rpartition("@")[2]
    if not domain or found.sender.proof == "forged":
        return
    numbers = partner_numbers(found.parsed.subject)
    tickets = {held.pk, *(clue.ticket_id for clue in found.finding.clues)}
    known = ExternalReference.objects.filter(ticket__in=tickets, number__in=numbers)
    # What we have written ourselves is quoted in each answer: it is the number of whoever said it.
    quoted = set(known.values_list("number", flat=True))
    for number in numbers:
        if number in quoted:
            continue
        ExternalReference.objects.get_or_create(
            ticket=held,
            party=domain[:100],
            number=number,
            defaults={
                "customer_id": held.customer_id,
                "supplier": found.sender.supplier,
                "actor": TAKER.key,
            },
        )


def _wake(held: Ticket, found: Incoming) -> None:
    writer = found.sender.employee
    if writer is None or writer.pk != held.owner_id:
        News.objects.get_or_create(ticket=held, defaults={"since": clock.now()})


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
        _message(found, held, internal=False, who="stranger")
        change_ticket(held)
        return _handled(Outcome.REPLY, held, _SAID["flood"])
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
    message = _first_message(found, ticket)
    row = _describe(found, message, opened=True)
    _learn_numbers(found, ticket)
    if linked is not None:
        _link(ticket, linked)
    if proposed is not None:
        _propose(found, ticket, proposed, who)
    change_ticket(ticket)
    if _acknowledge(found, ticket):
        ReceivedMail.objects.filter(pk=row.pk).update(acknowledged=True)
    if proposed is not None:
        return _handled(Outcome.PROPOSED, ticket, _why_not(found, who))
    return _handled(Outcome.TICKET, ticket, _SAID["late"] if linked else _SAID["new"])


def _first_message(found: Incoming, ticket: Ticket) -> Message:
    return Message.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        direction=Message.Direction.RECEIVED,
        visibility=Message.Visibility.PUBLIC,
        author=found.sender.shown,
        contact=found.sender.contact,
        person=found.sender.employee,
        body=found.body,
        language=ticket.language,
        incoming=found.mail,
        at=ticket.received_at,
    )


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
        ticket=ticket, customer_id=ticket.customer_id, other=other, reason=_why_not(found, who)
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
    if found.sender.proof == "forged" or not may_acknowledge(address):
        return False
    post = Post(
        occasion="acknowledgement",
        origin="",
        to=[address],
        language=ticket.language,
        agent="",
        heard=found.mail.message_id,
        reference=numbers_of(ticket, [address]),
    )
    words = words_of(ticket, post, by=TAKER)
    message = Message.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        direction=Message.Direction.SENT,
        visibility=Message.Visibility.PUBLIC,
        author="Opale",
        body=words.body,
        language=ticket.language,
        at=clock.now(),
    )
    post = replace(post, origin=f"desk.message:{message.pk}", mailbox=found.mailbox.address)
    mail = post_mail(ticket, post, by=TAKER, words=words)
    Message.objects.filter(pk=message.pk).update(mail=mail)
    return True


# What is said of it: whoever reads it translates it

_SAID = {
    "again": gettext_noop("This mail was taken in before."),
    "own": gettext_noop("It is Opale’s own mail, come back."),
    "machine": gettext_noop("An answering machine wrote, on no ticket."),
    "noted": gettext_noop("An answering machine wrote: it is noted on the ticket that it answers."),
    "fast": gettext_noop("Mail of this address comes too fast: it is kept, and wakes nobody."),
    "flood": gettext_noop(
        "Mail of this address comes too fast: it is kept on the last ticket that it opened."
    ),
    "participant": gettext_noop("The sender is new here: the owner says whether that is right."),
    "new": gettext_noop("Nothing in it names a ticket."),
    "late": gettext_noop("The ticket that it answers ended long ago: this is a new one, linked."),
    "forged": gettext_noop("The sender is forged: the mail joins no ticket."),
    "number": gettext_noop(
        "Only a number in the subject names the ticket, and anybody can write it."
    ),
    "confidential": gettext_noop("The ticket is confidential, and the sender has no part in it."),
    "stranger": gettext_noop("The sender has no part in the ticket that it names."),
    "unproven": gettext_noop("Nobody has proven who the sender is."),
}
_BY_CLUE = {
    "token": gettext_noop("It was sent to the address of this ticket."),
    "answered": gettext_noop("It answers a mail of this ticket."),
    "earlier": gettext_noop("It belongs to a thread of this ticket."),
    "partner": gettext_noop("The sender’s number of this ticket stands in the subject."),
    "number": gettext_noop("The number of this ticket stands in the subject."),
}


def _why_here(found: Incoming) -> str:
    heaviest = max(found.finding.speaking, key=lambda clue: clue.weight)
    return _BY_CLUE[heaviest.kind]


def _why_not(found: Incoming, who: Who | None) -> str:
    if found.sender.proof == "forged":
        return _SAID["forged"]
    if not found.finding.is_strong:
        return _SAID["number"]
    if who in ("contact", "outsider"):
        return _SAID["confidential"]
    if who in ("domain", "waiting") and found.sender.proof == "unproven":
        return _SAID["unproven"]
    return _SAID["confidential" if who in ("domain", "waiting") else "stranger"]


def _handled(outcome: Outcome, ticket: Ticket, reason: str) -> Handled:
    return Handled(outcome, reason, f"desk.ticket:{ticket.pk}")
