"""The roster generator against every row and every roster there is, on problems small enough."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.run.shifts.domain.roster_generator.pricing import RowPricer
from opale.run.shifts.domain.roster_generator.problem import (
    InfeasibleProblem,
    Kind,
    Need,
    Problem,
    Roster,
    Row,
    Wish,
    Worker,
    roster_cost,
)
from opale.run.shifts.domain.roster_generator.search import FoundRoster, generate_roster

EARLY, LATE, NIGHT = (
    Kind("E", 480),
    Kind("L", 480, frozenset("E")),
    Kind("N", 600, frozenset("EL")),
)
KINDS = (EARLY, LATE, NIGHT)
ANY = {"E": 9, "L": 9, "N": 9}


def keeps(problem: Problem, worker: Worker, row: Row) -> bool:
    """Whether a row keeps every rule, told in another way than the generator tells it."""
    kinds = {kind.code: kind for kind in problem.kinds}
    minutes = sum(kinds[kind].minutes for kind in row if kind)
    lived = worker.before[-1:] + row
    return (
        worker.minutes[0] <= minutes <= worker.minutes[1]
        and all(row.count(kind) <= worker.most.get(kind, 0) for kind in kinds)
        and not any(row[day] for day in worker.away)
        and all(row[day] == kind for day, kind in worker.pinned.items())
        and not any(
            b in kinds[a].never_before
            for a, b in zip(lived, row[-len(lived) + 1 :], strict=False)
            if a
        )
        and all(
            _fits(problem, worker, *run) for run in _runs(worker.before + row, len(worker.before))
        )
        and sum(any(row[day] for day in days) for days in problem.weekends) <= worker.weekends
    )


def _runs(row: Row, known: int) -> Iterator[tuple[bool, int, int]]:
    """Whether a run is worked, the day it begins and the day after; before, days are negative."""
    day = -known
    for works, run in groupby(row, key=bool):
        length = len(list(run))
        yield works, day, day + length
        day += length


def _fits(problem: Problem, worker: Worker, works: bool, begins: int, ends: int) -> bool:
    if works and ends > 0 and ends - begins > worker.stretch[1]:
        return False
    open_at_the_start = begins == -len(worker.before) and not (works and worker.before)
    over_before = ends < 0 or (ends == 0 and not worker.before)
    if open_at_the_start or over_before or ends == problem.days:
        return True
    return ends - begins >= (worker.stretch[0] if works else worker.rest)


def every_row(problem: Problem, worker: Worker) -> Iterator[Row]:
    for row in product(("", *(kind.code for kind in problem.kinds)), repeat=problem.days):
        if keeps(problem, worker, row):
            yield row


@st.composite
def problems(draw: st.DrawFn, people: int = 1, days: int = 6) -> Problem:
    length = draw(st.integers(3, days))
    kinds = KINDS[: draw(st.integers(2, 3))]
    codes = [kind.code for kind in kinds]
    some_days = st.sets(st.integers(0, length - 1), max_size=2)
    workers = []
    for i in range(people):
        least = draw(st.integers(1, 2))
        low = draw(st.sampled_from([0, 480, 960]))
        away = draw(some_days)
        pinned = draw(
            st.dictionaries(st.integers(0, length - 1), st.sampled_from(["", *codes]), max_size=1)
        )
        worker = Worker(
            f"P{i}",
            most={code: draw(st.integers(0, 4)) for code in codes},
            minutes=(low, low + draw(st.sampled_from([480, 1080, 2400]))),
            stretch=(least, draw(st.integers(least, 4))),
            rest=draw(st.integers(1, 3)),
            weekends=draw(st.integers(0, 2)),
            away=frozenset(away),
            before=tuple(draw(st.lists(st.sampled_from(["", *codes]), max_size=3))),
            pinned=pinned,
        )
        workers.append(worker)
    day, kind, weight = st.integers(0, length - 1), st.sampled_from(codes), st.integers(1, 9)
    wish = st.builds(
        Wish, st.sampled_from([one.code for one in workers]), day, kind, weight, st.booleans()
    )
    wishes = draw(st.lists(wish, max_size=4, unique_by=lambda one: (one.worker, one.day, one.kind)))
    needs = [
        Need(
            d, code, draw(st.integers(0, people)), draw(st.integers(1, 20)), draw(st.integers(1, 3))
        )
        for d in range(length)
        for code in codes
    ]
    weekends = ((1, 2), (4, 5))[: 2 if length == 6 else 1]
    return Problem(length, kinds, tuple(workers), tuple(needs), tuple(wishes), weekends)


@given(problems(), st.integers(0, 2**32 - 1))
def test_the_cheapest_row_is_the_cheapest_of_all_that_keep_the_rules(
    problem: Problem, seed: int
) -> None:
    (worker,) = problem.workers
    pricer = RowPricer(problem, worker)
    shape = (problem.days, len(problem.kinds))
    prices = np.random.default_rng(seed).integers(-5, 6, shape).astype(np.float64)
    place = {kind.code: i for i, kind in enumerate(problem.kinds)}

    def price(row: Row) -> float:
        spent = prices + pricer.wish
        return sum(float(spent[day, place[kind]]) for day, kind in enumerate(row) if kind)

    # What the states do not count, the programme does.
    most = {code: 99 if code in pricer.uncounted() else n for code, n in worker.most.items()}
    loose = replace(worker, most=most)
    rows = list(every_row(problem, loose))
    found = pricer.cheapest(prices, several=3)
    assert bool(found) == bool(rows)
    assert [one.price for one in found] == sorted(one.price for one in found)
    for one in found:
        assert one.row in rows
        assert one.price == pytest.approx(price(one.row))
    if rows:
        assert found[0].price == pytest.approx(min(map(price, rows)))


@given(problems(people=2, days=4))
def test_a_roster_costs_as_little_as_the_best_of_all(problem: Problem) -> None:
    choices = [list(every_row(problem, worker)) for worker in problem.workers]
    codes = [worker.code for worker in problem.workers]
    if not all(choices):
        with suppress(InfeasibleProblem):
            assert generate_roster(problem, seconds=0.2) is None
        return
    best = min(
        roster_cost(problem, dict(zip(codes, rows, strict=True))) for rows in product(*choices)
    )
    told: list[FoundRoster] = []
    found = generate_roster(problem, seconds=1, tell=told.append)
    assert found is not None
    assert found == told[-1]
    assert found.objective == roster_cost(problem, found.roster) == best
    assert found.bound is not None
    assert found.bound <= best
    assert all(found.roster[code] in rows for code, rows in zip(codes, choices, strict=True))
    costs = [one.objective for one in told]
    assert costs == sorted(costs, reverse=True)


def test_who_has_no_row_at_all_is_named() -> None:
    able = Worker("able", ANY, (0, 2400), (1, 5), 1, 1)
    bound = Worker("bound", ANY, (2400, 2400), (1, 2), 2, 1)
    with pytest.raises(InfeasibleProblem) as refused:
        generate_roster(Problem(4, KINDS, (able, bound), ()), seconds=5)
    assert refused.value.worker == "bound"


def test_a_search_that_is_stopped_gives_what_it_has() -> None:
    worker = Worker("A", ANY, (480, 2400), (1, 5), 1, 2)
    problem = Problem(7, KINDS, (worker,), (Need(0, "E", 1, 10, 1),))
    known: Roster = {"A": ("L", "", "", "", "", "", "")}
    found = generate_roster(problem, seconds=60, known=known, stop=lambda: True)
    assert found is not None
    assert found.roster == known
