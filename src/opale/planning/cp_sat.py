"""CP-SAT models of a whole problem, and of a neighbourhood of one of its schedules."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from opale.planning.problem import Problem, in_order


@dataclass(frozen=True, slots=True)
class CpSatResult:
    """The result of a model. `starts` is empty where none was found; `bound` holds for this
    model."""

    starts: tuple[int, ...]
    bound: int
    closed: bool


def solve_model(
    problem: Problem,
    hint: Sequence[int],
    *,
    below: int,
    floor: int,
    seconds: float,
    seed: int,
    chains: Collection[tuple[int, int]] = (),
    workers: int = 1,
    goes_on: Callable[[int], bool] | None = None,
) -> CpSatResult:
    """Search for the shortest schedule that ends at `below` or before.

    `chains` are pairs that keep their order besides those of the problem.
    """
    model = cp_model.CpModel()
    heads, tails = _windows(problem, chains)
    if any(h + t > below for h, t in zip(heads, tails, strict=True)):
        return CpSatResult((), below + 1, closed=True)
    end = model.new_int_var(floor, below, "")
    starts = []
    spans = []
    for one, lasts in enumerate(problem.durations):
        start = model.new_int_var(heads[one], below - tails[one], "")
        starts.append(start)
        spans.append(model.new_fixed_size_interval_var(start, lasts, ""))
        model.add_hint(start, hint[one])
        if not problem.successors[one]:
            model.add(end >= start + lasts)
    for one, other in (*_pairs(problem), *chains):
        model.add(starts[other] >= starts[one] + problem.durations[one])
    for resource, there in enumerate(problem.capacities):
        users = [
            one
            for one, asked in enumerate(problem.demands)
            if asked[resource] and problem.durations[one]
        ]
        if users:
            model.add_cumulative(
                [spans[one] for one in users],
                [problem.demands[one][resource] for one in users],
                there,
            )
    model.minimize(end)
    return _asked(model, starts, seconds, seed, workers, goes_on)


def _pairs(problem: Problem) -> list[tuple[int, int]]:
    return [(one, other) for one, row in enumerate(problem.successors) for other in row]


class _Watch(cp_model.CpSolverSolutionCallback):
    def __init__(self, goes_on: Callable[[int], bool]) -> None:
        super().__init__()
        self._goes_on = goes_on

    def on_solution_callback(self) -> None:
        if not self._goes_on(int(self.objective_value)):
            self.stop_search()


def _asked(
    model: cp_model.CpModel,
    starts: Sequence[cp_model.IntVar],
    seconds: float,
    seed: int,
    workers: int,
    goes_on: Callable[[int], bool] | None,
) -> CpSatResult:
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.symmetry_level = 0
    status = solver.solve(model, _Watch(goes_on) if goes_on else None)
    closed = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        found = tuple(int(solver.value(start)) for start in starts)
        return CpSatResult(found, round(solver.best_objective_bound), closed)
    return CpSatResult((), 0, closed)


def _windows(problem: Problem, chains: Collection[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Return the least time before each start, and from each start to the end of all."""
    durations = problem.durations
    extra: list[list[int]] = [[] for _ in durations]
    back: list[list[int]] = [[] for _ in durations]
    for one, other in chains:
        extra[one].append(other)
        back[other].append(one)
    heads = [0] * len(problem)
    tails = list(durations)
    order = problem.order if not chains else _order(problem, extra)
    for one in order:
        for other in (*problem.predecessors[one], *back[one]):
            heads[one] = max(heads[one], heads[other] + durations[other])
    for one in reversed(order):
        for other in (*problem.successors[one], *extra[one]):
            tails[one] = max(tails[one], tails[other] + durations[one])
    return heads, tails


def _order(problem: Problem, extra: Sequence[Sequence[int]]) -> tuple[int, ...]:
    both = zip(problem.successors, extra, strict=True)
    return in_order([(*following, *more) for following, more in both])
