"""Business time by a calendar: added, measured and explained.

Pure: no database, no clock, no settings. The same record always gives the same answer.

Units: instants are aware; answers are in UTC, exact to the microsecond.
Source: docs/rules/business-time.md.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from typing import Final

from opale.kernel.calendars import (
    ALL_DAY,
    COUNTED,
    DAY_MICROSECONDS,
    WEEKDAYS,
    BadCalendar,
    BusinessTimeError,
    Calendar,
    DayException,
    Hours,
    Reason,
    holiday_name,
    public_holidays,
    tile_day,
)

__all__ = [
    "ALL_DAY",
    "EARLIEST",
    "HORIZON",
    "LATEST",
    "WEEKDAYS",
    "BadCalendar",
    "BadInstant",
    "BusinessTimeError",
    "Calendar",
    "DayException",
    "Hours",
    "NeverOpen",
    "Pause",
    "Reason",
    "Segment",
    "add",
    "between",
    "clear_cache",
    "due",
    "explain",
    "holiday_name",
    "merged",
    "public_holidays",
]

HORIZON: Final = timedelta(days=3653)
"""Time without an open minute after which a calendar counts as never opening."""
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)

_MICROSECOND: Final = timedelta(microseconds=1)
_LAST: Final = (LATEST - EARLIEST) // _MICROSECOND
_FIRST_ORDINAL: Final = EARLIEST.toordinal()
_REMEMBERED_DAYS: Final = 8_000  # of one calendar


class BadInstant(BusinessTimeError):
    """A naive instant, one outside EARLIEST..LATEST, or a span that ends before it starts.

    Codes: naive_instant, instant_out_of_range, reversed_span, negative_duration.
    """


class NeverOpen(BusinessTimeError):
    """The calendar does not open for HORIZON, or not before LATEST. Code: never_open."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause recorded on what is measured, during which time does not count. No `ends`: it still
    runs.
    """

    starts: datetime
    ends: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of `explain` whose minutes all share one reason.

    `reason` is what the calendar says, or PAUSED where it is open and a pause runs. `pauses` are
    the sorted codes of all pauses that run then, in closed time too.
    """

    starts: datetime
    ends: datetime
    counted: bool
    reason: Reason
    pauses: tuple[str, ...] = ()


def add(calendar: Calendar, start: datetime, duration: timedelta) -> datetime:
    """Return the earliest instant at which `duration` of open time has passed since `start`.

    Errors: BadInstant, NeverOpen.
    """
    return _instant(_after(calendar, _micros(start), _length(duration)))


def due(
    calendar: Calendar, start: datetime, target: timedelta, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """Return the instant of `add`, moved by the pauses; None while a pause runs and no date is
    known.

    Errors: BadInstant, NeverOpen.
    """
    cursor, left = _micros(start), _length(target)
    for begins, ends in _merged(pauses):
        if ends is not None and ends <= cursor:
            continue
        if left == 0:
            break
        if begins > cursor:
            before = _reach(calendar, cursor, begins)
            if left <= before:
                break
            left -= before
        if ends is None:
            return None
        cursor = ends
    return _instant(_after(calendar, cursor, left))


def between(
    calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Pause] = ()
) -> timedelta:
    """Return the open time from `start` to `end`, less the pauses; negative when `end` comes first.

    Errors: BadInstant.
    """
    a, b = _micros(start), _micros(end)
    low, high = min(a, b), max(a, b)
    total = _reach(calendar, low, high)
    for begins, ends in _merged(pauses):
        total -= _reach(calendar, max(begins, low), high if ends is None else min(ends, high))
    return (total if a <= b else -total) * _MICROSECOND


def merged(pauses: Iterable[Pause]) -> list[Pause]:
    """Return the pauses in order and without overlap, without their reasons: what `between`
    deducts.
    """
    return [
        Pause(_instant(begins), None if ends is None else _instant(ends), "")
        for begins, ends in _merged(pauses)
    ]


def explain(
    calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Pause] = ()
) -> list[Segment]:
    """Cut `start`..`end` into segments, without a gap: the counted ones add up to `between`.

    Errors: BadInstant.
    """
    a, b = _micros(start), _micros(end)
    if b < a:
        raise BadInstant("reversed_span", f"{end} comes before {start}.")
    spans = _clipped(_opened(calendar), a, b)
    return [
        Segment(_instant(begins), _instant(ends), reason in COUNTED, reason, codes)
        for begins, ends, reason, codes in _joined(_paused(spans, list(pauses), b))
    ]


def clear_cache() -> None:
    """Drop what was computed about calendars: no answer changes, only the time of the next call."""
    _opened.cache_clear()


# From here on: microseconds since EARLIEST, in UTC.

_Span = tuple[int, int, Reason]


class _OpenedDays:
    """Open spans of a calendar for each day of UTC, computed once.

    Days of UTC all last the same, so gaps and folds of the local clock need no special case: the
    wall clock is asked piece by piece of constant offset.
    """

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.never_closes = calendar.never_closes
        self._zone = calendar.zone
        self._plain = tuple(tile_day(hours) for hours in calendar.weekly)
        self._special: dict[date, list[DayException]] = {}
        for exception in calendar.exceptions:
            self._special.setdefault(exception.day, []).append(exception)
        self._days: dict[int, tuple[int, tuple[_Span, ...]]] = {}

    def day(self, number: int) -> tuple[int, tuple[_Span, ...]]:
        """Return the open total of a day of UTC, and the spans that tile it."""
        known = self._days.get(number)
        if known is None:
            spans = tuple(self._spans(number * DAY_MICROSECONDS, (number + 1) * DAY_MICROSECONDS))
            known = (sum(e - b for b, e, reason in spans if reason in COUNTED), spans)
            if len(self._days) >= _REMEMBERED_DAYS:
                self._days.clear()
            self._days[number] = known
        return known

    def _spans(self, begins: int, ends: int) -> Iterator[_Span]:
        for piece_begins, piece_ends, offset in self._pieces(begins, ends):
            first, last = (
                (piece_begins + offset) // DAY_MICROSECONDS,
                (piece_ends + offset - 1) // DAY_MICROSECONDS,
            )
            for local in range(first, last + 1):
                midnight = local * DAY_MICROSECONDS - offset
                for opens, closes, reason in self._local_day(local):
                    low = max(midnight + opens, piece_begins)
                    high = min(midnight + closes, piece_ends)
                    if low < high:
                        yield low, high, reason

    def _pieces(self, begins: int, ends: int) -> list[tuple[int, int, int]]:
        # No zone of the database changes its offset twice within two days.
        before, after = self._offset(begins), self._offset(ends)
        if before == after:
            return [(begins, ends, before)]
        low, high = begins, ends
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._offset(middle) == before else (low, middle)
        return [(b, e, o) for b, e, o in ((begins, high, before), (high, ends, after)) if b < e]

    def _offset(self, instant: int) -> int:
        local = (EARLIEST + instant * _MICROSECOND).astimezone(self._zone)
        return (local.utcoffset() or timedelta(0)) // _MICROSECOND

    def _local_day(self, number: int) -> Sequence[_Span]:
        day = date.fromordinal(_FIRST_ORDINAL + number)
        special = self._special.get(day)
        holiday = self.calendar.is_holiday(day)
        if special is None and not holiday:
            return self._plain[day.weekday()]
        return tile_day(self.calendar.weekly[day.weekday()], holiday, special or ())


@lru_cache(maxsize=256)
def _opened(calendar: Calendar) -> _OpenedDays:
    return _OpenedDays(calendar)


def _reach(calendar: Calendar, a: int, b: int) -> int:
    """Return the open time from a to b; zero when b comes first."""
    opened = _opened(calendar)
    if b <= a:
        return 0
    return b - a if opened.never_closes else _counted(opened, a, b)


def _counted(opened: _OpenedDays, a: int, b: int) -> int:
    first, last = a // DAY_MICROSECONDS, (b - 1) // DAY_MICROSECONDS
    total = sum(opened.day(number)[0] for number in range(first, last + 1))
    total -= _part(opened, first, first * DAY_MICROSECONDS, a)
    return total - _part(opened, last, b, (last + 1) * DAY_MICROSECONDS)


def _part(opened: _OpenedDays, number: int, a: int, b: int) -> int:
    spans = opened.day(number)[1]
    return sum(
        max(0, min(ends, b) - max(begins, a)) for begins, ends, why in spans if why in COUNTED
    )


def _after(calendar: Calendar, start: int, left: int) -> int:
    opened = _opened(calendar)
    if left == 0:
        return start
    found = start + left if opened.never_closes else _walk(opened, start, left)
    if found >= _LAST:
        raise NeverOpen("never_open", f"Not reached before {LATEST:%Y}.")
    return found


def _walk(opened: _OpenedDays, start: int, left: int) -> int:
    """Return the instant at which `left` (above zero) is used up, a whole day at a time."""
    number = start // DAY_MICROSECONDS
    left += _part(opened, number, number * DAY_MICROSECONDS, start)
    closed = 0
    while left > (total := opened.day(number)[0]):
        left -= total
        closed = 0 if total else closed + 1
        number += 1
        if closed > HORIZON.days or number * DAY_MICROSECONDS >= _LAST:
            raise NeverOpen("never_open", "The calendar does not open often enough to get there.")
    for begins, ends, reason in opened.day(number)[1]:
        if reason in COUNTED:
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
    raise AssertionError("the spans of a day add up to its total")


def _clipped(opened: _OpenedDays, a: int, b: int) -> Iterator[_Span]:
    for number in range(a // DAY_MICROSECONDS, -(-b // DAY_MICROSECONDS)):
        for begins, ends, reason in opened.day(number)[1]:
            low, high = max(begins, a), min(ends, b)
            if low < high:
                yield low, high, reason


_Codes = tuple[str, ...]


def _paused(
    spans: Iterable[_Span], pauses: Sequence[Pause], end: int
) -> Iterator[tuple[int, int, Reason, _Codes]]:
    # One walk over the spans, the pauses and their edges together: none is looked at twice.
    running = sorted(((*_bounds(pause), pause.reason) for pause in pauses), key=itemgetter(0))
    edges = sorted({edge for b, e, _ in running for edge in (b, e) if edge is not None})
    begun = 0
    present: list[tuple[int, int, str]] = []
    for begins, ends, reason in spans:
        inside = edges[bisect_right(edges, begins) : bisect_left(edges, ends)]
        for low, high in pairwise((begins, *inside, ends)):
            while begun < len(running) and running[begun][0] <= low:
                b, e, code = running[begun]
                present.append((b, end if e is None else e, code))
                begun += 1
            present = [pause for pause in present if low < pause[1]]
            codes = tuple(sorted({code for _, _, code in present}))
            yield low, high, Reason.PAUSED if codes and reason in COUNTED else reason, codes


def _joined(
    stretches: Iterable[tuple[int, int, Reason, _Codes]],
) -> list[tuple[int, int, Reason, _Codes]]:
    joined: list[tuple[int, int, Reason, _Codes]] = []
    for begins, ends, reason, codes in stretches:
        same = bool(joined) and joined[-1][1:] == (begins, reason, codes)
        joined.append((joined.pop()[0] if same else begins, ends, reason, codes))
    return joined


def _merged(pauses: Iterable[Pause]) -> list[tuple[int, int | None]]:
    """Return the pauses in order, without overlap; only the last may have no end."""
    merged: list[tuple[int, int | None]] = []
    for begins, ends in sorted(map(_bounds, pauses), key=lambda bounds: bounds[0]):
        last_begins, last_ends = merged[-1] if merged else (begins, begins)
        if (last_ends is not None and begins > last_ends) or not merged:
            merged.append((begins, ends))
        elif last_ends is not None:
            merged[-1] = (last_begins, None if ends is None else max(ends, last_ends))
    return merged


def _bounds(pause: Pause) -> tuple[int, int | None]:
    begins = _micros(pause.starts)
    if pause.ends is None:
        return begins, None
    ends = _micros(pause.ends)
    if ends < begins:
        raise BadInstant("reversed_span", f"The pause of {pause.starts} ends before it starts.")
    return begins, ends


def _micros(instant: datetime) -> int:
    if instant.utcoffset() is None:
        raise BadInstant("naive_instant", f"{instant} has no time zone.")
    if not EARLIEST <= instant < LATEST:
        raise BadInstant("instant_out_of_range", f"{instant} is outside 1970..2199.")
    return (instant - EARLIEST) // _MICROSECOND


def _instant(micros: int) -> datetime:
    return EARLIEST + micros * _MICROSECOND


def _length(duration: timedelta) -> int:
    if duration < timedelta(0):
        raise BadInstant("negative_duration", f"{duration} is negative.")
    return duration // _MICROSECOND
