"""Candidates for the work of a design and the days they are free, by everybody's load.

Source: docs/rules/designs.md, "The check".
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Final

from opale.delivery.designs.queries.sizing import Piece
from opale.delivery.resources.queries.candidates import Need, qualified_people
from opale.kernel.actor import Actor
from opale.organisation.models import Person, Skill
from opale.organisation.queries.people import people
from opale.planning.hour_allocation import Fit, earliest_fit
from opale.reservations.queries.diary import Diary, diary
from opale.reservations.queries.load import with_calendars

HORIZON_DAYS: Final = 420
"""The days that are searched."""
RoleKey = tuple[str, str, int]
"""A kind of team, a skill and its least level."""


@dataclass(frozen=True, slots=True)
class ExpertDays:
    """A work package with a person's days. `begins` and `ends` are days of the calendar."""

    person: Person
    begins: date
    ends: date
    days: tuple[tuple[date, date, float], ...]
    """First day, last day and hours a day of each stretch."""


class ExpertPool:
    """The people who can do some work of the design, and their free hours.

    With `sure`, others' tentative reservations count in full, else by probability. The design's own
    reservations count as free.
    """

    def __init__(
        self, pieces: Collection[Piece], *, since: date, own: Collection[int], seen_by: Actor
    ) -> None:
        skills = {row.name: row for row in Skill.objects.all()}
        self.able: dict[RoleKey, dict[int, int]] = {}
        for piece in pieces:
            wish = role_of(piece)
            if piece.staffed and wish not in self.able:
                self.able[wish] = _able(wish, skills, since, seen_by)
        keys = {key for levels in self.able.values() for key in levels}
        rows = list(with_calendars(people(seen_by=seen_by).filter(pk__in=keys)))
        self.read: Diary = diary(rows, since=since, days=HORIZON_DAYS)
        self.own = frozenset(own)

    def free(self, *, sure: bool) -> dict[int, list[float]]:
        return {key: free_hours(self.read, key, self.own, sure=sure) for key in self.read.pages}

    def place(
        self, piece: Piece, begins: date, free: Mapping[int, list[float]]
    ) -> ExpertDays | None:
        """Place work with the person done first; among equals, the one least overqualified."""
        wish = role_of(piece)
        hours = float(piece.copy.step.hours)
        best: tuple[tuple[int, int, str], int, Fit] | None = None
        for key, level in self.able[wish].items():
            pages = self.read.pages.get(key)
            if pages is None:
                continue
            fit = earliest_fit(pages.given, free[key], hours, begins=self.read.place(begins))
            if fit is None:
                continue
            rank = (fit.after, level, pages.person.name)
            if best is None or rank < best[0]:
                best = rank, key, fit
        if best is None:
            return None
        _rank, key, fit = best
        for place in _places(fit, self.read.pages[key].given):
            free[key][place[0]] -= place[1]
        return ExpertDays(
            self.read.pages[key].person,
            self.read.day(fit.begins),
            self.read.day(fit.after - 1),
            tuple(
                (self.read.day(one.begins), self.read.day(one.after - 1), one.hours)
                for one in fit.stretches
            ),
        )


def role_of(piece: Piece) -> RoleKey:
    step = piece.copy.step
    return step.role, step.skill, max(step.level, 1)


def free_hours(read: Diary, key: int, own: frozenset[int], *, sure: bool) -> list[float]:
    """Return a person's free hours by day, for a design that holds the reservations `own`."""
    pages = read.pages[key]
    found = list(pages.free)
    for entry in pages.entries:
        if entry.reservation_id in own:
            back = entry.hours
        elif entry.tentative and not sure:
            back = entry.hours * (100 - entry.probability) / 100
        else:
            continue
        for place in range(entry.begins, entry.after):
            found[place] += back
    return found


def digest_of(read: Diary, key: int, own: frozenset[int], until: date) -> str:
    """Return a digest of a person's free hours until a day."""
    free = free_hours(read, key, own, sure=False)[: max(0, read.place(until) + 1)]
    said = ",".join(f"{hours:.2f}" for hours in free)
    return sha256(said.encode()).hexdigest()[:16]


def _able(
    wish: RoleKey, skills: Mapping[str, Skill], since: date, seen_by: Actor
) -> dict[int, int]:
    kind, name, level = wish
    skill = skills.get(name)
    if name and skill is None:
        return {}
    need = Need(
        hours=Decimal(1),
        since=since,
        last=since + timedelta(days=91),
        skill=skill,
        level=level,
        kind=kind,
    )
    return qualified_people(need, seen_by)


def _places(fit: Fit, given: Collection[float]) -> Iterator[tuple[int, float]]:
    opened = tuple(given)
    for one in fit.stretches:
        for place in range(one.begins, one.after):
            if opened[place] > 0:
                yield place, one.hours
