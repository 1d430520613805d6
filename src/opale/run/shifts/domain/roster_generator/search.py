"""The search: a bound, a first roster person by person, then improvement of its parts."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from opale.run.shifts.domain.roster_generator.master_problem import MasterProblem, RelaxedSolution
from opale.run.shifts.domain.roster_generator.problem import (
    InfeasibleProblem,
    Problem,
    Roster,
    Row,
    roster_cost,
)

EPSILON = 1e-6
ROUNDS = 6
"""Rounds of generating better rows after each person is settled."""
ROUNDS_TO_THE_END = 1_000
SETTLED = 0.9
LIKELIEST_CONSIDERED = 2
"""The number of likeliest rows to draw from, where none is almost chosen."""
PART = 8
"""People whose rows are improved at a time, at first."""
PART_SECONDS = 8.0
TOGETHER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class FoundRoster:
    """A roster that keeps every rule, found `seconds` after the search began.

    `bound` is a lower bound of the cost, once known: a roster that reaches it is optimal.
    """

    roster: Roster
    objective: int
    bound: int | None
    seconds: float


FoundCallback = Callable[[FoundRoster], None]


def generate_roster(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 1,
    known: Roster | None = None,
    tell: FoundCallback = lambda found: None,
    stop: Callable[[], bool] = lambda: False,
) -> FoundRoster | None:
    """Return the best roster found in the time, or None.

    `known` is a roster to start from, which keeps the rules. `tell` gets each better one; `stop` is
    polled often, and ends the search with what was found. Raises Impossible.
    """
    return _Search(problem, seconds, seed, known, tell, stop).run()


class _Search:
    def __init__(
        self,
        problem: Problem,
        seconds: float,
        seed: int,
        known: Roster | None,
        tell: FoundCallback,
        stop: Callable[[], bool],
    ) -> None:
        self.problem, self.tell, self.stop = problem, tell, stop
        self.began = time.monotonic()
        self.until = self.began + seconds
        self.chance = random.Random(seed)  # noqa: S311  # a search hides nothing
        self.columns = MasterProblem(problem)
        self.codes = [one.code for one in problem.workers]
        self.part = min(PART, len(self.codes))
        self.bound: int | None = None
        self.best: FoundRoster | None = None
        self._begin(known or {})

    def _begin(self, known: Roster) -> None:
        for code, pricer in self.columns.pricers.items():
            found = pricer.cheapest(pricer.wish * 0)
            if not found:
                raise InfeasibleProblem(code)
            self.columns.add(code, known.get(code, found[0].row))
        self._offer(known)

    def run(self) -> FoundRoster | None:
        whole = self.columns.relaxed(self.codes, ROUNDS_TO_THE_END, self._goes_on)
        if whole.ended:
            # Costs are whole numbers.
            self.bound = ceil(whole.value - EPSILON)
        self._offer(self._settled(whole, self.codes))
        self._together(TOGETHER_SECONDS)
        while self.best and self._goes_on():
            self._better_part(self.best)
        return self.best

    def _settled(self, relaxed: RelaxedSolution, among: list[str]) -> Roster:
        """Fix the most likely row of a person, solve again, and so on until a roster is complete.

        Where the time ends before, or nobody's rows are whole ones, the rows of fewer people.
        """
        free, roster = set(among), dict[str, Row]()
        while free and self._goes_on() and (likely := self._likely(relaxed, free)):
            sure = [place for share, place in likely if share > SETTLED]
            for place in sure or [self.chance.choice(likely[:LIKELIEST_CONSIDERED])[1]]:
                worker, row = self.columns.rows[place]
                self.columns.choose(worker, row)
                roster[worker] = row
                free.remove(worker)
            if free:
                relaxed = self.columns.relaxed(sorted(free), ROUNDS, self._goes_on)
        for worker, row in roster.items():
            self.columns.choose(worker, row, chosen=False)
        return roster

    def _likely(self, relaxed: RelaxedSolution, free: set[str]) -> list[tuple[float, int]]:
        """Return the greatest share of a row for each person and its place, the surest first."""
        best: dict[str, tuple[float, int]] = {}
        for place, share in enumerate(relaxed.shares):
            worker = self.columns.rows[place][0]
            known = best.get(worker, (-1.0, 0))
            if worker in free and share > known[0] and self.columns.whole[place]:
                best[worker] = (float(share), place)
        return sorted(best.values(), reverse=True)

    def _better_part(self, best: FoundRoster) -> None:
        """Improve the rows of some people, others fixed; of more people while that is quick."""
        began = time.monotonic()
        free = self.chance.sample(self.codes, self.part)
        kept = {code: row for code, row in best.roster.items() if code not in free}
        with self.columns.chosen(kept):
            relaxed = self.columns.relaxed(free, ROUNDS_TO_THE_END, self._goes_on)
            hopeless = relaxed.ended and relaxed.value > best.objective - 1 + EPSILON
            if not hopeless:
                self._offer(kept | self._settled(relaxed, free))
                self._together(TOGETHER_SECONDS / 2)
        if hopeless or time.monotonic() < began + PART_SECONDS:
            self.part = min(self.part + 1, len(self.codes))
        else:
            self.part = max(self.part - 1, min(2, len(self.codes)))

    def _together(self, seconds: float) -> None:
        """Return the best roster of the known rows that may be chosen now."""
        if self.best and self._goes_on():
            seconds = max(0.1, min(seconds, self.until - time.monotonic()))
            self._offer(self.columns.best(seconds, self.best.roster))

    def _offer(self, roster: Roster) -> None:
        if len(roster) < len(self.codes):
            return
        spent = roster_cost(self.problem, roster)
        if self.best is None or spent < self.best.objective:
            self.best = FoundRoster(roster, spent, self.bound, time.monotonic() - self.began)
            self.tell(self.best)

    def _goes_on(self) -> bool:
        proven = self.best is not None and self.best.objective == self.bound
        return not proven and time.monotonic() < self.until and not self.stop()
