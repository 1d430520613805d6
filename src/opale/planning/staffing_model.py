"""Staffing problems and plans, as plain values: pieces of work and people's days.

Units: places of days count from the first of a diary; hours are hours.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from opale.planning.hour_allocation import Stretch


@dataclass(frozen=True, slots=True)
class Placement:
    """A person, and the hours of each working day in some stretches."""

    person: int
    stretches: tuple[Stretch, ...]

    @property
    def begins(self) -> int:
        return self.stretches[0].begins

    @property
    def after(self) -> int:
        return self.stretches[-1].after


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of work of so many hours. Units: `begins` and `wished` are places of days.

    `able` are the people who can do it; `frozen` the days on which it may not be done; `after` are
    its predecessors, each with days between. A pinned piece stays, whatever it costs.
    """

    key: str
    hours: float
    able: tuple[int, ...]
    begins: int
    wished: int
    current: Placement | None = None
    pinned: bool = False
    after: tuple[tuple[str, int], ...] = ()
    frozen: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Days:
    """The working hours of each day of a person, and those free without the problem's pieces."""

    given: tuple[float, ...]
    free: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    people: Mapping[int, Days]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The placement of each piece; `None` for an unplaced one. `cost` is the total cost."""

    placements: Mapping[str, Placement | None]
    cost: int

    def changed(self, problem: Problem) -> list[Piece]:
        return [one for one in problem.pieces if self.placements[one.key] != one.current]
