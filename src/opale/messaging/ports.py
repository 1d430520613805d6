"""What messaging needs from the apps above: a handler of incoming mails, and names of subjects."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

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
    "get_visible_subjects",
    "register_handler",
    "register_subject_resolver",
]


@dataclass(frozen=True, slots=True)
class HandlingResult:
    """The outcome of a mail. `origin` names what it became (`desk.ticket:123`), as OutgoingMail's.

    `reason` is one sentence for people: why this outcome, and no other.
    """

    outcome: Outcome
    reason: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class MailSubject:
    """The subject of a mail as shown to a person who may see it: `T-12`, its number, its page."""

    label: str
    number: int
    url: str


Handler = Callable[[IncomingMail, ParsedMail], HandlingResult]

SubjectResolver = Callable[[Collection[int], Actor], Mapping[int, MailSubject]]
"""Returns, of the ids of one kind of things, those that the actor may see."""

VisibleSubjects = Callable[[Actor], QuerySet[Any]]
"""Returns the things of one kind that the actor may see: those that the resolver names."""

_handler: list[Handler] = []
_tellers: dict[str, SubjectResolver] = {}
_visible: dict[str, VisibleSubjects] = {}


def register_handler(handler: Handler) -> None:
    """Register the one handler of incoming mails; called in the `apps.py` of the app that has it.

    It is called in a job, inside one transaction that also writes its results. An exception rolls
    back all it wrote and counts as an attempt; after three the mail goes to quarantine.
    It calls nothing outside the database. Copies of a mail that was handled never reach it;
    bounces do, after they were recorded on the mail that came back (`actions.record_bounce`).
    """
    _handler[:] = [handler]


def get_handler() -> Handler | None:
    return _handler[0] if _handler else None


def register_subject_resolver(
    kind: str, teller: SubjectResolver, visible: VisibleSubjects | None = None
) -> None:
    """Register how things of `kind` (`desk.ticket`, `desk.message`) are named in lists of mails.

    A mail whose subject a person may not see is shown to that person without its text, and found
    by none of it. Without `visible`, which says the same in SQL, no mail of the kind is found so.
    """
    _tellers[kind] = teller
    _visible.pop(kind, None)
    if visible is not None:
        _visible[kind] = visible


def get_subject_resolver(kind: str) -> SubjectResolver | None:
    return _tellers.get(kind)


def get_visible_subjects() -> Mapping[str, VisibleSubjects | None]:
    """Return, for each kind that has a resolver, what says in SQL which things an actor may see."""
    return {kind: _visible.get(kind) for kind in _tellers}
