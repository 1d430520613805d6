"""Scheduling problems and schedules under scarce resources, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush


class Circular(ValueError):
    """Activities wait for each other in a ring, named by `ring`, the first once more at the end."""

    def __init__(self, ring: Sequence[int]) -> None:
        super().__init__("Each waits for the one before: " + " > ".join(map(str, ring)))
        self.ring = tuple(ring)


class Impossible(ValueError):
    """An activity asks for more of a resource than there ever is."""


@dataclass(frozen=True)
class Problem:
    """Activities with durations, resource demands and predecessors.

    Units: durations and starts are whole steps of time; `demands[activity][resource]` is taken from
    `capacities[resource]` from its start to its end.
    Errors: Circular, Impossible.
    """

    durations: tuple[int, ...]
    demands: tuple[tuple[int, ...], ...]
    successors: tuple[tuple[int, ...], ...]
    capacities: tuple[int, ...]
    predecessors: tuple[tuple[int, ...], ...] = field(init=False)
    order: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        for number, asked in enumerate(self.demands):
            if any(need > there for need, there in zip(asked, self.capacities, strict=True)):
                raise Impossible(f"Activity {number} needs more than there is: {asked}.")
        before: list[list[int]] = [[] for _ in self.durations]
        for one, following in enumerate(self.successors):
            for other in following:
                before[other].append(one)
        object.__setattr__(self, "predecessors", tuple(map(tuple, before)))
        object.__setattr__(self, "order", in_order(self.successors))

    def __len__(self) -> int:
        return len(self.durations)

    def reversed(self) -> "Problem":
        """Return the problem with time reversed."""
        return Problem(self.durations, self.demands, self.predecessors, self.capacities)

    def makespan(self, starts: Sequence[int]) -> int:
        return max(
            (start + lasts for start, lasts in zip(starts, self.durations, strict=True)), default=0
        )

    def floor(self) -> int:
        """Return a lower bound of the makespan: the longest path, or the work of one resource."""
        ends = [0] * len(self)
        for one in self.order:
            begin = max((ends[other] for other in self.predecessors[one]), default=0)
            ends[one] = begin + self.durations[one]
        work = [
            -(-sum(d[r] * t for d, t in zip(self.demands, self.durations, strict=True)) // there)
            for r, there in enumerate(self.capacities)
            if there
        ]
        return max([*ends, *work], default=0)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A solution. `bound` is a lower bound of the makespan; equal means proven optimal."""

    starts: tuple[int, ...]
    makespan: int
    bound: int
    seconds: float

    @property
    def proven(self) -> bool:
        return self.bound >= self.makespan


def in_order(successors: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Sort activities after their predecessors, smaller numbers first. Errors: Circular."""
    waiting = [0] * len(successors)
    for following in successors:
        for other in following:
            waiting[other] += 1
    ready = [one for one, count in enumerate(waiting) if not count]
    heapify(ready)
    found: list[int] = []
    while ready:
        one = heappop(ready)
        found.append(one)
        for other in successors[one]:
            waiting[other] -= 1
            if not waiting[other]:
                heappush(ready, other)
    if len(found) < len(successors):
        raise Circular(_ring(successors, waiting))
    return tuple(found)


def _ring(successors: Sequence[Sequence[int]], waiting: Sequence[int]) -> list[int]:
    left = {one for one, count in enumerate(waiting) if count}
    before = {other: one for one in sorted(left) for other in successors[one] if other in left}
    path = [min(left)]
    while before[path[-1]] not in path:
        path.append(before[path[-1]])
    last = before[path[-1]]
    return [last, *reversed(path[path.index(last) :])]
