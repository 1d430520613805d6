"""The generator at work on a frame: part after part, then held against the law once more.

Loaded by the planner alone: it brings numpy and HiGHS.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from opale.run.shifts.cycles import Span
from opale.run.shifts.generating.frame import Frame, Member, Rows, Tally, barred, question, tally
from opale.run.shifts.generating.problem import Problem, Row
from opale.run.shifts.generating.responding import respond
from opale.run.shifts.generating.search import Found, generate
from opale.run.shifts.working_time import WEEK, Breach, check

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
    until = time.monotonic() + SEARCH * seconds
    standing, rows = frame.standing(), frame.standing()
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
    lawful = {
        one.person: _lawful(frame, one, standing[one.person], rows[one.person])
        for one in frame.members
    }
    return Planned(_given_back(frame, lawful), begin, spent)


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


def _lawful(frame: Frame, member: Member, standing: Row, row: Row) -> Row:
    """The row without what it gains where that breaks a rule that holds without it.

    Averages and weekly rests look further than the generator does.
    """
    if row == standing or not breaches(frame, member, row):
        return row
    had = {(one.code, one.span.starts): one for one in breaches(frame, member, standing)}
    while worse := [one for one in breaches(frame, member, row) if _worse(one, had)]:
        gained = [day for day, code in enumerate(row) if code and code != standing[day]]
        if not gained:
            return standing
        inside = [day for day in gained if _touches(frame.span(day, row[day]), worse[0].span)]
        last = (inside or gained)[-1]
        row = (*row[:last], "", *row[last + 1 :])
    return row


def _given_back(frame: Frame, rows: Rows) -> Rows:
    """What the law took from who gained it stays with its holder, if he may have it and is free."""
    members = {one.person: one for one in frame.members}
    there = Counter((day, code) for row in rows.values() for day, code in enumerate(row) if code)
    wanted, standing, found = frame.wanted(), frame.standing(), dict(rows)
    for slot in frame.slots:
        member, place = members.get(slot.person), (slot.day, slot.shift)
        if member is None or there[place] >= wanted[place] or found[slot.person][slot.day]:
            continue
        row = found[slot.person]
        row = (*row[: slot.day], slot.shift, *row[slot.day + 1 :])
        if not barred(member, frame.span(*place)) and row == _lawful(
            frame, member, standing[slot.person], row
        ):
            found[slot.person] = row
            there[place] += 1
    return found


def breaches(frame: Frame, member: Member, row: Row) -> list[Breach]:
    """What somebody's work breaks around the frame if the row is worked."""
    spans = [frame.span(day, code) for day, code in enumerate(row) if code]
    within = Span(frame.midnight(0) - WEEK, frame.midnight(frame.days) + WEEK)
    weeks = max((limit.weeks for limit in member.rules.limits.values()), default=0)
    reach = Span(within.starts - (weeks + 1) * WEEK, within.ends + WEEK)
    work = sorted(one for one in {*member.past, *member.busy, *spans} if _touches(one, reach))
    return check(work, member.rules, zone=member.zone, within=within)


def _worse(one: Breach, had: Mapping[tuple[str, datetime], Breach]) -> bool:
    before = had.get((one.code, one.span.starts))
    return before is None or abs(one.found - one.limit) > abs(before.found - before.limit)


def _touches(one: Span, other: Span) -> bool:
    return one.starts < other.ends and other.starts < one.ends
