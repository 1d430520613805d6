"""Mails as an actor may see them: their text only if the actor may see their subject."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from opale.kernel.actor import Actor
from opale.messaging import ports, rights
from opale.messaging.models import IncomingMail, OutgoingMail
from opale.messaging.ports import MailSubject

M = TypeVar("M", IncomingMail, OutgoingMail)


@dataclass(frozen=True, slots=True)
class VisibleMail(Generic[M]):
    """A mail as an actor sees it. `is_hidden`: the actor may see neither subject nor text."""

    mail: M
    thing: MailSubject | None
    is_hidden: bool


def visible_mails(mails: Iterable[M], *, seen_by: Actor) -> list[VisibleMail[M]]:
    """Return mails with their subjects where visible: one query for each kind of subject."""
    rows = list(mails)
    asked: dict[str, dict[int, MailSubject | None]] = {}
    for mail in rows:
        kind, pk = _parts(mail.origin)
        if pk:
            asked.setdefault(kind, {})[pk] = None
    seen: dict[str, Mapping[int, MailSubject]] = {
        kind: teller(ids, seen_by)
        for kind, ids in asked.items()
        if (teller := ports.get_subject_resolver(kind)) is not None
    }
    found = []
    for mail in rows:
        kind, pk = _parts(mail.origin)
        thing = seen.get(kind, {}).get(pk)
        is_hidden = kind in seen and thing is None and not seen_by.can(rights.RAW)
        found.append(VisibleMail(mail, thing, is_hidden))
    return found


def _parts(origin: str) -> tuple[str, int]:
    kind, _, number = origin.partition(":")
    return kind, int(number) if number.isdecimal() and len(number) < 19 else 0
