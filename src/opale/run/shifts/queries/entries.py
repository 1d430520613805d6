"""Roster entries: duties and drafts in one form, without their rows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from opale.kernel.actor import Actor
from opale.run.shifts import rights
from opale.run.shifts.domain.cycles import DAY, Span
from opale.run.shifts.models import Duty, PlannedDuty

ROLE_LABELS: dict[str, str | Promise] = {role.value: role.label for role in Duty.Role}
KIND_LABELS: dict[str, str | Promise] = {kind.value: kind.label for kind in Duty.Kind}


@dataclass(frozen=True, slots=True)
class Entry:
    """A duty, or a draft of one (`draft`): its person, role, team and period."""

    key: int
    draft: bool
    person_id: int
    name: str
    left_on: date | None
    team_id: int
    team: str
    kind: str
    role: str
    span: Span
    by_hand: bool = False

    @property
    def short(self) -> bool:
        """Whether its end is clear without naming the day."""
        return self.span.length <= DAY

    @property
    def staffed(self) -> bool:
        return self.kind == Duty.Kind.STAFFED

    @property
    def role_label(self) -> str | Promise:
        return ROLE_LABELS[self.role]

    @property
    def kind_label(self) -> str | Promise:
        return KIND_LABELS[self.kind]


def entries(
    span: Span,
    *,
    seen_by: Actor,
    team_id: int | None = None,
    people: Collection[int] | None = None,
    drafts: bool = False,
) -> list[Entry]:
    """Return the entries that touch a span, by their beginning. Drafts are for who plans."""
    duties = Duty.objects.visible_to(seen_by).filter(_touching(span, people))
    if team_id is not None:
        duties = duties.filter(team_id=team_id)
    found = [_entry(row, draft=False) for row in _values(duties, "")]
    if drafts and seen_by.can(rights.EDIT):
        planned = PlannedDuty.objects.visible_to(seen_by).awaiting()
        planned = planned.filter(_touching(span, people), person__left_on=None)
        if team_id is not None:
            planned = planned.filter(pattern__team_id=team_id)
        found += [_entry(row, draft=True) for row in _values(planned, "pattern__", "state")]
    return sorted(found, key=lambda entry: (entry.span, entry.draft, entry.key))


def _touching(span: Span, people: Collection[int] | None) -> Q:
    touching = Q(period__overlap=(span.starts, span.ends))
    return touching if people is None else touching & Q(person_id__in=people)


def _values(rows: QuerySet[Any], path: str, *more: str) -> Iterable[tuple[Any, ...]]:
    return rows.order_by().values_list(
        *("pk", "person_id", "person__name", "person__left_on", f"{path}team_id"),
        *(f"{path}team__name", f"{path}kind", f"{path}role", "period", *more),
    )


def _entry(row: tuple[Any, ...], *, draft: bool) -> Entry:
    key, person_id, name, left_on, team_id, team, kind, role, period, *state = row
    span = Span(period.lower, period.upper)
    by_hand = state == ["kept"]
    return Entry(key, draft, person_id, name, left_on, team_id, team, kind, role, span, by_hand)
