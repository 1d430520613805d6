"""Pieces of work, people's days and a plan, as plain values: what is given and what is found.

Units: places of days count from the first of a diary; hours are hours.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from opale.planning.hour_allocation import Stretch


@dataclass(frozen=True, slots=True)
class Placement:
    """A person, and the hours of each of his days of work in some stretches."""

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
    """Work of so many hours. Units: `begins` and `wished` are places of days.

    `able` are the people who can do it; `frozen` the days on which it may not be done; `after` are
    the pieces that it follows, each with days between. What is pinned stays, whatever it costs.
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
    """What each day of a person gives, and what is free of it without any piece of the problem."""

    given: tuple[float, ...]
    free: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    people: Mapping[int, Days]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where each piece is put; `None` for one without a place. `cost` is what it was chosen by."""

    placements: Mapping[str, Placement | None]
    cost: int

    def changed(self, problem: Problem) -> list[Piece]:
        return [one for one in problem.pieces if self.placements[one.key] != one.current]
