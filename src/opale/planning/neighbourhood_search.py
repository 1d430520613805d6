"""Large neighbourhood search: a few activities are freed, all others keep their order.

The order of the others is a partial order schedule: the sequence in which activities use each unit
of a resource, without the freed ones; they may still move in time together. Source: Godard,
Laborie, Nuijten, "Randomized Large Neighborhood Search for Cumulative Scheduling".
"""

from collections.abc import Collection, Sequence
from random import Random

from opale.planning.cp_sat import solve_model
from opale.planning.problem import Problem
from opale.planning.serial_schedules import Justifier

LEAST, MOST = 12, 400
PATIENCE = 0.5


class Neighbourhoods:
    """Tries one neighbourhood a step; its size adapts to whether the last ones were solved."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self._problem = problem
        self._chance = Random(seed)  # noqa: S311 - a search, not a secret
        self._justifier = Justifier(problem)
        self.size = float(max(LEAST, min(40, len(problem) // 2)))

    def step(self, starts: Sequence[int], *, floor: int, seconds: float) -> list[int]:
        """Return a schedule that ends earlier, or a different one that ends as early."""
        chance = self._chance
        freed = self._freed(starts)
        end = self._problem.makespan(starts)
        answer = solve_model(
            self._problem,
            starts,
            below=end - 1,
            floor=floor,
            seconds=min(seconds, PATIENCE),
            seed=chance.randrange(2**31),
            chains=chains(self._problem, starts, freed, chance),
        )
        if answer.starts:
            return list(answer.starts)
        self.size *= 1.05 if answer.closed else 0.93
        self.size = min(max(self.size, LEAST), MOST, len(self._problem))
        order = self._justifier.order_of(starts, chance)
        other = self._justifier.schedule(order)
        return other if self._problem.makespan(other) <= end else list(starts)

    def _freed(self, starts: Sequence[int]) -> set[int]:
        problem, chance = self._problem, self._chance
        wanted = int(self.size)
        pick = chance.random()
        if pick < 0.65:
            centre = chance.uniform(0, problem.makespan(starts))
            middles = [s + d / 2 for s, d in zip(starts, problem.durations, strict=True)]
            near = sorted(range(len(problem)), key=lambda one: abs(middles[one] - centre))
            return set(near[:wanted])
        if pick < 0.8:
            return set(chance.sample(range(len(problem)), wanted))
        return self._related(starts, wanted)

    def _related(self, starts: Sequence[int], wanted: int) -> set[int]:
        """Return activities grown from one along those that precede, follow or touch it in time."""
        problem, chance = self._problem, self._chance
        begun = sorted(range(len(problem)), key=starts.__getitem__)
        place = {one: number for number, one in enumerate(begun)}
        found = {chance.choice(begun)}
        edge = list(found)
        while len(found) < wanted:
            one = chance.choice(edge) if edge else chance.choice(begun)
            close = begun[max(0, place[one] - 5) : place[one] + 6]
            others = [*problem.predecessors[one], *problem.successors[one], *close]
            fresh = chance.choice(others)
            if fresh in found:
                fresh = chance.choice(begun)
            if fresh not in found:
                found.add(fresh)
                edge.append(fresh)
        return found


def chains(
    problem: Problem, starts: Sequence[int], freed: Collection[int], chance: Random
) -> set[tuple[int, int]]:
    """Return the pairs of activities that use a resource unit in turn, without the freed ones."""
    found: set[tuple[int, int]] = set()
    durations = problem.durations
    by_start = sorted(
        (one for one in range(len(problem)) if durations[one]), key=starts.__getitem__
    )
    for resource, there in enumerate(problem.capacities):
        units = [(0, -1)] * there
        lasts: list[int] = [-1] * there
        for one in by_start:
            need = problem.demands[one][resource]
            if not need:
                continue
            ready = [n for n, (until, _) in enumerate(units) if until <= starts[one]]
            known = {units[n][1] for n in ready}
            favourite = chance.choice(sorted(known))
            ready.sort(key=lambda n: (units[n][1] != favourite, -units[n][0], units[n][1]))
            for n in ready[:need]:
                units[n] = (starts[one] + durations[one], one)
                if one not in freed:
                    if lasts[n] >= 0:
                        found.add((lasts[n], one))
                    lasts[n] = one
    return found
