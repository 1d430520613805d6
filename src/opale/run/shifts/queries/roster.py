"""The roster of a team as a table: people down, days across, and uncovered needs."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from opale.kernel.actor import Actor
from opale.organisation.models import Absence, Team
from opale.run.shifts.domain.cycles import Span, intersections
from opale.run.shifts.queries.entries import Entry, entries
from opale.run.shifts.queries.needs import Requirement, gaps_of, requirements

DAYS = 7


@dataclass(frozen=True, slots=True)
class DayEntry:
    """An entry on one day of the table; None for a start before that day or an end after it."""

    entry: Entry
    starts: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One person, the duties of each day, and the days of absence.

    A shift is on the day on which it begins, or on the first one of the table; a duty of more
    than a day is on each of its days.
    """

    person_id: int
    name: str
    days: list[list[DayEntry]]
    away: list[bool]

    @property
    def hours(self) -> timedelta:
        """Hours on shift in the table."""
        own = {piece.entry for day in self.days for piece in day if piece.entry.staffed}
        return sum((entry.span.length for entry in own), timedelta())


@dataclass(frozen=True, slots=True)
class MissingCover:
    """The uncovered spans of one need, by day."""

    need: Requirement
    days: list[list[Span]]


@dataclass(frozen=True, slots=True)
class Roster:
    team: Team
    days: list[date]
    lines: list[RosterLine]
    missing: list[MissingCover] = field(default_factory=list)
    drafts: int = 0

    @property
    def uncovered(self) -> int:
        """How many spans are uncovered."""
        return sum(len(spans) for need in self.missing for spans in need.days)


def roster(
    team: Team,
    first: date,
    *,
    zone: tzinfo,
    seen_by: Actor,
    from_now: datetime,
    days: int = DAYS,
    drafts: bool = False,
) -> Roster:
    """Return the roster of so many days from `first`. With `drafts`, as once published.

    Past time (before `from_now`) counts as no gap: nobody can fill it.
    """
    shown = [first + timedelta(days=n) for n in range(days)]
    midnights = [*shown, first + timedelta(days=days)]
    opens = [datetime.combine(day, time(), zone) for day in midnights]
    span = Span(opens[0], opens[-1])
    found = entries(span, seen_by=seen_by, team_id=team.pk, drafts=drafts)
    begin = max(span.starts, from_now)
    missing = []
    for need in requirements(team, seen_by=seen_by):
        spans = gaps_of(need, found, Span(begin, span.ends)) if begin < span.ends else []
        missing.append(
            MissingCover(need, [intersections(Span(*day), spans) for day in pairwise(opens)])
        )
    away = _away({entry.person_id for entry in found}, opens, seen_by=seen_by)
    waiting = sum(entry.draft for entry in found)
    return Roster(team, shown, _lines(found, opens, away), missing, waiting)


def absences(people: Iterable[int], span: Span, *, seen_by: Actor) -> dict[int, list[Span]]:
    """Return the absences of these people in a period."""
    away = defaultdict[int, list[Span]](list)
    rows = Absence.objects.visible_to(seen_by).filter(
        person__in=set(people), period__overlap=(span.starts, span.ends)
    )
    for person, period in rows.values_list("person_id", "period"):
        away[person].append(Span(period.lower, period.upper))
    return away


def _away(
    people: Iterable[int], opens: Sequence[datetime], *, seen_by: Actor
) -> dict[int, list[bool]]:
    found = absences(people, Span(opens[0], opens[-1]), seen_by=seen_by)
    return {
        person: [bool(intersections(Span(*day), spans)) for day in pairwise(opens)]
        for person, spans in found.items()
    }


def _lines(
    found: Sequence[Entry], opens: list[datetime], away: dict[int, list[bool]]
) -> list[RosterLine]:
    by_person = defaultdict[tuple[str, int], list[Entry]](list)
    for entry in found:
        by_person[entry.name, entry.person_id].append(entry)
    present = [False] * (len(opens) - 1)
    return [
        RosterLine(key, name, _days(own, opens), away.get(key, present))
        for (name, key), own in sorted(by_person.items())
    ]


def _days(own: Sequence[Entry], opens: list[datetime]) -> list[list[DayEntry]]:
    days: list[list[DayEntry]] = [[] for _ in opens[1:]]
    for entry in own:
        for place, (starts, ends) in enumerate(pairwise(opens)):
            piece = _piece(entry, starts, ends, opens[0])
            if piece is not None:
                days[place].append(piece)
    return days


def _piece(entry: Entry, starts: datetime, ends: datetime, first: datetime) -> DayEntry | None:
    span = entry.span
    if entry.short:
        here = starts <= max(span.starts, first) < ends
        return DayEntry(entry, span.starts, span.ends) if here else None
    if span.starts >= ends or span.ends <= starts:
        return None
    return DayEntry(
        entry,
        span.starts if span.starts >= starts else None,
        span.ends if span.ends <= ends else None,
    )
