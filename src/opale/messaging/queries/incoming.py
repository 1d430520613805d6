"""Reading what came in, and the mailboxes."""

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
from opale.messaging.queries.visible_mails import VisibleMail, visible_mails
from opale.messaging.states import IncomingState


def mailbox_at(address: str) -> Mailbox | None:
    """The mailbox that takes mail for this address, with or without what was added to its name."""
    plain = address.strip().strip("<>").lower()
    local, _, domain = plain.rpartition("@")
    asked = [plain, *(f"{base}@{domain}" for base in (MARKED.sub("", local), local.split("+")[0]))]
    found = {box.address: box for box in Mailbox.objects.filter(address__in=asked)}
    return next((found[address] for address in asked if address in found), None)


def raw_of(mail: IncomingMail) -> bytes:
    """The mail as it came, to the byte. Errors: NotFound, FileNotFoundError."""
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
    """Errors: NotFound."""
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
    """`message_id` with or without its brackets; `mailbox` and `sender` are addresses.

    `text` is what somebody looks for: a Message-ID or the address of a sender.
    """
    rows = IncomingMail.objects.visible_to(seen_by).select_related("mailbox")
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
    """Errors: NotFound."""
    mail = incoming_mails(seen_by=seen_by).filter(pk=mail_id).first()
    if mail is None:
        raise NotFound
    return mail


def quarantined(actor: Actor) -> IncomingMailQuerySet:
    """For the rail: what waits for somebody to look at it."""
    return incoming_mails(seen_by=actor, state=IncomingState.QUARANTINED)


def original_of(mail: IncomingMail, *, seen_by: Actor) -> bytes:
    """The original, for who may open it: that of a mail that is nobody's yet, or of a thing seen.

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
    """The same message by other routes, or other mails under its Message-ID."""
    same = Q(content_hash=mail.content_hash)
    if mail.message_id:
        same |= Q(message_id=mail.message_id)
    return incoming_mails(seen_by=seen_by).filter(same).exclude(pk=mail.pk)
