"""The generator run on a frame: part after part, then checked against all working-time rules.

Loaded by the planner alone: it loads numpy and HiGHS.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from opale.run.shifts.domain.roster_generator.frame import (
    Frame,
    Member,
    Rows,
    Tally,
    build_problem,
    make_tally,
)
from opale.run.shifts.domain.roster_generator.initial_roster import build_initial_roster
from opale.run.shifts.domain.roster_generator.problem import Problem, Row
from opale.run.shifts.domain.roster_generator.rule_check import without_breaches
from opale.run.shifts.domain.roster_generator.search import FoundRoster, generate_roster

PART_DAYS = 28
"""Days planned at a time."""
SEARCH_SHARE = 0.8
"""The share of the time for the search; the check of the rules has the rest."""


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """All rows found so far, and how many of their days are decided."""

    rows: Rows
    days: int
    objective: int


ProgressCallback = Callable[[PlanProgress], None]


def plan_roster(
    frame: Frame,
    *,
    seconds: float,
    tell: ProgressCallback = lambda planned: None,
    stop: Callable[[], bool] = lambda: False,
) -> PlanProgress:
    """Return the best rows found in the time; each keeps every rule that it kept before.

    Raises Impossible, where somebody has no row at all.
    """
    began = time.monotonic()
    until = began + SEARCH_SHARE * seconds
    rows = frame.standing()
    tallies = {
        one.person: make_tally(one.past, frame.zone, one.rules.night) for one in frame.members
    }
    spent, begin = 0, 0
    while begin < frame.days and frame.members and frame.shifts and not stop():
        days = min(PART_DAYS, frame.days - begin)
        parts = -(-(frame.days - begin) // PART_DAYS)
        told = _Told(rows, begin, spent, tell)
        left = max(0.1, (until - time.monotonic()) / parts)
        problem = build_problem(frame, begin, days, rows, tallies)
        found = _found(problem, left, told, stop)
        if found is not None:
            rows = told.joined(found)
            spent += found.objective
        for member in frame.members:
            tallies[member.person] += _tally_of(frame, member, rows[member.person], begin, days)
        begin += days
    return PlanProgress(without_breaches(frame, rows, until=began + seconds), begin, spent)


def _found(
    problem: Problem, seconds: float, tell: Callable[[FoundRoster], None], stop: Callable[[], bool]
) -> FoundRoster | None:
    until = time.monotonic() + seconds
    first = build_initial_roster(problem, lambda: not stop() and time.monotonic() < until)
    left = max(0.1, until - time.monotonic())
    return generate_roster(problem, seconds=left, known=first, tell=tell, stop=stop)


@dataclass(frozen=True, slots=True)
class _Told:
    """Puts the rows of a part between those decided before it and the present ones after it."""

    rows: Rows
    begin: int
    spent: int
    tell: ProgressCallback

    def __call__(self, found: FoundRoster) -> None:
        self.tell(PlanProgress(self.joined(found), self.begin, self.spent + found.objective))

    def joined(self, found: FoundRoster) -> dict[int, Row]:
        joined = {}
        for code, part in found.roster.items():
            row = self.rows[int(code)]
            joined[int(code)] = row[: self.begin] + part + row[self.begin + len(part) :]
        return joined


def _tally_of(frame: Frame, member: Member, row: Row, begin: int, days: int) -> Tally:
    spans = [frame.span(day, row[day]) for day in range(begin, begin + days) if row[day]]
    return make_tally(spans, frame.zone, member.rules.night)
