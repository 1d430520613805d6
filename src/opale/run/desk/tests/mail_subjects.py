"""What the parameters of routes name of mail that came in, and of those who take part by it."""

from collections.abc import Mapping

from django.db import transaction
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.messaging.domain.mail_parser.parser import parse_mail
from opale.messaging.models import IncomingMail, Mailbox, RawMail
from opale.messaging.ports import ParsedMail
from opale.run.desk.actions.incoming_mail import process_incoming_mail
from opale.run.desk.models import Message, Participant, ProposedLink, Ticket

MAIL = (
    "From: {by}\nTo: desk@opale.example\nSubject: {subject}\n"
    "Message-ID: <{key}@x.example>\n\nOui.\n"
)


def desk_mail(house: Personas) -> Mapping[str, object]:
    ticket = Ticket.objects.get(subject="Lien coupé")
    with attributed(MAKER):
        box = Mailbox.objects.create(
            address="desk@opale.example", name="Desk", language="fr", acknowledges=False
        )
        row = Participant.objects.create(
            ticket=ticket, customer_id=ticket.customer_id, address="bob@elsewhere.example"
        )
        said = _taken(box, "eve@elsewhere.example", f"Re: {ticket.reference}", "one")
        refused = _taken(box, "max@elsewhere.example", f"Re: {ticket.reference}", "two")
        # Of the customer, so that its contacts see the tickets and yet may not do this.
        for one in (said, refused):
            Ticket.objects.filter(pk=one.ticket_id).update(customer_id=ticket.customer_id)
            Message.objects.filter(pk=one.pk).update(customer_id=ticket.customer_id)
        links = ProposedLink.objects.filter(ticket__in=(said.ticket_id, refused.ticket_id))
        links.update(customer_id=ticket.customer_id)
    return {
        "mailbox_id": box.pk,
        "participant_id": row.pk,
        "mail_message_id": said.pk,
        "proposed_number": said.ticket.number,
        "refused_number": refused.ticket.number,
    }


def _taken(box: Mailbox, by: str, subject: str, key: str) -> Message:
    raw = MAIL.format(by=by, subject=subject, key=key).encode()
    mail = IncomingMail.objects.create(
        mailbox=box, source="lmtp", raw_hash=key, content_hash=key, size_bytes=len(raw)
    )
    RawMail.objects.create(mail=mail, body=raw)
    parsed: ParsedMail = parse_mail(raw)
    with transaction.atomic():
        process_incoming_mail(mail, parsed)
    return Message.objects.select_related("ticket").get(incoming=mail)
