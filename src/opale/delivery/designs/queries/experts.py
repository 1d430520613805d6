"""Candidates for the work of a design and the days they are free, by everybody's load.

Source: docs/rules/designs.md, "The check".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from opale.delivery.designs.queries.sizing import Piece
from opale.delivery.resources.queries.candidates import Need, qualified_people
from opale.kernel.actor import Actor
from opale.organisation.models import Person, Skill
from opale.organisation.queries.people import people
from opale.planning.task_schedule import PersonDays
from opale.reservations.queries.diary import Diary, diary
from opale.reservations.queries.load import with_calendars
from opale.reservations.queries.person_days import HORIZON_DAYS, free_hours, person_days

RoleKey = tuple[str, str, int]
"""A kind of team, a skill and its least level."""


@dataclass(frozen=True, slots=True)
class ExpertDays:
    """The person of a work package; `days` are first day, last day and hours a day."""

    person: Person
    days: tuple[tuple[date, date, float], ...]


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

    def days(self, *, sure: bool) -> dict[int, PersonDays]:
        return person_days(self.read, own=self.own, sure=sure)

    def able_to(self, piece: Piece) -> tuple[int, ...]:
        """Return who can do it, the least overqualified first."""
        levels = self.able[role_of(piece)]
        names = {key: self.read.pages[key].person.name for key in levels if key in self.read.pages}
        return tuple(sorted(names, key=lambda key: (levels[key], names[key], key)))


def role_of(piece: Piece) -> RoleKey:
    step = piece.copy.step
    return step.role, step.skill, max(step.level, 1)


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
