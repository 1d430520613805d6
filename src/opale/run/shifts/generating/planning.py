"""The generator at work on a frame: part after part, then held against the law once more.

Loaded by the planner alone: it brings numpy and HiGHS.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from opale.run.shifts.generating.frame import Frame, Member, Rows, Tally, question, tally
from opale.run.shifts.generating.law import lawful
from opale.run.shifts.generating.problem import Problem, Row
from opale.run.shifts.generating.responding import respond
from opale.run.shifts.generating.search import Found, generate

PART = 28
"""Days that are planned at a time."""
SEARCH = 0.8
"""The share of the time for the search; the law has the rest."""


@dataclass(frozen=True, slots=True)
class Planned:
    """All rows as they are so far, and how many days of them are decided."""

    rows: Rows
    days: int
    objective: int


Tell = Callable[[Planned], None]


def plan(
    frame: Frame,
    *,
    seconds: float,
    tell: Tell = lambda planned: None,
    stop: Callable[[], bool] = lambda: False,
) -> Planned:
    """The best rows found in the time, each of which keeps every rule that it kept before.

    Raises Impossible, where somebody has no row at all.
    """
    began = time.monotonic()
    until = began + SEARCH * seconds
    rows = frame.standing()
    tallies = {one.person: tally(one.past, frame.zone, one.rules.night) for one in frame.members}
    spent, begin = 0, 0
    while begin < frame.days and frame.members and frame.shifts and not stop():
        days = min(PART, frame.days - begin)
        parts = -(-(frame.days - begin) // PART)
        told = _Told(rows, begin, spent, tell)
        left = max(0.1, (until - time.monotonic()) / parts)
        problem = question(frame, begin, days, rows, tallies)
        found = _found(problem, left, told, stop)
        if found is not None:
            rows = told.joined(found)
            spent += found.objective
        for member in frame.members:
            tallies[member.person] += _tally_of(frame, member, rows[member.person], begin, days)
        begin += days
    return Planned(lawful(frame, rows, until=began + seconds), begin, spent)


def _found(
    problem: Problem, seconds: float, tell: Callable[[Found], None], stop: Callable[[], bool]
) -> Found | None:
    until = time.monotonic() + seconds
    first = respond(problem, lambda: not stop() and time.monotonic() < until)
    left = max(0.1, until - time.monotonic())
    return generate(problem, seconds=left, known=first, tell=tell, stop=stop)


@dataclass(frozen=True, slots=True)
class _Told:
    """Puts a part that was found between what is decided before it and what stands after it."""

    rows: Rows
    begin: int
    spent: int
    tell: Tell

    def __call__(self, found: Found) -> None:
        self.tell(Planned(self.joined(found), self.begin, self.spent + found.objective))

    def joined(self, found: Found) -> dict[int, Row]:
        joined = {}
        for code, part in found.roster.items():
            row = self.rows[int(code)]
            joined[int(code)] = row[: self.begin] + part + row[self.begin + len(part) :]
        return joined


def _tally_of(frame: Frame, member: Member, row: Row, begin: int, days: int) -> Tally:
    spans = [frame.span(day, row[day]) for day in range(begin, begin + days) if row[day]]
    return tally(spans, frame.zone, member.rules.night)
