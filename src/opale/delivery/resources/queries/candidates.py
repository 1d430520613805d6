"""Candidates for some work: when each would finish, and what that would move.

Source: docs/rules/resource-requests.md, "Candidates".
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import Q

from opale.delivery.resources.queries.time_slots import MovedWork, SlotOption, slot_options
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.organisation.models import Membership, Person, PersonSkill, Skill, Team
from opale.organisation.queries.people import people
from opale.reservations.queries.diary import Diary, diary
from opale.reservations.queries.load import with_calendars

MOST: Final = 5
HORIZON_DAYS: Final = 182
"""The days after the wished end that are searched."""
LEVEL_PRICE: Final = 0.05
"""The share of the hours that each level above the needed one costs: experts are scarce."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Hours needed of a person of a kind of team with a skill, between two days."""

    hours: Decimal
    since: date
    last: date
    skill: Skill | None = None
    level: int = 1
    kind: str = ""
    team: Team | None = None


@dataclass(frozen=True, slots=True)
class MovedReservation:
    """A reservation that would end later; `days` is None where no other place is found."""

    reservation_id: int
    purpose: str
    tentative: bool
    days: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person with the days, and the cost in hours with its parts."""

    person: Person
    level: int
    stretches: tuple[tuple[date, date, float], ...]
    late: int
    moved: tuple[MovedReservation, ...]
    cost: float
    level_cost: float

    @property
    def since(self) -> date:
        return self.stretches[0][0]

    @property
    def last(self) -> date:
        return self.stretches[-1][1]


def candidates(need: Need, *, seen_by: Actor, most: int | None = MOST) -> list[Candidate]:
    """Return the candidates, cheapest first, each person once with the cheapest option."""
    levels = qualified_people(need, seen_by)
    rows = list(with_calendars(people(seen_by=seen_by).filter(pk__in=levels)))
    days = (need.last - need.since).days + 1 + HORIZON_DAYS
    read = diary(rows, since=need.since, days=days)
    found = []
    for pages in read.pages.values():
        ways = slot_options(
            pages, float(need.hours), begins=0, wished=(need.last - need.since).days + 1
        )
        if ways:
            found.append(
                min(
                    (
                        _candidate(pages.person, way, read, levels[pages.person.pk], need)
                        for way in ways
                    ),
                    key=_rank,
                )
            )
    found.sort(key=_rank)
    return found if most is None else found[:most]


def _rank(one: Candidate) -> tuple[float, date, str, int]:
    return one.cost, one.last, one.person.name, one.person.pk


def qualified_people(need: Need, seen_by: Actor) -> dict[int, int]:
    """Return the level of each person of the team or kind who has the skill for the whole
    period."""
    places = Membership.objects.visible_to(seen_by).filter(
        period__contains=clock.now(), team__closed_on=None, person__left_on=None
    )
    if need.team is not None:
        places = places.filter(team=need.team)
    elif need.kind:
        places = places.filter(team__kind=need.kind)
    keys = set(places.values_list("person_id", flat=True))
    if need.skill is None:
        return dict.fromkeys(keys, need.level)
    valid = Q(valid_until=None) | Q(valid_until__gte=need.last)
    held = PersonSkill.objects.visible_to(seen_by).filter(
        valid, skill=need.skill, level__gte=need.level, person_id__in=keys
    )
    return dict(held.values_list("person_id", "level"))


def _candidate(person: Person, way: SlotOption, read: Diary, level: int, need: Need) -> Candidate:
    above = LEVEL_PRICE * (level - need.level) * float(need.hours)
    return Candidate(
        person,
        level,
        tuple(
            (read.day(one.begins), read.day(one.after - 1), one.hours) for one in way.fit.stretches
        ),
        way.late,
        tuple(map(_shift, way.moved)),
        round(way.cost + above, 1),
        round(above, 1),
    )


def _shift(moved: MovedWork) -> MovedReservation:
    entry = moved.entry
    return MovedReservation(
        entry.reservation_id, entry.purpose, entry.tentative, moved.days if moved.placed else None
    )
