"""The linear programme that chooses among the known rows, and generates better ones."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from opale.run.shifts.domain.roster_generator.pricing import Prices, RowPricer
from opale.run.shifts.domain.roster_generator.problem import Problem, Roster, Row, presence

MISSING_COST = 100_000.0
"""The cost of a person without a row, more than any roster."""
MIN_REDUCED_COST = 1e-6
SEVERAL = 2
MEMORY = 0.3
HALF = 0.5
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RelaxedSolution:
    """A relaxed solution: `shares` of each known row; `ended` if no unknown row would help."""

    value: float
    shares: Values
    ended: bool


class MasterProblem:
    """Linear programme with rows as columns: one row a person, and the needs of each day."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.pricers = {one.code: RowPricer(problem, one) for one in problem.workers}
        self.rows: list[tuple[str, Row]] = []
        self.whole: list[bool] = []
        """Of each row, whether it may be chosen as it is; of others only a share may."""
        self.places: dict[tuple[str, Row], int] = {}
        self._kinds = {kind.code: i for i, kind in enumerate(problem.kinds)}
        self._solver = quiet_solver()
        covering = list[tuple[int, int]]()
        self._need: dict[tuple[int, str], int] = {}
        self._one: dict[str, int] = {}
        self._most: dict[tuple[str, str], int] = {}
        for need in problem.needs:
            self._need[need.day, need.kind] = self._line(need.people, need.people)
        self._cover: dict[str, dict[tuple[int, str], list[int]]] = defaultdict(dict)
        for cover in problem.covers:
            line = self._line(cover.people, highspy.kHighsInf)
            for who, day, kind in cover.who:
                self._cover[who].setdefault((day, kind), []).append(line)
            covering.append((cover.under, line))
        for worker in problem.workers:
            self._one[worker.code] = self._line(1, 1)
            for kind in self.pricers[worker.code].uncounted():
                self._most[worker.code, kind] = self._line(-highspy.kHighsInf, worker.most[kind])
        for need in problem.needs:
            line = self._need[need.day, need.kind]
            self._column(need.under, {line: 1})
            self._column(need.over, {line: -1})
        for under, line in covering:
            self._column(under, {line: 1})
        for line in self._one.values():
            self._column(MISSING_COST, {line: 1})
        self._first = self._solver.getNumCol()

    def _line(self, low: float, high: float) -> int:
        none = np.array([], dtype=np.int32)
        self._solver.addRow(low, high, 0, none, np.array([]))
        return int(self._solver.getNumRow()) - 1

    def _column(self, cost: float, lines: Mapping[int, float]) -> None:
        places, values = np.array(list(lines), dtype=np.int32), np.array(list(lines.values()))
        self._solver.addCol(float(cost), 0, highspy.kHighsInf, len(lines), places, values * 1.0)

    def add(self, worker: str, row: Row) -> bool:
        """Add a row; return whether it was new."""
        if (worker, row) in self.places:
            return False
        pricer = self.pricers[worker]
        cost = float(pricer.ungranted)
        lines: dict[int, float] = {self._one[worker]: 1}
        for day, kind in enumerate(row):
            if kind:
                cost += pricer.wish[day, self._kinds[kind]]
                if (need := self._need.get((day, kind))) is not None:
                    lines[need] = 1
                for cover in self._cover[worker].get((day, kind), ()):
                    lines[cover] = 1
        times = Counter(row)
        for kind in pricer.uncounted():
            lines[self._most[worker, kind]] = times[kind]
        self._column(cost, lines)
        self.places[worker, row] = len(self.rows)
        self.rows.append((worker, row))
        most = pricer.worker.most
        self.whole.append(all(times[kind] <= most[kind] for kind in pricer.uncounted()))
        return True

    def relaxed(
        self, free: Iterable[str], rounds: int, goes_on: Callable[[], bool]
    ) -> RelaxedSolution:
        """Generate rows for `free` until none helps, in a limited number of rounds; solve."""
        wanted = list(free)
        smooth: Values | None = None
        for _ in range(rounds):
            value, shares, duals = self._solve()
            # Mixing in the last prices makes them oscillate less (Wentges, 1997).
            priced = duals if smooth is None else MEMORY * smooth + (1 - MEMORY) * duals
            added = False
            for worker in wanted:
                if not goes_on():
                    return RelaxedSolution(value, shares, ended=False)
                added |= self._better_rows(worker, priced)
            if not added and priced is duals:
                return RelaxedSolution(value, shares, ended=True)
            smooth = priced if added else None
        return RelaxedSolution(*self._solve()[:2], ended=False)

    def _better_rows(self, worker: str, duals: Values) -> bool:
        found = self.pricers[worker].cheapest(self._prices(worker, duals), SEVERAL)
        base = self.pricers[worker].ungranted - duals[self._one[worker]]
        worth = [one.row for one in found if one.price + base < -MIN_REDUCED_COST]
        return [self.add(worker, row) for row in worth].count(True) > 0

    def _solve(self) -> tuple[float, Values, Values]:
        self._solver.run()
        solution = self._solver.getSolution()
        value = float(self._solver.getInfo().objective_function_value)
        shares = np.array(solution.col_value)[self._first :]
        return value, shares, np.array(solution.row_dual)

    def _prices(self, worker: str, duals: Values) -> Prices:
        prices = np.zeros((self.problem.days, len(self._kinds)))
        for (day, kind), line in self._need.items():
            prices[day, self._kinds[kind]] = -duals[line]
        for (day, kind), covers in self._cover[worker].items():
            prices[day, self._kinds[kind]] -= sum(duals[line] for line in covers)
        for kind in self.pricers[worker].uncounted():
            prices[:, self._kinds[kind]] -= duals[self._most[worker, kind]]
        return prices

    def choose(self, worker: str, row: Row, *, chosen: bool = True) -> None:
        """Fix the row of a person, or free the choice again."""
        column = self._first + self.places[worker, row]
        self._solver.changeColBounds(column, float(chosen), highspy.kHighsInf)

    @contextmanager
    def chosen(self, rows: Mapping[str, Row]) -> Iterator[None]:
        """Fix the rows of these people inside the block."""
        for worker, row in rows.items():
            self.add(worker, row)
            self.choose(worker, row)
        try:
            yield
        finally:
            for worker, row in rows.items():
                self.choose(worker, row, chosen=False)

    def best(self, seconds: float, known: Roster) -> Roster:
        """Return the best roster of the known rows found in the time."""
        solver = quiet_solver()
        solver.setOptionValue("time_limit", seconds)
        solver.passModel(self._solver.getLp())
        places = np.arange(self._first, solver.getNumCol(), dtype=np.int32)
        solver.changeColsIntegrality(
            len(places), places, np.full(len(places), highspy.HighsVarType.kInteger)
        )
        solver.setSolution(self._as_solution(known))
        solver.run()
        values = solver.getSolution().col_value
        chosen = [
            one for one, share in zip(self.rows, values[self._first :], strict=True) if share > HALF
        ]
        return dict(chosen)

    def _as_solution(self, roster: Roster) -> highspy.HighsSolution:
        values = np.zeros(self._first + len(self.rows))
        for worker, row in roster.items():
            values[self._first + self.places[worker, row]] = 1
        there = presence(roster)
        for i, need in enumerate(self.problem.needs):
            missing = need.people - there[need.day, need.kind]
            values[2 * i], values[2 * i + 1] = max(0, missing), max(0, -missing)
        for i, cover in enumerate(self.problem.covers):
            values[2 * len(self.problem.needs) + i] = cover.missing(roster)
        solution = highspy.HighsSolution()
        solution.col_value = list(values)
        return solution


def quiet_solver() -> highspy.Highs:
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    return solver
