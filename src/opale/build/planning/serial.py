"""Schedules made one activity after another, and justified: pushed late, then early again."""

from collections.abc import Sequence
from random import Random

from opale.build.planning.problem import Problem


class Placer:
    """Puts activities, in a given order, each at the first moment at which everything is free.

    What is free at a step is one whole number with a field for each resource and a guard bit above
    each: one subtraction says whether all of them suffice.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        width = max(problem.capacities, default=1).bit_length() + 1
        places = range(len(problem.capacities))
        self._guard = sum(1 << (width * (place + 1) - 1) for place in places)
        self._empty = self._guard | _packed(problem.capacities, width)
        self._needs = [_packed(asked, width) for asked in problem.demands]
        self._steps = sum(problem.durations) + 1
        both = zip(problem.demands, problem.durations, strict=True)
        self._trivial = [not lasts or not any(asked) for asked, lasts in both]

    def place(self, order: Sequence[int]) -> list[int]:
        """Starts of all, in the order of activities. `order` has each after those it follows."""
        durations, predecessors = self._problem.durations, self._problem.predecessors
        needs, guard, trivial = self._needs, self._guard, self._trivial
        free = [self._empty] * (self._steps + max(durations, default=0))
        starts = [0] * len(durations)
        ends = [0] * len(durations)
        for one in order:
            start = 0
            for other in predecessors[one]:
                if ends[other] > start:
                    start = ends[other]
            lasts = durations[one]
            if not trivial[one]:
                need = needs[one]
                last = start + lasts - 1
                step = last
                while step >= start:
                    if (free[step] - need) & guard == guard:
                        step -= 1
                    else:
                        start = step + 1
                        step = start + lasts - 1
                for step in range(start, start + lasts):
                    free[step] -= need
            starts[one] = start
            ends[one] = start + lasts
        return starts


class Justifier:
    """Improves schedules by placing them backwards from their end, then forwards again."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._forward = Placer(problem)
        self._backward = Placer(problem.reversed())
        rank = [0] * len(problem)
        for place, one in enumerate(problem.order):
            rank[one] = place
        self._rank = rank
        self._scale = 1 + len(rank)

    def schedule(self, order: Sequence[int], rounds: int = 1) -> list[int]:
        """Place, then justify for as long as the end comes nearer, at least `rounds` times."""
        starts = self._forward.place(order)
        best = self.problem.makespan(starts)
        while rounds > 0:
            starts = self.justified(starts)
            end = self.problem.makespan(starts)
            rounds = 1 if end < best else rounds - 1
            best = min(best, end)
        return starts

    def justified(self, starts: Sequence[int]) -> list[int]:
        durations, rank, scale = self.problem.durations, self._rank, self._scale
        keys = [-(s + d) * scale - k for s, d, k in zip(starts, durations, rank, strict=True)]
        late = self._backward.place(sorted(range(len(keys)), key=keys.__getitem__))
        keys = [-(s + d) * scale + k for s, d, k in zip(late, durations, rank, strict=True)]
        return self._forward.place(sorted(range(len(keys)), key=keys.__getitem__))

    def order_of(self, starts: Sequence[int], chance: Random) -> list[int]:
        """The activities by their start; whichever may come first among equals."""
        rank = self._rank
        zero = [not lasts for lasts in self.problem.durations]
        keys = [
            (start, 0 if zero[one] else 1, rank[one] if zero[one] else chance.random())
            for one, start in enumerate(starts)
        ]
        return sorted(range(len(keys)), key=keys.__getitem__)


def _packed(numbers: Sequence[int], width: int) -> int:
    return sum(number << (width * place) for place, number in enumerate(numbers))
