"""Reading what came in."""

from opale.kernel.errors import NotFound
from opale.kernel.files import open_kept
from opale.messaging.models import IncomingMail, Mailbox, RawMail
from opale.messaging.reply_tokens import MARKED


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
        with open_kept(mail.raw_key) as kept:
            content: bytes = kept.read()
            return content
    body = RawMail.objects.filter(pk=mail.pk).values_list("body", flat=True).first()
    if body is None:
        raise NotFound
    return bytes(body)
