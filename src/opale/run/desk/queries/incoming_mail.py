"""The ticket that an incoming mail belongs to, and its sender. Source: docs/rules/mail.md."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from opale.customers.models import Contact, Customer
from opale.customers.queries.parties import is_public_domain, party_of
from opale.infrastructure.models import Supplier
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.messaging.domain.mail_parser.parser import parse_mail
from opale.messaging.models import IncomingMail, Mailbox, OutgoingMail
from opale.messaging.ports import ParsedMail
from opale.messaging.queries.incoming import raw_of
from opale.messaging.queries.reply_tokens import origin_of_address, origin_of_thread
from opale.organisation.models import Person
from opale.run.desk.domain.incoming_mail.admission import Proof, SenderRole
from opale.run.desk.domain.incoming_mail.subjects import own_ticket_numbers, partner_numbers
from opale.run.desk.domain.incoming_mail.ticket_match import Clue, TicketMatch, choose_ticket
from opale.run.desk.models import (
    Assignment,
    Breaker,
    ExternalReference,
    MailboxRules,
    Message,
    MessageMove,
    Participant,
    ProposedLink,
    ReceivedMail,
    Ticket,
    Watcher,
)
from opale.run.desk.queries.links import merge_chain_of
from opale.run.desk.queries.message_mails import message_id_of_origin

THREAD = 50
"""The most Message-IDs of a mail that are looked up, the newest first."""
ADDRESSES = 200
MAILS = 200


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of a mail: by the exact address, or by a customer's domain. Never by a name."""

    address: str
    name: str
    proof: Proof
    contact: Contact | None = None
    employee: Person | None = None
    supplier: Supplier | None = None
    customer: Customer | None = None

    @property
    def shown(self) -> str:
        """Return the known name; the name in the mail only where none is known."""
        known = self.contact or self.employee or self.supplier
        return (known.name if known else self.name or self.address)[:200]


def rules_of(mailbox: Mailbox) -> MailboxRules:
    found = MailboxRules.objects.filter(mailbox=mailbox).first()
    return found or MailboxRules(mailbox=mailbox)


def mailboxes(*, seen_by: Actor) -> list[MailboxRules]:
    """Return the desk's settings of each mailbox that the actor sees."""
    boxes = Mailbox.objects.visible_to(seen_by).select_related("desk_rules").order_by("address")
    return [getattr(box, "desk_rules", None) or MailboxRules(mailbox=box) for box in boxes]


def get_mailbox(mailbox_id: int, *, seen_by: Actor) -> Mailbox:
    """Errors: NotFound."""
    found = Mailbox.objects.visible_to(seen_by).filter(pk=mailbox_id).first()
    if found is None:
        raise NotFound
    return found


# Matching a ticket


def match_ticket(mail: IncomingMail, parsed: ParsedMail) -> TicketMatch:
    """Return the ticket with the strongest clues, or the one that it was merged into."""
    answered = _answered(parsed)
    clues = [*_tokens(mail, parsed, answered), *_thread(parsed, answered), *_numbers(parsed)]
    return choose_ticket(_present(clues))


def _answered(parsed: ParsedMail) -> dict[str, Message]:
    """Return the ticket messages that the mail refers to by Message-ID."""
    wanted = [parsed.in_reply_to, *reversed(parsed.references)]
    ids = [one for one in dict.fromkeys(wanted) if one][:THREAD]
    if not ids:
        return {}
    rows = Message.objects.select_related("mail", "incoming").order_by("-id")
    came = {
        m.incoming.message_id: m for m in rows.filter(incoming__message_id__in=ids) if m.incoming
    }
    mails = OutgoingMail.objects.filter(message_id__in=ids).values_list("message_id", "origin")
    of = {message_id: message_id_of_origin(origin) for message_id, origin in mails}
    said = rows.in_bulk([pk for pk in of.values() if pk])
    return came | {message_id: said[pk] for message_id, pk in of.items() if pk in said}


def ticket_of_bounce(parsed: ParsedMail) -> Ticket | None:
    """Return the ticket of our mail that this bounce reports as undelivered, if it has one."""
    named = parsed.bounce.original_message_id if parsed.bounce else ""
    mail = OutgoingMail.objects.filter(message_id=named).first() if named else None
    if mail is None:
        return None
    message = (
        Message.objects.filter(pk=message_id_of_origin(mail.origin))
        .select_related("ticket")
        .first()
    )
    return message.ticket if message else None


def _tokens(mail: IncomingMail, parsed: ParsedMail, answered: dict[str, Message]) -> Iterable[Clue]:
    """Yield the clues from signed addresses among the recipients."""
    named = [*mail.envelope_to, *(one.address for one in (*parsed.to, *parsed.cc))]
    for address in list(dict.fromkeys(named))[:ADDRESSES]:
        signed = _ticket_of(origin_of_address(address))
        if signed is not None:
            yield Clue("token", _where_it_went(signed, answered.get(parsed.in_reply_to)), address)


def _ticket_of(origin: str | None) -> int | None:
    """Return the ticket that a signed origin names, if it still exists."""
    room, _colon, key = (origin or "").partition(":")
    if room != "desk.ticket" or not key.isdigit():
        return None
    return Ticket.objects.filter(pk=int(key)).values_list("pk", flat=True).first()


def _where_it_went(ticket_id: int, message: Message | None) -> int:
    """Return the ticket, or the one to which the answered message was moved or split since."""
    if message is None or message.ticket_id == ticket_id:
        return ticket_id
    moves = MessageMove.objects.filter(message=message, undone_at=None, merge=None)
    left = moves.filter(origin__in=merge_chain_of(ticket_id), copied_from=None).exists()
    return message.ticket_id if left else ticket_id


def _thread(parsed: ParsedMail, answered: dict[str, Message]) -> Iterable[Clue]:
    direct = answered.get(parsed.in_reply_to)
    if direct is not None:
        yield Clue("answered", direct.ticket_id, parsed.in_reply_to, direct.pk)
    for said in reversed(parsed.references):
        if said != parsed.in_reply_to and said in answered:
            yield Clue("earlier", answered[said].ticket_id, said, answered[said].pk)
    for said in parsed.references[:THREAD]:
        signed = _ticket_of(origin_of_thread(said))
        if signed is not None:
            yield Clue("earlier", signed, said)


def _numbers(parsed: ParsedMail) -> Iterable[Clue]:
    theirs = partner_numbers(parsed.subject)
    if theirs and parsed.from_.domain:
        rows = ExternalReference.objects.filter(number__in=theirs)
        for row in rows.filter(party__iexact=parsed.from_.domain).order_by("-id")[:10]:
            yield Clue("partner", row.ticket_id, row.number)
    ours = own_ticket_numbers(parsed.subject)
    if ours:
        known = dict(Ticket.objects.filter(number__in=ours).values_list("number", "pk"))
        for number in ours:
            if number in known:
                yield Clue("number", known[number], f"T-{number}")


def _present(clues: Sequence[Clue]) -> list[Clue]:
    """Return the clues with each merged ticket replaced by its survivor."""
    ways = {pk: merge_chain_of(pk)[-1] for pk in {clue.ticket_id for clue in clues}}
    return [Clue(c.kind, ways[c.ticket_id], c.said, c.message_id) for c in clues]


# Identifying the sender


def sender_of(parsed: ParsedMail, *, believes: bool) -> Sender:
    proof = proof_of(parsed, believes=believes)
    address, name = parsed.from_.address[:320], parsed.from_.name[:320]
    if proof == "forged" or not address:
        return Sender(address, name, proof)
    party = party_of(address)
    if party.contact is not None:
        return Sender(address, name, proof, contact=party.contact, customer=party.customer)
    employee = Person.objects.filter(email__iexact=address, left_on=None).first()
    if employee is not None and _same_address(employee.email, address):
        return Sender(address, name, proof, employee=employee)
    supplier = _supplier(address)
    if supplier is not None:
        return Sender(address, name, proof, supplier=supplier)
    return Sender(address, name, proof, customer=party.customer)


def _same_address(stored: str, address: str) -> bool:
    """Return whether these are one address. The database takes "ı" for "i", and "ſ" for "s"."""
    return stored.lower() == address.lower()


def proof_of(parsed: ParsedMail, *, believes: bool) -> Proof:
    found = parsed.authenticated
    if not found.trusted:
        return "believed" if believes else "unproven"
    if found.dmarc == "fail":
        return "forged"
    return "proven" if found.domain and _within(parsed.from_.domain, found.domain) else "unproven"


def _within(domain: str, proven: str) -> bool:
    return domain == proven or domain.endswith(f".{proven}")


def _supplier(address: str) -> Supplier | None:
    """Return the supplier by its address; else by a domain that is not public and is its alone."""
    present = Supplier.objects.filter(left_on=None).order_by("id")
    exact = present.filter(email__iexact=address).first()
    if exact is not None and not _same_address(exact.email, address):
        exact = None
    domain = address.rpartition("@")[2]
    if exact or is_public_domain(domain):
        return exact
    ends = f"@{domain}"
    found = present.filter(email__iendswith=ends)[:10]
    near = [one for one in found if _same_address(one.email[-len(ends) :], ends)]
    return near[0] if len(near) == 1 else None


# The sender's part in a ticket


def sender_role_on(ticket: Ticket, sender: Sender) -> SenderRole:
    row = Participant.objects.filter(ticket=ticket, address=sender.address).first()
    if row is not None:
        return _BY_STATE[Participant.State(row.state)]
    if sender.employee is not None:
        return _of_the_house(ticket, sender.employee)
    if sender.contact is not None and sender.contact.customer_id == ticket.customer_id:
        return _of_the_customer(ticket, sender.contact)
    if sender.supplier is not None and assignments_of_supplier(ticket, sender.supplier) is not None:
        return "supplier"
    if _takes_part(ticket, sender.address):
        return "addressed"
    owned = sender.customer is not None and sender.customer.pk == ticket.customer_id
    return "domain" if owned else "stranger"


_BY_STATE: dict[Participant.State, SenderRole] = {
    Participant.State.NEW: "waiting",
    Participant.State.ACCEPTED: "participant",
    Participant.State.REMOVED: "removed",
}


def _of_the_customer(ticket: Ticket, contact: Contact) -> SenderRole:
    follows = Watcher.objects.filter(ticket=ticket, contact=contact)
    if contact.pk == ticket.contact_id or follows.exists():
        return "requester"
    return "addressed" if _takes_part(ticket, contact.email.lower()) else "contact"


def _of_the_house(ticket: Ticket, person: Person) -> SenderRole:
    if ticket.employee_id == person.pk:
        return "requester"
    if not ticket.confidential or ticket.owner_id == person.pk:
        return "colleague"
    follows = Watcher.objects.filter(ticket=ticket, person=person)
    works = Assignment.objects.filter(ticket=ticket, person=person)
    return "colleague" if follows.exists() or works.exists() else "outsider"


def assignments_of_supplier(ticket: Ticket, supplier: Supplier) -> Assignment | None:
    """Return the newest work asked of a supplier on the ticket."""
    return Assignment.objects.filter(ticket=ticket, supplier=supplier).order_by("-id").first()


def _takes_part(ticket: Ticket, address: str) -> bool:
    """Return whether the address wrote on the ticket or was written to."""
    wrote = ReceivedMail.objects.filter(
        message__ticket=ticket, message__visibility=Message.Visibility.PUBLIC, address=address
    )
    if wrote.exclude(proof=ReceivedMail.Proof.FORGED).exists():
        return True
    mails = OutgoingMail.objects.filter(
        message__ticket=ticket, message__visibility=Message.Visibility.PUBLIC
    )
    lists = mails.order_by("-id").values_list("to", "cc")[:MAILS]
    return any(address == one.lower() for to, cc in lists for one in (*to, *cc))


# For pages


def get_received_mail(message_id: int, *, seen_by: Actor) -> ReceivedMail:
    """Return a mail that is a message of a ticket that the actor sees. Errors: NotFound."""
    seen = Message.objects.visible_to(seen_by).filter(pk=message_id)
    tickets = Ticket.objects.visible_to(seen_by).values("pk")
    rows = ReceivedMail.objects.filter(message__in=seen, message__ticket__in=tickets)
    found = rows.select_related("message__incoming", "message__ticket").first()
    if found is None:
        raise NotFound
    return found


def raw_mail_of(row: ReceivedMail) -> bytes:
    """Return the mail byte for byte. Errors: NotFound."""
    if row.message.incoming is None:
        raise NotFound
    return raw_of(row.message.incoming)


def html_of(row: ReceivedMail) -> str:
    """Return the mail's whole HTML as received: not safe. Errors: NotFound."""
    return parse_mail(raw_mail_of(row)).html


def get_participant(participant_id: int, *, seen_by: Actor) -> Participant:
    """Errors: NotFound."""
    rows = Participant.objects.visible_to(seen_by).filter(pk=participant_id)
    found = rows.select_related("ticket").first()
    if found is None:
        raise NotFound
    return found


def get_proposed_link(ticket: Ticket, *, seen_by: Actor) -> ProposedLink:
    """Errors: NotFound, also where the other ticket is hidden."""
    seen = Ticket.objects.visible_to(seen_by).values("pk")
    rows = ProposedLink.objects.filter(ticket=ticket, other__in=seen)
    found = rows.select_related("other").first()
    if found is None:
        raise NotFound
    return found


# Counts of mail


def count_mails_since(address: str, since: datetime, **where: Any) -> int:
    """Return how many mails of an address came since; `where` narrows them."""
    return ReceivedMail.objects.filter(Q(**where), address=address, at__gte=since).count()


def count_tickets_opened_since(address: str, since: datetime) -> int:
    """Return how many tickets the mails of an address opened since."""
    rows = ReceivedMail.objects.filter(address=address, at__gte=since, opened=True)
    return rows.count()


def count_acknowledgements_since(address: str, since: datetime) -> int:
    """Return how many automatic mails were sent to an address since."""
    rows = ReceivedMail.objects.filter(address=address, at__gte=since, acknowledged=True)
    return rows.count()


def breakers(*, newest: int = 50) -> list[Breaker]:
    """Return the breakers that hold mail back now, or did lately."""
    return list(Breaker.objects.select_related("ticket").order_by("-until", "-id")[:newest])


def count_open_breakers(at: datetime) -> int:
    return Breaker.objects.filter(until__gt=at).count()
