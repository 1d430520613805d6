"""The mails between a ticket's customer and the desk: recipients of an answer, and references.

Source: docs/rules/mail.md.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet

from opale.kernel.reference_cache import cached
from opale.messaging.domain.mail_addresses import write_address
from opale.messaging.models import Mailbox
from opale.run.desk.models import (
    ExternalReference,
    Message,
    Participant,
    ReceivedMail,
    Ticket,
)
from opale.run.desk.queries.mail_texts import mailbox_of_stream


class MailRecipients(NamedTuple):
    """The recipients of an answer, and those of a copy."""

    to: Sequence[str]
    cc: Sequence[str]


def reply_recipients(ticket: Ticket) -> MailRecipients | None:
    """Return the last sender by mail, or its reply address, with those copied. None without one, or
    where the owner does not let that sender take part."""
    heard = ReceivedMail.objects.filter(
        message__ticket=ticket, message__visibility=Message.Visibility.PUBLIC, automatic=""
    ).exclude(proof=ReceivedMail.Proof.FORGED)
    last = heard.order_by("-message__at", "-pk").first()
    if last is None:
        return None
    out = dict(
        Participant.objects.filter(ticket=ticket)
        .exclude(state=Participant.State.ACCEPTED)
        .values_list("address", "state")
    )
    if last.address in out:
        return None
    ours = own_addresses()
    to = last.reply_to or last.address
    others = [
        one
        for one in dict.fromkeys((*last.to, *last.cc))
        if one not in (to, last.address) and not is_own_address(one, ours) and one not in out
    ]
    return MailRecipients([to], others)


@cached(1)
def own_addresses() -> frozenset[str]:
    return frozenset(Mailbox.objects.values_list("address", flat=True))


@dataclass(frozen=True, slots=True)
class Correspondence:
    """The mails of a ticket between its customer and the desk, read together.

    `sent` are the Message-ID and the subject of each of ours, oldest first. `heard` is the
    Message-ID of the newest from outside, which an answer refers to. `mailbox` sends the answers:
    the one that received the first mail, else that of the stream, else the one that received the
    newest.
    """

    sent: Sequence[tuple[str, str]]
    heard: str
    mailbox: str


def correspondence_of(ticket: Ticket) -> Correspondence:
    public, sent, heard, first = Message.Visibility.PUBLIC, {}, (0, "", ""), None
    for row in _mails(ticket.pk):
        visibility, mail, message_id, subject, came, came_as, name, address, is_on = row
        if came and is_on and first is None:
            first = write_address(name, address)
        if visibility == public and mail:
            sent[mail] = (message_id, subject)
        if visibility == public and came:
            heard = max(heard, (came, came_as, address))
    _key, last, address = heard
    mailbox = first or mailbox_of_stream(ticket.stream) or address
    return Correspondence([sent[mail] for mail in sorted(sent)], last, mailbox)


def _mails(ticket_id: int) -> QuerySet[Message, tuple[Any, ...]]:
    # Includes other messages: asked for mails alone, PostgreSQL may read those of all tickets.
    return (
        Message.objects.filter(ticket=ticket_id)
        .order_by("id")
        .values_list(
            "visibility",
            "mail",
            "mail__message_id",
            "mail__subject",
            "incoming",
            "incoming__message_id",
            "incoming__mailbox__name",
            "incoming__mailbox__address",
            "incoming__mailbox__is_on",
        )
    )


def partner_numbers_of(ticket: Ticket, addresses: Sequence[str]) -> str:
    """Return the ticket's numbers in these addresses' ticket systems, as they write them in a
    subject, without those that the subject has already."""
    domains = {address.rpartition("@")[2].lower() for address in addresses}
    rows = ExternalReference.objects.filter(ticket=ticket, party__in=domains).order_by("pk")
    numbers = rows.values_list("number", flat=True)[:3]
    return "".join(f" [{number}]" for number in numbers if number not in ticket.subject)


def is_own_address(address: str, mailboxes: Collection[str]) -> bool:
    """Return whether the address is one of our mailboxes, with or without a signed part."""
    local, _at, domain = address.partition("@")
    return address in mailboxes or f"{local.partition('+')[0]}@{domain}" in mailboxes
