"""A population of schedules: orders are crossed, placed and justified; the better ones stay."""

from collections.abc import Sequence
from random import Random

from opale.build.planning.problem import Problem
from opale.build.planning.serial import Justifier

PEOPLE = 40
NUDGE = 0.04


class Population:
    """Grows by one schedule a step. `starts` and `end` are the best so far."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem = problem
        self._chance = Random(seed)  # noqa: S311 - a search, not a secret
        self._justifier = Justifier(problem)
        self._size = max(12, min(PEOPLE, 6000 // max(1, len(problem))))
        self._tails = _tails(problem)
        self._people: list[tuple[int, list[int]]] = []
        self._seen: set[int] = set()
        self.starts: list[int] = []
        self.end = 0
        self._stale = 0

    def step(self) -> bool:
        """Make one more. Says whether it is the best so far."""
        if len(self._people) < self._size:
            order = self._fresh(steady=not self._people)
        else:
            order = self._child()
        starts = self._justifier.schedule(order)
        return self.welcome(starts)

    def welcome(self, starts: Sequence[int]) -> bool:
        """Let a schedule in if it is good enough. Says whether it is the best so far."""
        end = self._problem.makespan(starts)
        mark = hash(tuple(starts))
        better = not self.starts or end < self.end
        if better:
            self.starts, self.end, self._stale = list(starts), end, 0
        self._stale += 1
        if mark in self._seen:
            return better
        if len(self._people) < self._size:
            self._people.append((end, list(starts)))
            self._seen.add(mark)
        else:
            place = self._loser()
            if end <= self._people[place][0]:
                self._seen.discard(hash(tuple(self._people[place][1])))
                self._people[place] = (end, list(starts))
                self._seen.add(mark)
        if self._stale > 60 * self._size:
            self._people = [(self.end, self.starts)]
            self._seen = {hash(tuple(self.starts))}
            self._stale = 0
        return better

    def _loser(self) -> int:
        some = self._chance.sample(range(len(self._people)), 4)
        return max(some, key=lambda place: self._people[place][0])

    def _fresh(self, *, steady: bool) -> list[int]:
        """An order by the longest way to the end, blurred."""
        spread = 0.0 if steady else self._chance.random() * 0.5
        keys = [tail * (1 + spread * (self._chance.random() - 0.5)) for tail in self._tails]
        waiting = [len(before) for before in self._problem.predecessors]
        ready = [one for one, count in enumerate(waiting) if not count]
        order: list[int] = []
        while ready:
            one = max(ready, key=keys.__getitem__)
            ready.remove(one)
            order.append(one)
            for other in self._problem.successors[one]:
                waiting[other] -= 1
                if not waiting[other]:
                    ready.append(other)
        return order

    def _parent(self) -> list[int]:
        one, other = self._chance.sample(self._people, 2)
        return one[1] if one[0] <= other[0] else other[1]

    def _child(self) -> list[int]:
        """A stretch of time as the father has it, what lies before and after as the mother."""
        chance = self._chance
        mother = self._justifier.order_of(self._parent(), chance)
        father = self._justifier.order_of(self._parent(), chance)
        count = len(mother)
        length = int(count * (0.25 + 0.5 * chance.random()))
        first = chance.randrange(count - length + 1)
        head = mother[:first]
        taken = set(head)
        middle = [one for one in father if one not in taken][:length]
        taken.update(middle)
        order = head + middle + [one for one in mother if one not in taken]
        self._nudge(order)
        return order

    def _nudge(self, order: list[int]) -> None:
        chance, successors = self._chance, self._problem.successors
        for _ in range(max(1, int(NUDGE * len(order)))):
            place = chance.randrange(max(1, len(order) - 1))
            if place + 1 < len(order) and order[place + 1] not in successors[order[place]]:
                order[place], order[place + 1] = order[place + 1], order[place]


def _tails(problem: Problem) -> list[int]:
    tails = [0] * len(problem)
    for one in reversed(problem.order):
        after = max((tails[other] for other in problem.successors[one]), default=0)
        tails[one] = after + problem.durations[one]
    return tails
