"""A roster problem: people, kinds of shift, the need of each day, and each person's rules.

Days count from 0. A row gives one person a kind of shift for each day, or none ("").
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

Row = tuple[str, ...]
Roster = dict[str, Row]


class InfeasibleProblem(Exception):
    """`worker` has no row at all that keeps his rules."""

    def __init__(self, worker: str) -> None:
        super().__init__(f"No row keeps all the rules of {worker}.")
        self.worker = worker


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of shift. Those in `never_before` may not follow it on the next day."""

    code: str
    minutes: int
    never_before: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Worker:
    """One person and the rules for that person, none of which is ever broken.

    `most` is the number of shifts of each kind, absent for kinds never worked; `minutes` the least
    and the most of the whole row; `stretch` the least and the most days worked in a run; `rest` the
    least days of a free run; `weekends` the most of which at least a day is worked.
    Runs at an end of the horizon may go on outside it, and have no least length there. `before` is
    the work until the first day, the last day last: with it, nothing is open at the start.
    `pinned` are decided days: each has that shift, or none. `barred` are days and kinds that cannot
    be worked.
    """

    code: str
    most: Mapping[str, int]
    minutes: tuple[int, int]
    stretch: tuple[int, int]
    rest: int
    weekends: int
    away: frozenset[int] = frozenset()
    before: Row = ()
    pinned: Mapping[int, str] = field(default_factory=dict)
    barred: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish to work a shift (`wanted`), or not to; `weight` is what it costs not to grant it."""

    worker: str
    day: int
    kind: str
    weight: int
    wanted: bool


@dataclass(frozen=True, slots=True)
class Need:
    """How many people a day needs for a kind, and the cost of each one too few or too many."""

    day: int
    kind: str
    people: int
    under: int
    over: int


@dataclass(frozen=True, slots=True)
class SkillCover:
    """How many people with a skill are needed: `who` counts on which day by which kind, each person
    once, and the cost of each one too few.
    """

    who: frozenset[tuple[str, int, str]]
    people: int
    under: int

    def missing(self, roster: Mapping[str, Row]) -> int:
        held = sum(
            roster[worker][day] == kind for worker, day, kind in self.who if worker in roster
        )
        return max(0, self.people - held)


@dataclass(frozen=True, slots=True)
class Problem:
    """A roster problem; each of `weekends` is its one day or its two consecutive days."""

    days: int
    kinds: tuple[Kind, ...]
    workers: tuple[Worker, ...]
    needs: tuple[Need, ...]
    wishes: tuple[Wish, ...] = ()
    weekends: tuple[tuple[int, ...], ...] = ()
    covers: tuple[SkillCover, ...] = ()


def roster_cost(problem: Problem, roster: Mapping[str, Row]) -> int:
    """Return the cost of wishes not granted, people too few or too many, and missing skills."""
    refused = (
        wish.weight
        for wish in problem.wishes
        if (roster[wish.worker][wish.day] == wish.kind) != wish.wanted
    )
    there = presence(roster)
    short = (
        max(missing * need.under, -missing * need.over)
        for need in problem.needs
        for missing in [need.people - there[need.day, need.kind]]
    )
    unable = (cover.missing(roster) * cover.under for cover in problem.covers)
    return sum(refused) + sum(short) + sum(unable)


def presence(roster: Mapping[str, Row]) -> Counter[tuple[int, str]]:
    """Return how many people work a kind on a day."""
    return Counter((day, kind) for row in roster.values() for day, kind in enumerate(row) if kind)
