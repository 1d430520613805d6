"""Queries on incoming mails and mailboxes."""

from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed, NotFound
from opale.kernel.files import open_stored
from opale.messaging import rights
from opale.messaging.models import (
    IncomingMail,
    IncomingMailQuerySet,
    Mailbox,
    MailboxQuerySet,
    RawMail,
)
from opale.messaging.queries.reply_tokens import MARKED
from opale.messaging.queries.visible_mails import VisibleMail, visible_mails, without_hidden
from opale.messaging.states import IncomingState


def mailbox_at(address: str) -> Mailbox | None:
    """Return the mailbox that takes mail for this address, with or without a "+" suffix."""
    plain = address.strip().strip("<>").lower()
    local, _, domain = plain.rpartition("@")
    asked = [plain, *(f"{base}@{domain}" for base in (MARKED.sub("", local), local.split("+")[0]))]
    found = {box.address: box for box in Mailbox.objects.filter(address__in=asked)}
    return next((found[address] for address in asked if address in found), None)


def raw_of(mail: IncomingMail) -> bytes:
    """Return the mail as it came, to the byte. Errors: NotFound, FileNotFoundError."""
    if mail.raw_key:
        with open_stored(mail.raw_key) as kept:
            content: bytes = kept.read()
            return content
    body = RawMail.objects.filter(pk=mail.pk).values_list("body", flat=True).first()
    if body is None:
        raise NotFound
    return bytes(body)


def mailboxes(*, seen_by: Actor) -> MailboxQuerySet:
    return Mailbox.objects.visible_to(seen_by)


def get_mailbox(mailbox_id: int, *, seen_by: Actor) -> Mailbox:
    """Return a mailbox. Errors: NotFound."""
    found = mailboxes(seen_by=seen_by).filter(pk=mailbox_id).first()
    if found is None:
        raise NotFound
    return found


def incoming_mails(
    *,
    seen_by: Actor,
    message_id: str = "",
    outcome: str = "",
    state: str = "",
    mailbox: str = "",
    sender: str = "",
    text: str = "",
) -> IncomingMailQuerySet:
    """Return incoming mails by filters; `mailbox` and `sender` are addresses.

    `message_id` is with or without its brackets. `text` is a Message-ID or the address of a sender.
    With one of these, mails of which the actor may not read them are left out: to find a mail by
    its sender is to learn it.
    """
    rows = IncomingMail.objects.visible_to(seen_by).select_related("mailbox")
    if message_id or sender or text:
        rows = without_hidden(rows, seen_by=seen_by)
    if message_id:
        rows = rows.filter(message_id=f"<{message_id.strip().strip('<>')}>")
    if outcome:
        rows = rows.filter(outcome=outcome)
    if state:
        rows = rows.filter(state=state)
    if mailbox:
        rows = rows.filter(mailbox__address=mailbox.strip().lower())
    if sender:
        rows = rows.filter(from_address=sender.strip().strip("<>").lower())
    if text:
        plain = text.strip().strip("<>")
        rows = rows.filter(Q(message_id=f"<{plain}>") | Q(from_address=plain.lower()))
    return rows


def get_incoming_mail(mail_id: int, *, seen_by: Actor) -> IncomingMail:
    """Return an incoming mail. Errors: NotFound."""
    mail = incoming_mails(seen_by=seen_by).filter(pk=mail_id).first()
    if mail is None:
        raise NotFound
    return mail


def quarantined(actor: Actor) -> IncomingMailQuerySet:
    """Return the mails in quarantine, for the rail."""
    return incoming_mails(seen_by=actor, state=IncomingState.QUARANTINED)


def original_of(mail: IncomingMail, *, seen_by: Actor) -> bytes:
    """Return the original of a mail that is part of nothing yet, or of a thing the actor may see.

    Errors: NotAllowed, NotFound.
    """
    if not may_open_original(visible_mails([mail], seen_by=seen_by)[0], seen_by):
        raise NotAllowed
    return raw_of(mail)


def may_open_original(one: VisibleMail[IncomingMail], actor: Actor) -> bool:
    if actor.can(rights.RAW):
        return True
    return actor.can(rights.REPLAY) and not one.is_hidden


def may_replay(actor: Actor) -> bool:
    return actor.can(rights.REPLAY)


def copies_of(mail: IncomingMail, *, seen_by: Actor) -> IncomingMailQuerySet:
    """Return the same message by other routes, or other mails under its Message-ID."""
    same = Q(content_hash=mail.content_hash)
    if mail.message_id:
        same |= Q(message_id=mail.message_id)
    return incoming_mails(seen_by=seen_by).filter(same).exclude(pk=mail.pk)
