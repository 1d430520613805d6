"""Reader of other programs' calendars: when a person is away.

A rule of a few bytes may stand for millions of repetitions, or for millions of days that it looks
at in vain, so repetitions are found one after another, and `read_away_times` does it all in a
process with little time and memory.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from dateutil.rrule import rrulebase

from opale.kernel.dates import is_far
from opale.kernel.limited_process import (
    CPU_SECONDS,
    ProcessFailed,
    ProcessRefused,
    run_limited,
)
from opale.run.shifts.domain.cycles import Span

MAX_BYTES: Final = 1 << 20
MAX_TIMES: Final = 500
MAX_ENTRIES: Final = 10_000
"""How many entries are looked at, those that are free or cancelled too."""
READER: Final = f"{__name__}:away_times_as_json"
FREQUENCIES: Final = frozenset({"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"})
"""How often an absence may come again: nobody is away each minute anew."""


class InvalidCalendar(ValueError):
    """This is no calendar, or one of another kind than is read here."""


@dataclass(frozen=True, slots=True)
class AwayTime:
    span: Span
    summary: str


def read_away_times(
    raw: bytes, *, zone: ZoneInfo, within: Span, cpu_seconds: int = CPU_SECONDS
) -> list[AwayTime]:
    """Return the busy times of a calendar in a period, read in a process of its own.

    Errors: InvalidCalendar (as `away_times`, and what takes too long or too much memory).
    """
    if len(raw) > MAX_BYTES:
        raise InvalidCalendar("size")
    words = (zone.key, within.starts.isoformat(), within.ends.isoformat())
    try:
        answer = run_limited(READER, raw, *words, cpu_seconds=cpu_seconds)
    except (ProcessRefused, ProcessFailed) as bad:
        raise InvalidCalendar(str(bad)) from bad
    return [
        AwayTime(Span(datetime.fromisoformat(starts), datetime.fromisoformat(ends)), summary)
        for starts, ends, summary in json.loads(answer)
    ]


def away_times_as_json(raw: bytes, zone: str, starts: str, ends: str) -> bytes:
    """Return the busy times as the other process sends them: starts, ends, summary."""
    within = Span(datetime.fromisoformat(starts), datetime.fromisoformat(ends))
    found = away_times(raw, zone=ZoneInfo(zone), within=within)
    rows = [(a.span.starts.isoformat(), a.span.ends.isoformat(), a.summary[:200]) for a in found]
    return json.dumps(rows).encode()


def away_times(raw: bytes, *, zone: tzinfo, within: Span) -> list[AwayTime]:
    """Return the busy times of a calendar in a period, each repetition by itself.

    Whole days are those of `zone`. Cancelled entries and free ones (`TRANSPARENT`) do not count.
    Errors: InvalidCalendar (no calendar, larger than a mebibyte, more than 500 entries, repeated
    more often than hourly, a day at the ends of the calendar).
    """
    if len(raw) > MAX_BYTES:
        raise InvalidCalendar("size")
    try:
        calendar = icalendar.Calendar.from_ical(raw)
        _check_frequencies(calendar)
        times = []
        for away in _times(_occurrences(calendar, within), zone):
            times.append(away)
            if len(times) > MAX_TIMES:
                raise InvalidCalendar("entries")
        return sorted(times, key=lambda away: away.span)
    except InvalidCalendar:
        raise
    except UNREADABLE as bad:
        raise InvalidCalendar(str(bad)) from bad


UNREADABLE: Final = (
    *(ValueError, KeyError, AttributeError, TypeError, IndexError),
    *(OverflowError, RecursionError),
)


def _check_frequencies(calendar: icalendar.Component) -> None:
    """Refuse rules of seconds and minutes, in time zones too. Errors: InvalidCalendar."""
    for part in calendar.walk():
        rules = part.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            if not {str(one).upper() for one in rule.get("FREQ", ())} <= FREQUENCIES:
                raise InvalidCalendar("frequency")


class _LazyRule:
    """A rule whose repetitions are found one after another."""

    def __init__(self, rule: rrulebase, until: Any) -> None:
        self.rule, self.until = rule, until

    def between(self, after: datetime, before: datetime, *, inc: bool) -> Iterator[datetime]:
        for at in self.rule.xafter(after, inc=inc):
            if at > before:
                return
            yield at


class _LazySeries(recurring_ical_events.Series):  # type: ignore[misc]  # without types
    """Entries with one UID. The library lists all repetitions of a rule before it gives one."""

    class RecurrenceRules(recurring_ical_events.Series.RecurrenceRules):  # type: ignore[misc]  # so
        rrules: list[Any]

        def __init__(self, core: recurring_ical_events.ComponentAdapter) -> None:
            super().__init__(core)
            self.rrules = [_LazyRule(rule, rule.until) for rule in self.rrules]


def _occurrences(calendar: icalendar.Component, within: Span) -> Iterator[icalendar.Event]:
    events = recurring_ical_events.ComponentsWithName("VEVENT", series=_LazySeries)
    looked_at = 0
    for series in recurring_ical_events.of(calendar, components=[events]).series:
        for found in series.between(within.starts, within.ends):
            looked_at += 1
            if looked_at > MAX_ENTRIES:
                raise InvalidCalendar("entries")
            yield found.as_component(keep_recurrence_attributes=False)


def _times(found: Iterator[icalendar.Event], zone: tzinfo) -> Iterator[AwayTime]:
    for event in found:
        if str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
            continue
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        starts, ends = _moment(event.start, zone), _moment(event.end, zone)
        if is_far(starts) or is_far(ends):
            raise InvalidCalendar("far")
        if starts < ends:
            yield AwayTime(Span(starts, ends), str(event.get("SUMMARY", "")))


def _moment(at: date | datetime, zone: tzinfo) -> datetime:
    if not isinstance(at, datetime):
        return datetime.combine(at, time(), zone)
    return at if at.tzinfo else at.replace(tzinfo=zone)
