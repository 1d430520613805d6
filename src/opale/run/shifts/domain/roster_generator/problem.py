"""What a roster is asked for: people, kinds of shift, what each day needs, what each person may do.

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
    """A kind of shift. Those of `never_before` may not follow it on the next day."""

    code: str
    minutes: int
    never_before: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Worker:
    """One person and the rules that hold for him, none of which is ever broken.

    `most` is the number of shifts of each kind, absent where he never works it; `minutes` the least
    and the most of the whole row; `stretch` the least and the most days worked in a run; `rest` the
    least days of a run that is free; `weekends` the most of which he works at least a day.
    What touches an end of the horizon may go on outside it, and has no least length there. `before`
    is what he worked until the first day, the last day last: with it, nothing is open at the start.
    `pinned` is what stands already: the day has that shift, or none. `barred` are days and kinds
    that he cannot work.
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
    """To work a shift (`wanted`), or not to; `weight` is what it costs not to grant it."""

    worker: str
    day: int
    kind: str
    weight: int
    wanted: bool


@dataclass(frozen=True, slots=True)
class Need:
    """How many people a day needs for a kind, and what each one too few and too many costs."""

    day: int
    kind: str
    people: int
    under: int
    over: int


@dataclass(frozen=True, slots=True)
class SkillCover:
    """How many have to be there who can do something: `who` on which day by which kind counts for
    it, each person once, and what each one too few costs."""

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
    """`weekends` holds for each the day or the two days that follow each other."""

    days: int
    kinds: tuple[Kind, ...]
    workers: tuple[Worker, ...]
    needs: tuple[Need, ...]
    wishes: tuple[Wish, ...] = ()
    weekends: tuple[tuple[int, ...], ...] = ()
    covers: tuple[SkillCover, ...] = ()


def roster_cost(problem: Problem, roster: Mapping[str, Row]) -> int:
    """What the wishes that are not granted cost, people too few or too many, and what nobody who is
    there can do."""
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
    """How many people work a kind on a day."""
    return Counter((day, kind) for row in roster.values() for day, kind in enumerate(row) if kind)
