"""Reader of other programs' calendars: when a person is away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

import icalendar
import recurring_ical_events

from opale.run.shifts.domain.cycles import Span

MAX_BYTES = 1 << 20
MAX_TIMES = 500


class InvalidCalendar(ValueError):
    """This is no calendar, or one of another kind than is read here."""


@dataclass(frozen=True, slots=True)
class AwayTime:
    span: Span
    summary: str


def away_times(raw: bytes, *, zone: tzinfo, within: Span) -> list[AwayTime]:
    """Return the busy times of a calendar in a period, each repetition by itself.

    Whole days are those of `zone`. Cancelled entries and free ones (`TRANSPARENT`) do not count.
    Errors: Unreadable (no calendar, larger than a mebibyte, more than 500 entries).
    """
    if len(raw) > MAX_BYTES:
        raise InvalidCalendar("size")
    try:
        calendar = icalendar.Calendar.from_ical(raw)
        found = recurring_ical_events.of(calendar).between(within.starts, within.ends)
        times = list(_times(found, zone))
    except (ValueError, KeyError, AttributeError, TypeError, IndexError) as bad:
        raise InvalidCalendar(str(bad)) from bad
    if len(times) > MAX_TIMES:
        raise InvalidCalendar("entries")
    return sorted(times, key=lambda away: away.span)


def _times(found: list[icalendar.Event], zone: tzinfo) -> Iterator[AwayTime]:
    for event in found:
        if str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
            continue
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        starts, ends = _moment(event.start, zone), _moment(event.end, zone)
        if starts < ends:
            yield AwayTime(Span(starts, ends), str(event.get("SUMMARY", "")))


def _moment(at: date | datetime, zone: tzinfo) -> datetime:
    if not isinstance(at, datetime):
        return datetime.combine(at, time(), zone)
    return at if at.tzinfo else at.replace(tzinfo=zone)
