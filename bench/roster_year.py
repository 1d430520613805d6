"""A roster of a year for one desk, and a new plan after one absence.

Usage: python -m bench.roster_year [--people 40] [--weeks 52] [--seconds 20] [--data FOLDER]

With --data the desk is made in the database of an installation, asked for and answered as on its
pages, in one transaction that is taken back: what is read and written counts too.
Prints JSON: how long both took, what is not covered, whether a rule of working time is broken
(looked for by `run.shifts.working_time`, as the pages do), and the share of duties that one
absence of two weeks moved.
"""

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from opale.run.shifts.domain.cycles import Hours, Span
from opale.run.shifts.domain.roster_generator.differences import roster_changes
from opale.run.shifts.domain.roster_generator.frame import Frame, Member, Rows, Shift, Slot
from opale.run.shifts.domain.roster_generator.planner import plan_roster
from opale.run.shifts.domain.roster_generator.rule_check import breaches_of_row
from opale.run.shifts.domain.working_time import FRANCE

PARIS = ZoneInfo("Europe/Paris")
NEEDED = {"06:00-14:00": 9, "14:00-22:00": 8, "22:00-06:00": 6}
FIRST = date(2027, 1, 4)
ABSENT_FROM, ABSENT_DAYS, AROUND = 28, 14, 28


def desk(people: int, weeks: int) -> Frame:
    """Nothing stands yet: three shifts a day with as many as 40 people can hold."""
    shifts = [Shift("agent", Hours.parse(hours)) for hours in NEEDED]
    needed = [max(1, count * people // 40) for count in NEEDED.values()]
    members = tuple(
        Member(1 + n, FRANCE, PARIS, frozenset({"agent"}), off=frozenset({n, n + 7, n + 60}))
        for n in range(people)
    )
    more = {
        (day, shift.code): count
        for day in range(7 * weeks)
        for shift, count in zip(shifts, needed, strict=True)
    }
    return Frame(
        FIRST, 7 * weeks, PARIS, {s.code: s for s in shifts}, members, (), more, gentle=False
    )


def published(frame: Frame, rows: Rows, *, begin: int, days: int) -> Frame:
    """A part of what was planned, as it stands once it is published."""
    block = range(begin, begin + days)
    slots = tuple(
        Slot(f"d{person}-{day}", day - begin, row[day], person)
        for person, row in rows.items()
        for day in block
        if row[day]
    )
    held = Counter((slot.day, slot.shift) for slot in slots)
    missing = {
        (day - begin, code): frame.more[day, code] - held[day - begin, code]
        for day in block
        for code in frame.shifts
        if frame.more[day, code] > held[day - begin, code]
    }
    members = tuple(
        replace(
            member,
            off=frozenset(),
            busy=tuple(
                frame.span(day, code)
                for day, code in enumerate(rows[member.person])
                if code and day not in block
            ),
        )
        for member in frame.members
    )
    first = date.fromordinal(frame.first.toordinal() + begin)
    return replace(
        frame, first=first, days=days, slots=slots, more=missing, members=members, gentle=True
    )


def missing(frame: Frame, rows: Rows) -> int:
    there = Counter((day, code) for row in rows.values() for day, code in enumerate(row) if code)
    return sum((frame.wanted() - there).values())


def broken(frame: Frame, rows: Rows) -> int:
    return sum(len(breaches_of_row(frame, member, rows[member.person])) for member in frame.members)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--seconds", type=float, default=18)
    parser.add_argument("--data", help="the data folder of an installation")
    asked = parser.parse_args()
    if asked.data:
        from bench.inside import opened

        with opened(asked.data):
            from bench.roster_database import measure

            return measure(asked.people, asked.weeks, asked.seconds)
    frame = desk(asked.people, asked.weeks)
    began = time.monotonic()
    year = plan_roster(frame, seconds=asked.seconds)
    whole = time.monotonic() - began
    there = published(frame, year.rows, begin=ABSENT_FROM - 7, days=AROUND)
    away = Span(there.midnight(7), there.midnight(7 + ABSENT_DAYS))
    one = there.members[0]
    again = replace(there, members=(replace(one, away=(away,)), *there.members[1:]))
    began = time.monotonic()
    anew = plan_roster(again, seconds=4)
    print(
        json.dumps(
            {
                "seconds": round(whole, 1),
                "duties": sum(bool(code) for row in year.rows.values() for code in row),
                "missing": missing(frame, year.rows),
                "broken": broken(frame, year.rows),
                "again_seconds": round(time.monotonic() - began, 1),
                "again_changed": len(roster_changes(again, anew.rows)),
                "again_duties": len(again.slots),
                "again_missing": missing(again, anew.rows) - missing(there, there.standing()),
                "again_broken": broken(again, anew.rows) - broken(again, there.standing()),
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
