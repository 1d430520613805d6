"""What messaging needs from the rooms above: somebody who handles what came in."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from opale.kernel.actor import Actor
from opale.messaging.domain.mail_parser.parsed_mail import ParsedMail, Part
from opale.messaging.models import IncomingMail
from opale.messaging.states import Outcome

__all__ = [
    "Handler",
    "HandlingResult",
    "MailSubject",
    "ParsedMail",
    "Part",
    "SubjectResolver",
    "get_handler",
    "get_subject_resolver",
    "register_handler",
    "register_subject_resolver",
]


@dataclass(frozen=True, slots=True)
class HandlingResult:
    """What became of a mail. `origin` names the thing (`desk.ticket:123`), as OutgoingMail's.

    `reason` is one sentence for people: why this, and no other.
    """

    outcome: Outcome
    reason: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class MailSubject:
    """What a mail became, as somebody who may see it is told: `T-12`, its number, its page."""

    label: str
    number: int
    url: str


Handler = Callable[[IncomingMail, ParsedMail], HandlingResult]

SubjectResolver = Callable[[Collection[int], Actor], Mapping[int, MailSubject]]
"""Of the ids of one kind of things, those that the actor may see."""

_handler: list[Handler] = []
_tellers: dict[str, SubjectResolver] = {}


def register_handler(handler: Handler) -> None:
    """Called in the `apps.py` of the room that understands mails; there is one.

    It is called in a job, inside one transaction that also writes what came of it. What it raises
    rolls back all it wrote and counts as an attempt; after three the mail stands in quarantine.
    It calls nothing outside the database. Copies of a mail that was handled never reach it;
    bounces do, after the mail that came back was told so (`actions.note_bounce`).
    """
    _handler[:] = [handler]


def get_handler() -> Handler | None:
    return _handler[0] if _handler else None


def register_subject_resolver(kind: str, teller: SubjectResolver) -> None:
    """Name the things of `kind` (`desk.ticket`, `desk.message`) where mails are listed, in and out.

    A mail whose thing is not told to somebody is shown to him without its words.
    """
    _tellers[kind] = teller


def get_subject_resolver(kind: str) -> SubjectResolver | None:
    return _tellers.get(kind)
