"""The mails of a message: one for a person's message, one per recipient for a notice."""

from collections.abc import Iterable

from opale.messaging.models import OutgoingMail
from opale.run.desk.models import Message

MESSAGE_ORIGIN_PREFIX = "desk.message:"


def origin_of_message(message_id: int) -> str:
    """Return the origin by which the mails of a message are known."""
    return f"{MESSAGE_ORIGIN_PREFIX}{message_id}"


def message_id_of_origin(origin: str) -> int:
    """Return the message of a mail with this origin; 0 where there is none."""
    key = origin.removeprefix(MESSAGE_ORIGIN_PREFIX)
    return int(key) if origin.startswith(MESSAGE_ORIGIN_PREFIX) and key.isdigit() else 0


def mails_of(messages: Iterable[Message]) -> dict[int, list[OutgoingMail]]:
    """Return the mails of each message, in the order in which they were written."""
    origins = [origin_of_message(message.pk) for message in messages]
    found: dict[int, list[OutgoingMail]] = {}
    for mail in OutgoingMail.objects.filter(origin__in=origins).order_by("pk"):
        found.setdefault(message_id_of_origin(mail.origin), []).append(mail)
    return found
