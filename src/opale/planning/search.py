"""Search for a good schedule in a given time, by two processes.

One breeds alone. The other solves neighbourhoods of the best schedule with CP-SAT, and breeds in
between; each continues from what the other finds. Heavy: only for the planner's process.
"""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

from opale.planning.cp_sat import solve_model
from opale.planning.genetic_search import Population
from opale.planning.neighbourhood_search import Neighbourhoods
from opale.planning.problem import Problem, Schedule

OnImprovement = Callable[[Schedule], bool]

WARM_UP_SHARE = 0.04
WHOLE_MODEL_SHARE = 0.15
WHOLE_MOST = 400
CLOSING_SHARE = 0.3


def solve(
    problem: Problem,
    *,
    seconds: float,
    seed: int = 1,
    start: Sequence[int] | None = None,
    tell: OnImprovement = lambda found: True,
) -> Schedule:
    """Return the best schedule found. `tell` is called with each better one, and stops the search
    by returning False.

    `start` is a schedule to begin with.
    """
    return _Search(problem, seconds, seed, tell).run(start)


class _Stopped(Exception):
    """Whoever is told wants no more."""


class _Search:
    def __init__(self, problem: Problem, seconds: float, seed: int, tell: OnImprovement) -> None:
        self._problem, self._seed, self._tell = problem, seed, tell
        self._began = time.monotonic()
        self._seconds = seconds
        self._floor = problem.floor()
        self._starts: list[int] = []
        self._end = 0
        self._peer: Connection | None = None

    def run(self, start: Sequence[int] | None) -> Schedule:
        population = Population(self._problem, self._seed)
        if not len(self._problem):
            return self._found()
        if start is not None:
            population.welcome(start)
        until = self._began + self._seconds * WARM_UP_SHARE
        while population.step() or time.monotonic() < until:
            if population.end <= self._floor:
                break
        try:
            self._take(population.starts)
            if self._left() > 0:
                self._together(population)
        except _Stopped:
            pass
        return self._found()

    def _together(self, population: Population) -> None:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        deadline = time.time() + self._left()
        breeder = context.Process(
            target=run_genetic_search,
            args=(self._problem, self._seed + 1, self._starts, there, deadline),
            daemon=True,
        )
        breeder.start()
        there.close()
        self._peer = here
        try:
            self._ask_whole()
            self._around(population)
        finally:
            breeder.terminate()
            breeder.join()
            here.close()

    def _ask_whole(self) -> None:
        """Solve the whole problem: small ones are closed at once, others get a bound."""
        if len(self._problem) > WHOLE_MOST or self._left() <= 0:
            return
        answer = solve_model(
            self._problem,
            self._starts,
            below=self._end,
            floor=self._floor,
            seconds=self._left() * WHOLE_MODEL_SHARE,
            seed=self._seed,
        )
        if answer.starts:
            self._floor = max(self._floor, answer.bound)
            self._take(answer.starts)

    def _around(self, population: Population) -> None:
        """Solve neighbourhoods, and breed for as long as each of them took."""
        near = Neighbourhoods(self._problem, self._seed)
        current = self._starts
        while self._left() > 0:
            self._listen()
            if self._problem.makespan(current) > self._end:
                current = self._starts
            asked = time.monotonic()
            current = near.step(current, floor=self._floor, seconds=self._left())
            self._take(current)
            until = min(2 * time.monotonic() - asked, time.monotonic() + self._left())
            while time.monotonic() < until:
                population.step()
            self._take(population.starts)

    def _left(self) -> float:
        """Return the remaining seconds; none once the best is proven."""
        if self._end <= self._floor:
            return 0.0
        return self._began + self._seconds - CLOSING_SHARE - time.monotonic()

    def _listen(self) -> None:
        while self._peer is not None and self._peer.poll():
            try:
                self._take(self._peer.recv(), from_peer=True)
            except EOFError:
                self._peer = None
        if not self._tell(self._found()):
            raise _Stopped

    def _take(self, starts: Sequence[int], *, from_peer: bool = False) -> None:
        end = self._problem.makespan(starts)
        if self._starts and end >= self._end:
            return
        self._starts, self._end = list(starts), end
        if self._peer is not None and not from_peer:
            try:
                self._peer.send(self._starts)
            except OSError:
                self._peer = None
        if not self._tell(self._found()):
            raise _Stopped

    def _found(self) -> Schedule:
        spent = time.monotonic() - self._began
        return Schedule(tuple(self._starts), self._end, min(self._floor, self._end), spent)


def run_genetic_search(
    problem: Problem, seed: int, start: Sequence[int], peer: Connection, deadline: float
) -> None:
    """Breed until the deadline (seconds of the epoch), and send each better schedule."""
    population = Population(problem, seed)
    population.welcome(start)
    while time.time() < deadline:
        better = population.step()
        try:
            while peer.poll():
                population.welcome(peer.recv())
            if better:
                peer.send(population.starts)
        except (EOFError, OSError):
            return
