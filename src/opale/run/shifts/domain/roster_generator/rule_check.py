"""Check of the rows found against all rules, some of which the generator does not see.

Averages and weekly rests reach over the year before the frame and beside it.
Source: docs/rules/roster-generator.md, "From a team's own roster".
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.domain.roster_generator.frame import (
    RUN,
    Frame,
    Member,
    Rows,
    is_allowed,
    is_night_work_on_standby,
    is_unavailable,
    longest_run,
)
from opale.run.shifts.domain.roster_generator.problem import Row
from opale.run.shifts.domain.working_time import WEEK, Breach, find_breaches

KnownBreaches = Mapping[tuple[str, datetime], Breach]
MARGIN_DAYS = 14
"""Days on both sides in which the work of those who are free is compared."""


def without_breaches(frame: Frame, rows: Rows, *, until: float = math.inf) -> Rows:
    """Return the rows without the shifts that newly break a rule. These stay with their holder, or
    go to another person who is free and allowed, as far as there is one and the monotonic clock
    has not reached `until`.
    """
    standing = frame.standing()
    kept = {
        one.person: _lawful(frame, one, standing[one.person], rows[one.person])
        for one in frame.members
    }
    there = _there(rows)
    return _filled(frame, _given_back(frame, kept), there, until)


def _there(rows: Rows) -> Counter[tuple[int, str]]:
    return Counter((day, code) for row in rows.values() for day, code in enumerate(row) if code)


def _lawful(frame: Frame, member: Member, standing: Row, row: Row) -> Row:
    """Return the row without gained shifts that break a rule kept without them."""
    if row == standing or not breaches_of_row(frame, member, row):
        return row
    had = _had(breaches_of_row(frame, member, standing))
    while worse := [one for one in breaches_of_row(frame, member, row) if _worse(one, had)]:
        gained = [day for day, code in enumerate(row) if code and code != standing[day]]
        if not gained:
            return standing
        inside = [day for day in gained if _touches(frame.span(day, row[day]), worse[0].span)]
        last = (inside or gained)[-1]
        row = (*row[:last], "", *row[last + 1 :])
    return row


def _given_back(frame: Frame, rows: Rows) -> Rows:
    """Give shifts lost to the rules back to their holder, if free and allowed."""
    members = {one.person: one for one in frame.members}
    there, wanted, standing, found = _there(rows), frame.wanted(), frame.standing(), dict(rows)
    for slot in frame.slots:
        member, place = members.get(slot.person), (slot.day, slot.shift)
        if member is None or there[place] >= wanted[place] or found[slot.person][slot.day]:
            continue
        row = _with(found[slot.person], place)
        if not is_unavailable(member, frame.span(*place)) and row == _lawful(
            frame, member, standing[slot.person], row
        ):
            found[slot.person] = row
            there[place] += 1
    return found


def _filled(frame: Frame, rows: Rows, planned: Counter[tuple[int, str]], until: float) -> Rows:
    """Give planned shifts that nobody holds to who has a missing skill, else to who works least
    around them.
    """
    found, wanted, kept = dict(rows), frame.wanted(), _Kept(frame)
    for place in sorted((planned & wanted) - _there(rows)):
        for member in sorted(_free(frame, found, place), key=_first_asked(frame, found, place)):
            if time.monotonic() > until:
                return found
            row = _with(found[member.person], place)
            if kept.allows(member, found[member.person], row):
                found[member.person] = row
            if _there(found)[place] >= min(planned[place], wanted[place]):
                break
    return found


class _Kept:
    """A check whether a row breaks more than the person's present one, whose breaches are kept."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.known: dict[tuple[int, Row], KnownBreaches] = {}

    def allows(self, member: Member, before: Row, after: Row) -> bool:
        place = (member.person, before)
        if place not in self.known:
            self.known[place] = _had(breaches_of_row(self.frame, member, before))
        found = breaches_of_row(self.frame, member, after)
        return not any(_worse(one, self.known[place]) for one in found)


def _free(frame: Frame, rows: Rows, place: tuple[int, str]) -> Iterable[Member]:
    """Return the people who work nothing on that day and may work that shift."""
    day, code = place
    span = frame.span(day, code)
    for member in frame.members:
        row = rows[member.person]
        if (
            not row[day]
            and is_allowed(member, frame.shifts[code])
            and not is_unavailable(member, span)
            and not is_night_work_on_standby(frame, member, span)
            and longest_run(_with(row, place)) <= max(RUN[1], longest_run(row))
        ):
            yield member


def _first_asked(
    frame: Frame, rows: Rows, place: tuple[int, str]
) -> Callable[[Member], tuple[int, timedelta]]:
    day, code = place
    missing = [one for one in frame.able if one.day == day and not one.met(rows)]

    def key(member: Member) -> tuple[int, timedelta]:
        around = rows[member.person][max(0, day - MARGIN_DAYS) : day + MARGIN_DAYS + 1]
        work = sum((frame.shifts[other].length for other in around if other), timedelta())
        helps = sum(one.weight for one in missing if (member.person, day, code) in one.who)
        return -helps, work * 100 / max(1, member.share)

    return key


def _with(row: Row, place: tuple[int, str]) -> Row:
    day, code = place
    return (*row[:day], code, *row[day + 1 :])


def breaches_of_row(frame: Frame, member: Member, row: Row) -> list[Breach]:
    """Return the breaches around the frame of a person who works the row."""
    spans = [frame.span(day, code) for day, code in enumerate(row) if code]
    within = Span(frame.midnight(0) - WEEK, frame.midnight(frame.days) + WEEK)
    weeks = max((limit.weeks for limit in member.rules.limits.values()), default=0)
    reach = Span(within.starts - (weeks + 1) * WEEK, within.ends + WEEK)
    work = sorted(one for one in {*member.past, *member.busy, *spans} if _touches(one, reach))
    return find_breaches(work, member.rules, zone=member.zone, within=within)


def _had(found: Iterable[Breach]) -> KnownBreaches:
    return {(one.code, one.span.starts): one for one in found}


def _worse(one: Breach, had: KnownBreaches) -> bool:
    before = had.get((one.code, one.span.starts))
    return before is None or abs(one.found - one.limit) > abs(before.found - before.limit)


def _touches(one: Span, other: Span) -> bool:
    return one.starts < other.ends and other.starts < one.ends
