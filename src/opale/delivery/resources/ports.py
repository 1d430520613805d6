"""Work of upper rooms that the planner puts on people's days."""

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
    """Hours of somebody of a kind of team with a skill. `key` names it in its room for ever.

    `reservation_id` is what holds hours for it already. `not_before` waits for a supplier or a
    customer; `after` are the keys of what it follows, each with days between; `frozen` are
    stretches of days on which nothing may be changed, both days included. What is `fixed` stays
    where it is.
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
    """When work that is reserved or asked for already may be done and is wished for.

    As in `Work`; `after` are the sources of what it follows, each with days between.
    """

    not_before: date | None = None
    wished: date | None = None
    after: tuple[tuple[str, int], ...] = ()
    frozen: tuple[tuple[date, date], ...] = ()
    fixed: bool = False


class ReservedWork(Protocol):
    """A room that knows for what hours are reserved, by the `source` of the reservation."""

    def planned(self, sources: Collection[str], *, seen_by: Actor) -> Mapping[str, Planned]:
        """Of these sources, those that are its own."""


class WorkSource(Protocol):
    """A room whose work is planned; all of its keys begin with `prefix`."""

    prefix: str

    def open_work(self, *, seen_by: Actor, since: date, until: date) -> Sequence[Work]:
        """What is still to be done in these days, reserved or not."""

    def take(self, key: str, person: Person, days: PlannedDays, *, by: Actor) -> None:
        """Reserve somebody for work for which nobody is reserved: all of the days, or nothing.

        Errors: NotFound, NotAllowed, IllegalMove, Conflict.
        """


_known: list[ReservedWork] = []
_sources: list[WorkSource] = []


def register(room: ReservedWork) -> None:
    """Called once by each upper room that knows of its reserved work, when Opale starts."""
    _known.append(room)


def register_source(source: WorkSource) -> None:
    """Called once by each upper room with work that waits for somebody, when Opale starts."""
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
