"""Port for apps whose work the planner schedules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from opale.kernel.actor import Actor
from opale.organisation.models import Person

PlannedDays = Sequence[tuple[date, date, float]]
"""First day, last day and hours a day of each stretch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Hours of work for a person of a kind of team with a skill. `key` names it in its app for
    ever.

    `reservation_id` is the reservation that it has already. `not_before` waits for a supplier or a
    customer; `after` are the keys of its predecessors, each with days between; `frozen` are
    stretches of days without changes, both days included. `fixed` work is not moved.
    """

    key: str
    purpose: str
    hours: Decimal
    kind: str = ""
    skill_id: int | None = None
    level: int = 1
    reservation_id: int | None = None
    not_before: date | None = None
    wished: date | None = None
    after: tuple[tuple[str, int], ...] = ()
    frozen: tuple[tuple[date, date], ...] = ()
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The earliest and wished days of work that is already reserved or requested.

    As in `Work`; `after` are the sources of its predecessors, each with days between.
    """

    not_before: date | None = None
    wished: date | None = None
    after: tuple[tuple[str, int], ...] = ()
    frozen: tuple[tuple[date, date], ...] = ()
    fixed: bool = False


class ReservedWork(Protocol):
    """An app that knows the work behind reservations, by the reservation's `source`."""

    def planned(self, sources: Collection[str], *, seen_by: Actor) -> Mapping[str, Planned]:
        """Return the constraints of those sources that belong to this app."""


class WorkSource(Protocol):
    """An app whose work is planned; all its keys begin with `prefix`."""

    prefix: str

    def open_work(self, *, seen_by: Actor, since: date, until: date) -> Sequence[Work]:
        """Return the uncompleted work of these days, reserved or not."""

    def take(self, key: str, person: Person, days: PlannedDays, *, by: Actor) -> None:
        """Reserve a person for unstaffed work, on all of the days or none.

        Errors: NotFound, NotAllowed, IllegalMove, Conflict.
        """


_known: list[ReservedWork] = []
_sources: list[WorkSource] = []


def register(room: ReservedWork) -> None:
    """Register an app that knows its reserved work; called once, when Opale starts."""
    _known.append(room)


def register_source(source: WorkSource) -> None:
    """Register an app with work to be staffed; called once, when Opale starts."""
    _sources.append(source)


def planned_by(sources: Collection[str], *, seen_by: Actor) -> Mapping[str, Planned]:
    found: dict[str, Planned] = {}
    for room in _known:
        found |= room.planned(sources, seen_by=seen_by)
    return found


def open_work(*, seen_by: Actor, since: date, until: date) -> list[Work]:
    return [
        work
        for source in _sources
        for work in source.open_work(seen_by=seen_by, since=since, until=until)
    ]


def source_of(key: str) -> WorkSource | None:
    return next((one for one in _sources if key.startswith(one.prefix)), None)
