"""Mails as an actor may see them: their text only if the actor may see their subject."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    Func,
    OuterRef,
    Q,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast

from opale.kernel.actor import Actor
from opale.messaging import ports, rights
from opale.messaging.models import IncomingMail, IncomingMailQuerySet, OutgoingMail
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


def without_hidden(rows: IncomingMailQuerySet, *, seen_by: Actor) -> IncomingMailQuerySet:
    """Return the mails that `visible_mails` does not hide, where a filter would reveal the text."""
    if seen_by.can(rights.RAW):
        return rows
    # Origins of other kinds hold no number: the CASE keeps them from the cast.
    number = Cast(SplitPart("origin"), BigIntegerField())
    numbered = Q(origin__regex=r"^[^:]+:[0-9]{1,18}$")
    rows = rows.alias(subject_id=Case(When(numbered, then=number), default=Value(0)))
    for kind, visible in ports.get_visible_subjects().items():
        hidden = Q(origin__startswith=f"{kind}:", subject_id__gt=0)
        if visible is not None:
            hidden &= Q(~Exists(visible(seen_by).filter(pk=OuterRef("subject_id"))))
        rows = rows.exclude(hidden)
    return rows


class SplitPart(Func):
    """The part of an origin after its colon."""

    function = "split_part"
    template = "%(function)s(%(expressions)s, ':', 2)"
    output_field = TextField()


def _parts(origin: str) -> tuple[str, int]:
    kind, _, number = origin.partition(":")
    return kind, int(number) if number.isdecimal() and len(number) < 19 else 0
