"""What messaging needs from the rooms above: somebody who handles what came in."""

from collections.abc import Callable
from dataclasses import dataclass

from opale.messaging.incoming import ParsedMail, Part
from opale.messaging.models import IncomingMail
from opale.messaging.states import Outcome

__all__ = ["Handled", "Handler", "ParsedMail", "Part", "handle_by", "handler"]


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of a mail. `origin` names the thing (`desk.ticket:123`), as OutgoingMail's.

    `reason` is one sentence for people: why this, and no other.
    """

    outcome: Outcome
    reason: str = ""
    origin: str = ""


Handler = Callable[[IncomingMail, ParsedMail], Handled]

_handler: list[Handler] = []


def handle_by(handler: Handler) -> None:
    """Called in the `apps.py` of the room that understands mails; there is one.

    It is called in a job, inside one transaction that also writes what came of it. What it raises
    rolls back all it wrote and counts as an attempt; after three the mail stands in quarantine.
    It calls nothing outside the database. Copies of a mail that was handled never reach it;
    bounces do, after the mail that came back was told so (`actions.note_bounce`).
    """
    _handler[:] = [handler]


def handler() -> Handler | None:
    return _handler[0] if _handler else None
