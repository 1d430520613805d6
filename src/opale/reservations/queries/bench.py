"""The bench: people of BUILD with free time in the coming weeks, and its suggested use.

Source: docs/rules/reservations.md, "Available people".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.organisation.models import Membership, Person
from opale.organisation.queries.people import people
from opale.reservations.queries.load import NOTHING, LoadMap, Row, load_of, with_calendars

WEEKS: Final = 4
LEAST_SHARE: Final = 40
"""Per cent of a person's available hours in these weeks that must be free."""
RUN_IS_FULL: Final = 85
BENCHED: Final = frozenset({"build_engineer", "provisioner"})
OF_RUN: Final = frozenset({"run_engineer", "desk_agent"})


class Use(StrEnum):
    RESEARCH = "research"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class AvailablePerson:
    """A person with free time: `hours` in all, `a_day` of them on each day."""

    person: Person
    hours: Decimal
    a_day: Decimal
    share: int
    use: Use


@dataclass(frozen=True, slots=True)
class Bench:
    """The people with most free time first; `run_share` is RUN's load in the same weeks."""

    people: tuple[AvailablePerson, ...]
    run_share: int


def bench(found: LoadMap, *, seen_by: Actor) -> Bench:
    """Return the bench of BUILD in the first weeks of the map; it is suggested to RUN while all of
    RUN is full, whoever is on the map."""
    places = _functions(found.rows, seen_by)
    run_share = _run_share(found, seen_by)
    use = Use.RUN if run_share >= RUN_IS_FULL else Use.RESEARCH
    free = []
    for row in found.rows:
        if not places.get(row.person.pk, set()) & BENCHED:
            continue
        weeks = row.weeks[:WEEKS]
        available = sum((week.available for week in weeks), NOTHING)
        hours = sum((week.free for week in weeks), NOTHING)
        share = int(hours * 100 / available) if available else 0
        if share >= LEAST_SHARE:
            free.append(AvailablePerson(row.person, hours, _a_day(row), share, use))
    free.sort(key=lambda one: (-one.hours, one.person.name))
    return Bench(tuple(free), run_share)


def _functions(rows: Iterable[Row], seen_by: Actor) -> dict[int, set[str]]:
    held = Membership.objects.visible_to(seen_by).filter(
        person__in=[row.person.pk for row in rows],
        period__contains=clock.now(),
        function__in=BENCHED,
        team__closed_on=None,
    )
    found: dict[int, set[str]] = {}
    for person_id, function in held.values_list("person_id", "function"):
        found.setdefault(person_id, set()).add(function)
    return found


def _run_share(found: LoadMap, seen_by: Actor) -> int:
    """Return how much of the hours of RUN is booked, in per cent."""
    held = Membership.objects.visible_to(seen_by).filter(
        period__contains=clock.now(), function__in=OF_RUN, team__closed_on=None
    )
    rows = with_calendars(people(seen_by=seen_by).filter(pk__in=held.values("person_id")))
    loads = load_of(rows, since=found.weeks[0], weeks=min(WEEKS, len(found.weeks)))
    weeks = [week for row in loads.rows for week in row.weeks]
    available = sum((week.available for week in weeks), NOTHING)
    booked = sum((week.booked for week in weeks), NOTHING)
    return int(booked * 100 / available) if available else 0


def _a_day(row: Row) -> Decimal:
    """Return the free hours of an average day, rounded down to half hours so that they can be
    reserved."""
    weeks = row.weeks[:WEEKS]
    given = sum((week.given for week in weeks), NOTHING)
    free = sum((week.free for week in weeks), NOTHING)
    days = given / 8
    return (free / days * 2).to_integral_value(rounding="ROUND_FLOOR") / 2 if days else NOTHING
