"""The roster of a team as a table: people down, days across, and what nobody covers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Literal

from opale.kernel.actor import Actor
from opale.organisation.models import Person, Team
from opale.run.shifts import cycles
from opale.run.shifts.cycles import Span
from opale.run.shifts.models import Duty
from opale.run.shifts.queries.duties import duties

DAYS = 7
Need = Literal["staffed", "triage", "manager"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A duty on one day of the table; None where it began earlier or goes on."""

    duty: Duty
    starts: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One person, and the duties of each day.

    A shift stands on the day on which it begins, or on the first one of the table; a duty of
    more than a day stands on each of its days.
    """

    person: Person
    days: list[list[Piece]]


@dataclass(frozen=True, slots=True)
class Roster:
    team: Team
    days: list[date]
    lines: list[Line]
    gaps: dict[Need, list[list[Span]]] = field(default_factory=dict)

    @property
    def uncovered(self) -> int:
        """How many spans nobody covers."""
        return sum(len(spans) for days in self.gaps.values() for spans in days)


def roster(team: Team, first: date, *, zone: tzinfo, seen_by: Actor, from_now: datetime) -> Roster:
    """The week from `first`. Gaps are those of the service desk, which is staffed at all hours.

    What is over (before `from_now`) is no gap any more: nobody can fill it.
    """
    days = [first + timedelta(days=n) for n in range(DAYS)]
    opens = [datetime.combine(day, time(), zone) for day in [*days, first + timedelta(days=DAYS)]]
    found = list(duties(seen_by=seen_by, team_id=team.pk, starts=opens[0], ends=opens[-1]))
    gaps: dict[Need, list[list[Span]]] = {}
    if team.kind == Team.Kind.SERVICE_DESK:
        begin = max(opens[0], from_now)
        for need, covering in _covering(found).items():
            missing = uncovered(covering, begin, opens[-1])
            gaps[need] = [_within(missing, *day) for day in pairwise(opens)]
    return Roster(team, days, _lines(found, opens), gaps)


def uncovered(running: Iterable[Duty], starts: datetime, ends: datetime) -> list[Span]:
    """The parts of a period in which none of the duties runs."""
    return cycles.uncovered((Span(duty.starts, duty.ends) for duty in running), starts, ends)


def _covering(found: Sequence[Duty]) -> dict[Need, list[Duty]]:
    working = [duty for duty in found if duty.person.left_on is None]
    return {
        "staffed": [duty for duty in working if duty.kind == Duty.Kind.STAFFED],
        "triage": [duty for duty in working if duty.role == Duty.Role.TRIAGE],
        "manager": [duty for duty in working if duty.role == Duty.Role.MANAGER],
    }


def _within(spans: Iterable[Span], starts: datetime, ends: datetime) -> list[Span]:
    """The parts of the spans that lie in one day."""
    return [
        Span(max(span.starts, starts), min(span.ends, ends))
        for span in spans
        if span.starts < ends and span.ends > starts
    ]


def _lines(found: Sequence[Duty], opens: list[datetime]) -> list[Line]:
    people = {duty.person_id: duty.person for duty in found}
    lines = []
    for person in sorted(people.values(), key=lambda p: p.name):
        own = [duty for duty in found if duty.person_id == person.pk]
        lines.append(Line(person, [_pieces(own, *day, opens[0]) for day in pairwise(opens)]))
    return lines


def _pieces(
    found: Sequence[Duty], starts: datetime, ends: datetime, first: datetime
) -> list[Piece]:
    pieces = []
    for duty in found:
        begun = max(duty.starts, first)
        if duty.short:
            if starts <= begun < ends:
                pieces.append(Piece(duty, duty.starts, duty.ends))
        elif duty.starts < ends and duty.ends > starts:
            pieces.append(
                Piece(
                    duty,
                    duty.starts if duty.starts >= starts else None,
                    duty.ends if duty.ends <= ends else None,
                )
            )
    return pieces
