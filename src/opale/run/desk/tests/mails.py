"""Mails for the desk's tests: kept as any mail is, and said to be what a test wants them to be."""

from dataclasses import replace
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any

from django.db import transaction

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.messaging.actions.store_incoming import store_mail
from opale.messaging.domain.mail_parser.parsed_mail import (
    Address,
    Authentication,
    ParsedMail,
    Verdict,
)
from opale.messaging.models import IncomingMail, Mailbox, OutgoingMail
from opale.messaging.ports import HandlingResult
from opale.messaging.queries.reply_tokens import reply_address
from opale.run.desk.actions.incoming_mail import process_incoming_mail
from opale.run.desk.actions.messages import write_to_customer
from opale.run.desk.models import Ticket
from opale.run.desk.tests.builders import House, agent_of, make_house, make_ticket

STRANGER = "eve@elsewhere.example"
_numbers = count(1)


def make_house_of_mail(settings: Any, folder: Path) -> House:
    """A house whose customer owns a domain; what is kept of mails goes into the folder."""
    settings.MEDIA_ROOT = str(folder)
    found = make_house()
    with attributed(system("test")):
        found.customer.domains = ["acme.example"]
        found.customer.save(update_fields=["domains"])
    return found


def answered(house: House, body: str = "C'est noté.") -> Ticket:
    """A ticket of Ana, to which the desk has written."""
    ticket = make_ticket(house)
    write_to_customer(ticket, body, by=agent_of(house.agent))
    ticket.refresh_from_db()
    return ticket


def make_mailbox(address: str = "support@nuage.example", **fields: Any) -> Mailbox:
    with attributed(system("test")):
        given = {"name": "Support", "language": "fr"} | fields
        return Mailbox.objects.create(address=address, **given)


def proven(domain: str) -> Authentication:
    return Authentication(dmarc="pass", domain=domain, trusted=True)


FORGED = Authentication(dmarc="fail", trusted=True)
UNCHECKED = Authentication()


def written(
    by: str = "ana@acme.example",
    subject: str = "Lien coupé",
    text: str = "Bonjour, plus rien.",
    *,
    name: str = "Ana Ruiz",
    to: str = "support@nuage.example",
    authenticated: Authentication | None = None,
    auto: str = "",
    answers: str = "",
    **more: Any,
) -> ParsedMail:
    """A mail by somebody whom our server has proven, unless said otherwise."""
    sender = Address(name, by)
    return ParsedMail(
        message_id=f"<{next(_numbers)}@{sender.domain}>",
        in_reply_to=answers,
        subject=subject,
        from_=sender,
        to=(Address("", to),),
        text=text,
        text_shown=text,
        authenticated=proven(sender.domain) if authenticated is None else authenticated,
        auto=Verdict(auto),  # type: ignore[arg-type]  # a word of the test
        **more,
    )


def kept(parsed: ParsedMail, mailbox: Mailbox) -> IncomingMail:
    mail = EmailMessage()
    mail["From"] = parsed.from_.address or "nobody"
    mail["Message-ID"] = parsed.message_id
    mail["Subject"] = " ".join(parsed.subject.split())
    mail.set_content(parsed.text)
    return store_mail(mail.as_bytes(), mailbox=mailbox.address, source="lmtp")


def take(parsed: ParsedMail, mailbox: Mailbox) -> HandlingResult:
    """As the job does it."""
    mail = kept(parsed, mailbox)
    with transaction.atomic():
        return process_incoming_mail(mail, parsed)


def signed_for(ticket: Ticket, mailbox: Mailbox) -> str:
    return reply_address(mailbox.address, f"desk.ticket:{ticket.pk}")


def ticket_of(handled: HandlingResult) -> Ticket:
    return Ticket.objects.get(pk=int(handled.origin.removeprefix("desk.ticket:")))


def answering(
    ticket: Ticket, mailbox: Mailbox, by: str = "ana@acme.example", **more: Any
) -> ParsedMail:
    """An answer to the newest mail that left the ticket, or to its signed address."""
    sent = OutgoingMail.objects.filter(message__ticket=ticket).order_by("-id").first()
    found = written(by, f"Re: [{ticket.reference}] {ticket.subject}", **more)
    if sent is not None:
        return replace(found, in_reply_to=sent.message_id, references=(sent.message_id,))
    return replace(found, to=(Address("", signed_for(ticket, mailbox)),))
