"""Schedules of small problems of our own: read, found, judged, stopped."""

from itertools import permutations
from random import Random

import pytest
from bench import planner_check

from opale.planning.cp_sat import solve_model
from opale.planning.genetic_search import Population
from opale.planning.instance_files import Unreadable, read_mplib, read_psplib
from opale.planning.neighbourhood_search import Neighbourhoods, chains
from opale.planning.problem import Circular, Impossible, Problem, Schedule
from opale.planning.search import solve
from opale.planning.serial_schedules import Justifier

STARS = "*" * 72

PSPLIB = f"""{STARS}
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           4
   4        1          0
{STARS}
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     3       2    0
  3      1     2       2    1
  4      1     0       0    0
{STARS}
RESOURCEAVAILABILITIES:
  R 1  R 2
    3    1
{STARS}
"""

MPLIB = """2
 1
 2

 3 0
 1
 0 0 1 1:2
 4 2 1 1:3
 0 0 0

 3 0
 1
 0 0 1 2:2
 2 1 1 2:3
 0 0 0
"""


def made(seed: int, count: int = 7) -> Problem:
    chance = Random(seed)
    return Problem(
        tuple(chance.randint(0, 5) for _ in range(count)),
        tuple((chance.randint(0, 4), chance.randint(0, 3)) for _ in range(count)),
        tuple(
            tuple(other for other in range(one + 1, count) if chance.random() < 0.25)
            for one in range(count)
        ),
        (5, 4),
    )


def keeps_all(problem: Problem, starts: list[int] | tuple[int, ...]) -> bool:
    for one, following in enumerate(problem.successors):
        if any(starts[other] < starts[one] + problem.durations[one] for other in following):
            return False
    for step in range(problem.makespan(starts)):
        there = [
            asked
            for asked, start, lasts in zip(problem.demands, starts, problem.durations, strict=True)
            if start <= step < start + lasts
        ]
        if any(
            sum(asked[r] for asked in there) > most for r, most in enumerate(problem.capacities)
        ):
            return False
    return min(starts) >= 0


def least(problem: Problem) -> int:
    """By every order: one of them gives the optimum."""
    placer = Justifier(problem)
    return min(
        problem.makespan(placer.place(order))
        for order in permutations(range(len(problem)))
        if all(
            order.index(one) < order.index(other)
            for one, following in enumerate(problem.successors)
            for other in following
        )
    )


def test_an_instance_of_psplib_is_read() -> None:
    problem = read_psplib(PSPLIB)
    assert problem.durations == (0, 3, 2, 0)
    assert problem.demands == ((0, 0), (2, 0), (2, 1), (0, 0))
    assert problem.successors == ((1, 2), (3,), (3,), ())
    assert problem.capacities == (3, 1)


def test_projects_of_mplib_share_their_resources() -> None:
    problem = read_mplib(MPLIB)
    assert problem.durations == (0, 4, 0, 0, 2, 0)
    assert problem.successors == ((1,), (2,), (), (4,), (5,), ())
    assert solve(problem, seconds=5).makespan == 6


@pytest.mark.parametrize("read", [read_psplib, read_mplib])
@pytest.mark.parametrize("text", ["", "nothing", "3\n1\n"])
def test_what_is_no_instance_is_refused(read: object, text: str) -> None:
    with pytest.raises(Unreadable):
        read(text)  # type: ignore[operator]  # one of two readers


def test_the_judge_of_the_bench_agrees_and_finds_what_is_broken() -> None:
    found = solve(read_psplib(PSPLIB), seconds=5)
    assert planner_check.judge(PSPLIB, "psplib", found.starts) == (5, [])
    _, broken = planner_check.judge(PSPLIB, "psplib", [0, 0, 0, 1])
    assert len(broken) == 4
    assert planner_check.judge(MPLIB, "mplib", [0, 0, 4, 0, 4, 6]) == (6, [])
    assert planner_check.judge(MPLIB, "mplib", [0, 0, 4, 0, 3, 6])[1]


def test_a_ring_is_named() -> None:
    with pytest.raises(Circular) as caught:
        Problem((1, 1, 1, 1), ((1,),) * 4, ((1,), (2,), (1, 3), ()), (1,))
    assert caught.value.ring in {(1, 2, 1), (2, 1, 2)}


def test_what_needs_more_than_there_is_is_refused() -> None:
    with pytest.raises(Impossible):
        Problem((1,), ((2,),), ((),), (1,))


@pytest.mark.parametrize("seed", range(25))
def test_schedules_keep_every_rule_and_justifying_never_makes_them_longer(seed: int) -> None:
    problem = made(seed, 30)
    placed = Justifier(problem).place(problem.order)
    assert keeps_all(problem, placed)
    better = Justifier(problem).justified(placed)
    assert keeps_all(problem, better)
    assert problem.makespan(better) <= problem.makespan(placed)


@pytest.mark.parametrize("seed", range(6))
def test_the_optimum_is_bred_and_proven(seed: int) -> None:
    problem = made(seed)
    optimum = least(problem)
    population = Population(problem, seed)
    for _ in range(3):
        population.step()
    assert population.end == optimum
    answer = solve_model(problem, population.starts, below=optimum, floor=0, seconds=30, seed=1)
    assert (answer.closed, answer.bound) == (True, optimum)
    assert problem.floor() <= optimum


def crowded(seed: int) -> Problem:
    """Thirty activities that each ask for all of four resources."""
    chance, count = Random(seed), 30
    durations = tuple(chance.randint(1, 10) for _ in range(count))
    demands = tuple(tuple(chance.randint(1, 10) for _ in range(4)) for _ in range(count))
    after = (
        {chance.randint(one + 1, min(count - 1, one + 8)) for _ in range(2)}
        for one in range(count - 1)
    )
    return Problem(durations, demands, (*map(tuple, after), ()), (13,) * 4)


@pytest.mark.parametrize(("seed", "optimum"), [(56, 121), (58, 111)])
def test_what_is_bred_of_a_crowded_problem_is_not_all_alike(seed: int, optimum: int) -> None:
    """Orders by the longest way to the end stay at 128 and 117; CP-SAT proves these in seconds."""
    problem = crowded(seed)
    population = Population(problem, 1)
    for _ in range(25):
        population.step()
    assert population.end == optimum


@pytest.mark.parametrize("seed", range(4))
def test_neighbours_keep_every_rule_and_the_end(seed: int) -> None:
    problem = made(seed, 30)
    starts = Justifier(problem).place(problem.order)
    for one, other in chains(problem, starts, set(), Random(seed)):
        assert starts[one] + problem.durations[one] <= starts[other]
    near = Neighbourhoods(problem, seed)
    for _ in range(5):
        following = near.step(starts, floor=0, seconds=10)
        assert keeps_all(problem, following)
        assert problem.makespan(following) <= problem.makespan(starts)
        starts = following


def test_a_search_tells_its_progress_ever_better_and_above_its_bound() -> None:
    heard: list[Schedule] = []

    def tell(found: Schedule) -> bool:
        heard.append(found)
        return True

    problem = made(3, 60)
    found = solve(problem, seconds=6, tell=tell)
    assert keeps_all(problem, found.starts)
    ends = [one.makespan for one in heard]
    assert ends == sorted(ends, reverse=True)
    assert all(problem.floor() <= one.bound <= one.makespan for one in [*heard, found])
    assert found.makespan <= ends[-1]


def test_a_search_ends_when_whoever_is_told_wants_no_more() -> None:
    problem = made(3, 60)
    told: list[Schedule] = []

    def tell(found: Schedule) -> bool:
        told.append(found)
        return False

    found = solve(problem, seconds=100, tell=tell)
    assert found.starts == told[-1].starts
    assert len(told) == 1


def test_a_search_is_never_worse_than_what_it_began_with() -> None:
    problem = made(9, 60)
    first = solve(problem, seconds=2)
    again = solve(problem, seconds=1, seed=2, start=first.starts)
    assert again.makespan <= first.makespan


def test_nothing_to_do_takes_no_time() -> None:
    assert solve(Problem((), (), (), ()), seconds=1).makespan == 0
