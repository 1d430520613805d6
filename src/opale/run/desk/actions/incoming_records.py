"""Records that a ticket keeps of a mail: message, findings, files and numbers."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from opale.kernel import clock, files
from opale.kernel.actor import system
from opale.kernel.errors import Invalid
from opale.messaging.models import IncomingMail, Mailbox
from opale.messaging.ports import ParsedMail, Part
from opale.messaging.queries.letterheads import is_own_logo
from opale.run.desk.actions.messages import add_internal_note
from opale.run.desk.domain.incoming_mail import safe_html
from opale.run.desk.domain.incoming_mail.admission import INTERNAL_ROLES, SenderRole
from opale.run.desk.domain.incoming_mail.subjects import partner_numbers
from opale.run.desk.domain.incoming_mail.ticket_match import TicketMatch
from opale.run.desk.models import (
    Attachment,
    ExternalReference,
    MailboxRules,
    Message,
    ReceivedMail,
    Ticket,
)
from opale.run.desk.queries.incoming_mail import Sender, assignments_of_supplier

MAIL_ACTOR = system("mail")
MAX_PARTS = 50
"""Maximum number of files of one mail kept with the ticket; the mail itself has them all."""


@dataclass(slots=True)
class MailInProcess:
    """A mail being processed, with all findings about it."""

    mail: IncomingMail
    parsed: ParsedMail
    rules: MailboxRules
    sender: Sender
    finding: TicketMatch
    files: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)

    @property
    def mailbox(self) -> Mailbox:
        return self.mail.mailbox

    @property
    def is_automatic(self) -> bool:
        """Return whether a program wrote it; such mail is never answered by a program."""
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


def store_message(
    found: MailInProcess, held: Ticket, *, internal: bool, who: SenderRole
) -> Message:
    sender = found.sender
    if internal:
        supplier = assignments_of_supplier(held, sender.supplier) if sender.supplier else None
        message = add_internal_note(
            held,
            found.body,
            author=sender.shown,
            person_id=sender.employee.pk if sender.employee else None,
            assignment=supplier if who in INTERNAL_ROLES else None,
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
    store_mail_details(found, message)
    return message


def store_mail_details(
    found: MailInProcess, message: Message, *, opened: bool = False
) -> ReceivedMail:
    parsed, sender = found.parsed, found.sender
    seen = safe_html.sanitize_html(parsed.html)
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
            actor=MAIL_ACTOR.key,
            actor_name=sender.shown,
        )
        for kept in found.files
    )
    return row


def _quoted(parsed: ParsedMail) -> str:
    """Return the part of the text that `text_shown` leaves out."""
    whole, fresh = parsed.text.strip(), parsed.text_shown.strip()
    if not fresh or whole == fresh:
        return ""
    return whole[len(fresh) :].strip() if whole.startswith(fresh) else whole


def store_files(found: MailInProcess) -> None:
    """Store the files of the mail, before a ticket is locked. Refused ones are listed with it.

    A file of an accepted mail is never too large: nobody should have to open the original. Our own
    logo, which comes back with each answer that quotes a mail of ours, is no file of it.
    """
    limit_bytes = max(settings.ATTACHMENT_LIMIT, settings.MAIL_LIMIT)
    parts = [one for one in found.parsed.parts if not (one.is_inline and is_own_logo(one.content))]
    for part in parts[:MAX_PARTS]:
        name = files.safe_name(part.name)
        try:
            kept = files.store_file([part.content], name=name, limit_bytes=limit_bytes)
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
        for part in parts[MAX_PARTS : 2 * MAX_PARTS]
    )


def _sentence(refusal: Invalid) -> str:
    return " ".join(str(one) for one in refusal.fields.values()) or refusal.sentence


def _content_id(part: Part) -> str:
    return part.content_id[:255].lower()


def save_partner_numbers(found: MailInProcess, held: Ticket) -> None:
    """Save the ticket number of the sender's system, by which both systems thread."""
    domain = found.sender.address.rpartition("@")[2]
    if not domain or found.sender.proof == "forged":
        return
    numbers = partner_numbers(found.parsed.subject)
    tickets = {held.pk, *(clue.ticket_id for clue in found.finding.clues)}
    known = ExternalReference.objects.filter(ticket__in=tickets, number__in=numbers)
    # Numbers already known here come back quoted in each answer: they are not the sender's own.
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
                "actor": MAIL_ACTOR.key,
            },
        )


def first_message(found: MailInProcess, ticket: Ticket) -> Message:
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
