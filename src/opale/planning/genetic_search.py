"""Genetic search for schedules: orders are crossed, placed and justified; the better ones stay."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.random import Generator

from opale.planning.numba_functions import compiled
from opale.planning.problem import Problem
from opale.planning.serial_schedules import Arrays, Justifier, Numbers, place_and_justify

LEAST_POPULATION: Final = 300
MOST_POPULATION: Final = 4_000
MUTATION_RATE: Final = 0.04
ORDER_NOISE: Final = 4.0
STALE_STEPS: Final = 20
"""Children for each place without an improvement, after which the population is restarted."""


class GenePool(NamedTuple):
    """The population. Shapes: `starts` (people, activities), the others (people).

    `ends` are makespans, `marks` are hashes of schedules. `filled` has one number: their count.
    """

    starts: Numbers
    ends: Numbers
    marks: Numbers
    filled: Numbers


class Population:
    """A population that grows by some schedules a step. `starts` and `end` are the best so far.

    Once it stops improving, it restarts at twice the size without the old schedules, which the
    larger one finds again by itself. Schedules found elsewhere may be added in between.
    """

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem = problem
        self._chance = np.random.default_rng(seed)
        self._by = Justifier(problem)
        self._tails = np.array(_tails(problem), np.int64)
        self._many = max(1, 12_000 // max(1, len(problem)))
        self._herd = self._empty(LEAST_POPULATION)
        self._end_of_herd = self._stale = 0
        self._best = np.zeros(len(problem), np.int64)
        self.end = 0

    def _empty(self, size: int) -> GenePool:
        count = len(self._problem)
        starts = np.zeros((size, count), np.int64)
        return GenePool(starts, *(np.zeros(length, np.int64) for length in (size, size, 1)))

    @property
    def starts(self) -> list[int]:
        return [int(start) for start in self._best] if self.end else []

    def step(self) -> bool:
        """Breed for some hundredths of a second, and return whether a new best was found."""
        herd, by = self._herd, self._by
        evolve(herd, self._tails, by.forth, by.back, by.rank, by.free, self._chance, self._many)
        self._stale += self._many
        better = self._look()
        if self._stale > STALE_STEPS * herd.ends.size:
            self._herd = self._empty(min(MOST_POPULATION, 2 * herd.ends.size))
            self._end_of_herd = self._stale = 0
        return better

    def welcome(self, starts: Sequence[int]) -> bool:
        """Insert a schedule if it is good enough, and return whether it is the best so far."""
        end = self._problem.makespan(starts)
        insert_schedule(self._herd, np.array(starts, np.int64), end, self._chance)
        return self._look()

    def _look(self) -> bool:
        herd = self._herd
        place = int(np.argmin(herd.ends[: herd.filled[0]]))
        end = int(herd.ends[place])
        if not self._end_of_herd or end < self._end_of_herd:
            self._end_of_herd, self._stale = end, 0
        if self.end and end >= self.end:
            return False
        self._best, self.end = herd.starts[place].copy(), end
        return True


@compiled
def evolve(
    herd: GenePool,
    tails: Numbers,
    forth: Arrays,
    back: Arrays,
    rank: Numbers,
    free: Numbers,
    chance: Generator,
    many: int,
) -> None:
    """Breed so many schedules, from random orders until the population is full."""
    starts = np.zeros(rank.size, np.int64)
    for _ in range(many):
        if herd.filled[0] < herd.ends.size:
            spread = ORDER_NOISE * chance.random() * chance.random() if herd.filled[0] else 0.0
            order = random_order(tails, forth, chance, spread)
        else:
            order = crossover(herd, rank, forth, chance)
        end = place_and_justify(order, forth, back, rank, free, starts)
        insert_schedule(herd, starts, end, chance)


@compiled
def insert_schedule(herd: GenePool, starts: Numbers, end: int, chance: Generator) -> None:
    """Insert a schedule unless it is present; in a full population it replaces one that is not
    better."""
    mark = 0
    for start in starts:
        mark = mark * 1_000_003 + start + 1
    count = herd.filled[0]
    for place in range(count):
        if herd.marks[place] == mark and herd.ends[place] == end:
            return
    if count < herd.ends.size:
        place = count
        herd.filled[0] += 1
    else:
        place = random_below(count, chance)
        for _ in range(3):
            other = random_below(count, chance)
            if herd.ends[other] > herd.ends[place]:
                place = other
        if end > herd.ends[place]:
            return
    herd.starts[place] = starts
    herd.ends[place] = end
    herd.marks[place] = mark


@compiled
def random_below(below: int, chance: Generator) -> int:
    return int(chance.random() * below)


@compiled
def random_order(tails: Numbers, given: Arrays, chance: Generator, spread: float) -> Numbers:
    """Return an order by the longest path to the end, with noise: mostly little, sometimes total.

    Without the noise, orders are alike and the best of a small problem may never be bred.
    """
    count = tails.size
    keys = np.empty(count, np.float64)
    waiting = np.empty(count, np.int64)
    for one in range(count):
        keys[one] = tails[one] * (1 + spread * (chance.random() - 0.5))
        waiting[one] = given.firsts[one + 1] - given.firsts[one]
    order = np.empty(count, np.int64)
    done = np.zeros(count, np.bool_)
    for place in range(count):
        pick = -1
        for one in range(count):
            if not done[one] and not waiting[one] and (pick < 0 or keys[one] > keys[pick]):
                pick = one
        done[pick] = True
        order[place] = pick
        for at in range(given.nexts[pick], given.nexts[pick + 1]):
            waiting[given.after[at]] -= 1
    return order


@compiled
def order_by_start(starts: Numbers, rank: Numbers, given: Arrays, chance: Generator) -> Numbers:
    """Return the activities by start, in random order among equals."""
    keys = np.empty(starts.size, np.float64)
    for one in range(starts.size):
        if given.lasts[one]:
            keys[one] = starts[one] + 0.5 + 0.5 * chance.random()
        else:
            keys[one] = starts[one] + 0.5 * rank[one] / starts.size
    order: Numbers = np.argsort(keys)
    return order


@compiled
def select_parent(herd: GenePool, chance: Generator) -> Numbers:
    one, other = random_below(herd.ends.size, chance), random_below(herd.ends.size, chance)
    starts: Numbers = herd.starts[one if herd.ends[one] <= herd.ends[other] else other]
    return starts


@compiled
def crossover(herd: GenePool, rank: Numbers, given: Arrays, chance: Generator) -> Numbers:
    """Return a child order: a middle stretch from the father, before and after it from the
    mother."""
    mother = order_by_start(select_parent(herd, chance), rank, given, chance)
    father = order_by_start(select_parent(herd, chance), rank, given, chance)
    count = mother.size
    length = int(count * (0.25 + 0.5 * chance.random()))
    first = random_below(count - length + 1, chance)
    order = np.empty(count, np.int64)
    taken = np.zeros(count, np.bool_)
    order[:first] = mother[:first]
    for one in mother[:first]:
        taken[one] = True
    place = first
    for one in father:
        if place == first + length:
            break
        if not taken[one]:
            taken[one] = True
            order[place] = one
            place += 1
    for one in mother:
        if not taken[one]:
            order[place] = one
            place += 1
    mutate(order, given, chance)
    return order


@compiled
def mutate(order: Numbers, given: Arrays, chance: Generator) -> None:
    """Swap some activities with the next one, unless that is their successor."""
    count = order.size
    for _ in range(max(1, int(MUTATION_RATE * count)) if count > 1 else 0):
        place = random_below(count - 1, chance)
        one, other = order[place], order[place + 1]
        follows = False
        for at in range(given.firsts[other], given.firsts[other + 1]):
            follows = follows or given.before[at] == one
        if not follows:
            order[place], order[place + 1] = other, one


def _tails(problem: Problem) -> list[int]:
    tails = [0] * len(problem)
    for one in reversed(problem.order):
        after = max((tails[other] for other in problem.successors[one]), default=0)
        tails[one] = after + problem.durations[one]
    return tails
