"""Arithmetic of patterns: hours on a wall clock and cycles of days, and the turns they give.

Values only: no table, no clock. A changeover is an hour on the wall clock of a place. On the nights
when the clocks change, the shift that ends and the one that begins still meet: both read the same
wall clock.
Source: docs/rules/rosters.md, "Shift cycles".
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MAX_CYCLE_DAYS = 366
NIGHT_FROM, MORNING_FROM, AFTERNOON_FROM = 19, 4, 12
MAX_DAYS_LATER = 31
"""How many days later the hours of a day may end."""
HOURS = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)(?:\+(\d{1,2}))?", re.ASCII)


class InvalidHours(ValueError):
    """What was written is not of the form "22:00-06:00" or "08:00-08:00+7"."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    starts: datetime
    ends: datetime

    def __and__(self, other: "Span") -> "Span":
        """Return the common part; it ends before it begins where there is none."""
        return Span(max(self.starts, other.starts), min(self.ends, other.ends))

    @property
    def length(self) -> timedelta:
        return self.ends - self.starts


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """Hours on the wall clock from the midnight of their day; they may end on a later day."""

    starts: timedelta
    ends: timedelta

    @classmethod
    def parse(cls, text: str) -> "Hours":
        """Errors: BadHours."""
        found = HOURS.fullmatch(text)
        if found is None:
            raise InvalidHours(text)
        begin, begin_minute, end, end_minute, later = found.groups()
        starts = timedelta(hours=int(begin), minutes=int(begin_minute))
        ends = timedelta(days=int(later or 0), hours=int(end), minutes=int(end_minute))
        if later is None and ends <= starts:
            ends += DAY
        if starts >= DAY or int(end) * 60 + int(end_minute) > 24 * 60:
            raise InvalidHours(text)
        if not starts < ends <= MAX_DAYS_LATER * DAY:
            raise InvalidHours(text)
        return cls(starts, ends)

    def on(self, day: date, zone: tzinfo) -> Span:
        midnight = datetime.combine(day, time())
        return Span(instant(midnight + self.starts, zone), instant(midnight + self.ends, zone))


Days = tuple[tuple[Hours, ...], ...]
"""The hours of each day of a cycle; none on a day off."""


def parse_days(days: Iterable[Iterable[str]]) -> Days:
    """Errors: BadHours."""
    return tuple(tuple(Hours.parse(text) for text in day) for day in days)


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """Return the moment at which the wall clock of a place shows this, the first of two.

    Times that the clocks skip give the moment of the change, so later times are never earlier.
    """
    at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _jump(before, at, zone)


def _jump(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    shift = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + SECOND * ((after - before) // SECOND // 2)
        if middle.astimezone(zone).utcoffset() == shift:
            before = middle
        else:
            after = middle
    return after


def part_of_day(hour: int) -> str:
    """Return the name of the part of day in which a shift begins."""
    if hour >= NIGHT_FROM or hour < MORNING_FROM:
        return "night"
    return "morning" if hour < AFTERNOON_FROM else "afternoon"


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle of days from `first` on, repeated unless it is a single one."""

    days: Days
    first: date
    zone: tzinfo
    repeats: bool = True

    def hours_of(self, day: date, offset: int) -> tuple[Hours, ...]:
        """Return the hours of a day for a person `offset` days ahead in the cycle."""
        number = (day - self.first).days + offset
        if not self.repeats and not 0 <= number < len(self.days):
            return ()
        return self.days[number % len(self.days)]


@dataclass(frozen=True, slots=True)
class Turn:
    """One period of work that a cycle gives to a person with a place in it."""

    day: date
    number: int
    span: Span


def turns(cycle: Cycle, offset: int, since: date, until: date) -> Iterator[Turn]:
    """Return the turns that begin from one day to another, both included."""
    for ahead in range((until - since).days + 1):
        day = since + ahead * DAY
        for number, hours in enumerate(cycle.hours_of(day, offset)):
            span = hours.on(day, cycle.zone)
            if span.starts < span.ends:
                yield Turn(day, number, span)


def intersections(span: Span, windows: Iterable[Span]) -> list[Span]:
    """Return the parts of a span inside windows that do not overlap."""
    parts = (span & window for window in windows)
    return [part for part in parts if part.starts < part.ends]


def remainders(span: Span, windows: Iterable[Span]) -> list[Span]:
    """Return the parts of a span outside all windows."""
    left, begins = [], span.starts
    for window in sorted(windows):
        if window.ends <= begins or window.starts >= span.ends:
            continue
        if window.starts > begins:
            left.append(Span(begins, window.starts))
        begins = max(begins, window.ends)
    if begins < span.ends:
        left.append(Span(begins, span.ends))
    return left


def understaffed_parts(
    spans: Sequence[Span], wanted: int, starts: datetime, ends: datetime
) -> list[Span]:
    """Return the parts of a period in which fewer than `wanted` spans run at a time."""
    marks = sorted({starts, ends, *(at for s in spans for at in (s.starts, s.ends))})
    steps = dict.fromkeys(marks, 0)
    for span in spans:
        steps[span.starts] += 1
        steps[span.ends] -= 1
    running, found = 0, list[Span]()
    for at, following in pairwise(marks):
        running += steps[at]
        part = Span(at, following) & Span(starts, ends)
        if running >= wanted or part.starts >= part.ends:
            continue
        if found and found[-1].ends == part.starts:
            found[-1] = Span(found[-1].starts, part.ends)
        else:
            found.append(part)
    return found
