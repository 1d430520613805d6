"""A first roster: each person in turn gets the best row beside those of the others.

A row's price is exact: it contains what one shift more or less costs its day. So each turn makes
the roster cheaper or leaves it, and it ends where no single change improves it.
"""

from collections.abc import Callable

import numpy as np

from opale.run.shifts.domain.roster_generator.pricing import TOLERANCE, Prices, RowPricer
from opale.run.shifts.domain.roster_generator.problem import (
    InfeasibleProblem,
    Problem,
    Roster,
    presence,
)

TURNS = 4
PREFERENCE_WEIGHT = 0.5
WEEK, FREE = 7, 2


def build_initial_roster(problem: Problem, goes_on: Callable[[], bool]) -> Roster:
    """Return a first roster, from each one's best row, improved in rounds. Raises Impossible."""
    pricers = {one.code: RowPricer(problem, one) for one in problem.workers}
    none = np.zeros((problem.days, len(problem.kinds)))
    roster: Roster = {}
    for code, pricer in pricers.items():
        found = pricer.cheapest(none)
        if not found:
            raise InfeasibleProblem(code)
        roster[code] = found[0].row
    for _ in range(TURNS):
        changed = False
        for code, pricer in pricers.items():
            if not goes_on():
                return roster
            changed |= _better(problem, roster, code, pricer)
        if not changed:
            break
    return roster


def _better(problem: Problem, roster: Roster, code: str, pricer: RowPricer) -> bool:
    others = {other: row for other, row in roster.items() if other != code}
    prices = _prices(problem, others, code) + _taste(problem, code)
    best = pricer.cheapest(prices)[0]
    priced = pricer.wish + prices
    kinds = {kind.code: i for i, kind in enumerate(problem.kinds)}
    had = sum(priced[day, kinds[kind]] for day, kind in enumerate(roster[code]) if kind)
    if best.price > had - TOLERANCE:
        return False
    roster[code] = best.row
    return True


def _taste(problem: Problem, code: str) -> Prices:
    """Return small costs that give each person other preferred days off, to break ties: else all
    would be free on the same. A whole row of them is less than any real cost.
    """
    place = [one.code for one in problem.workers].index(code)
    free = [(day + place) % WEEK >= WEEK - FREE for day in range(problem.days)]
    prices: Prices = np.array(free)[:, None] * np.full(
        len(problem.kinds), PREFERENCE_WEIGHT / problem.days
    )
    return prices


def _prices(problem: Problem, others: Roster, code: str) -> Prices:
    """Return the cost, by [day, kind], of adding this person to the others."""
    kinds = {kind.code: i for i, kind in enumerate(problem.kinds)}
    there = presence(others)
    prices = np.zeros((problem.days, len(problem.kinds)))
    for need in problem.needs:
        short = there[need.day, need.kind] < need.people
        prices[need.day, kinds[need.kind]] += -need.under if short else need.over
    for cover in problem.covers:
        own = [(day, kind) for worker, day, kind in cover.who if worker == code]
        if own and cover.missing(others):
            for day, kind in own:
                prices[day, kinds[kind]] -= cover.under
    return prices
