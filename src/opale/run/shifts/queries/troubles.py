"""Violations in the roster of a team, as far ahead as it is planned."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from opale.kernel.actor import Actor
from opale.organisation.models import Team
from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.queries.breaches import PersonBreach, breaches
from opale.run.shifts.queries.entries import Entry, entries
from opale.run.shifts.queries.needs import Requirement, gaps_of, requirements
from opale.run.shifts.queries.roster import absences

AHEAD = timedelta(weeks=52)
RULES_AHEAD = timedelta(weeks=8)
"""How far ahead working-time rules are checked: later duties are redrawn before they come."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An unmet need, two duties at a time, a duty during an absence, or a broken rule."""

    kind: Literal["gap", "double", "away", "rule"]
    span: Span
    need: Requirement | None = None
    entry: Entry | None = None
    other: Entry | None = None
    broken: PersonBreach | None = None


def troubles(
    team: Team, *, seen_by: Actor, at: datetime, drafts: bool = True, ahead: timedelta = AHEAD
) -> list[Trouble]:
    """Return all violations from `at` on, by their beginning."""
    span = Span(at, at + ahead)
    found = entries(span, seen_by=seen_by, team_id=team.pk, drafts=drafts)
    people = {entry.person_id for entry in found}
    everywhere = entries(span, seen_by=seen_by, people=people, drafts=drafts)
    missing = [
        Trouble("gap", gap, need=need)
        for need in requirements(team, seen_by=seen_by)
        for gap in gaps_of(need, found, span)
    ]
    soon = Span(at, at + min(ahead, RULES_AHEAD))
    broken = [
        Trouble("rule", one.breach.span, broken=one)
        for one in breaches(people, soon, drafts=drafts)
    ]
    away = _away(found, absences(people, span, seen_by=seen_by))
    return sorted(
        [*missing, *_doubles(everywhere), *away, *broken], key=lambda trouble: trouble.span
    )


def _doubles(found: Sequence[Entry]) -> Iterator[Trouble]:
    """Return two shifts, or two stand-bys, at a time; stand-by beside a shift is allowed."""
    own = defaultdict[tuple[int, str], list[Entry]](list)
    for entry in found:
        own[entry.person_id, entry.kind].append(entry)
    for theirs in own.values():
        longest = theirs[0]
        for entry in theirs[1:]:
            both = longest.span & entry.span
            if both.starts < both.ends:
                yield Trouble("double", both, entry=entry, other=longest)
            if entry.span.ends > longest.span.ends:
                longest = entry


def _away(found: Iterable[Entry], absent: dict[int, list[Span]]) -> Iterator[Trouble]:
    for entry in found:
        for span in absent.get(entry.person_id, ()):
            both = entry.span & span
            if both.starts < both.ends:
                yield Trouble("away", both, entry=entry)
