"""Working hours of a calendar by day. Pure: no database, no clock.

Source: docs/rules/reservations.md, "Hours that a person gives".
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

from opale.kernel.business_time import between
from opale.kernel.calendars import Calendar

MOST_A_DAY: Final = Decimal(8)
A_DAY: Final = timedelta(days=1)


def hours_on(calendar: Calendar, day: date) -> Decimal:
    """Return a person's working hours on a local day: the calendar's open hours, eight at most."""
    return _year(calendar, day.year)[day.timetuple().tm_yday - 1]


@lru_cache(maxsize=256)
def _year(calendar: Calendar, year: int) -> tuple[Decimal, ...]:
    first = date(year, 1, 1)
    count = (date(year + 1, 1, 1) - first).days
    return tuple(_hours(calendar, first + timedelta(days=n)) for n in range(count))


def _hours(calendar: Calendar, day: date) -> Decimal:
    zone = calendar.zone
    starts = datetime(day.year, day.month, day.day, tzinfo=zone)
    after = day + A_DAY
    ends = datetime(after.year, after.month, after.day, tzinfo=zone)
    open_hours = Decimal(between(calendar, starts, ends) // timedelta(seconds=1)) / 3600
    return min(MOST_A_DAY, open_hours)


@dataclass(frozen=True, slots=True)
class Days:
    """Days of one calendar: the hours of each, and the number of working days before each."""

    first: date
    hours: tuple[Decimal, ...]
    worked: tuple[int, ...]

    @classmethod
    def of(cls, calendar: Calendar, first: date, count: int) -> "Days":
        hours = tuple(hours_on(calendar, first + timedelta(days=n)) for n in range(count))
        return cls(first, hours, tuple(accumulate((int(h > 0) for h in hours), initial=0)))

    def place(self, day: date | None) -> int:
        """Return the place of a day in the stretch, clamped to it; its end for None."""
        if day is None:
            return len(self.hours)
        return min(max((day - self.first).days, 0), len(self.hours))

    def between(self, low: int, high: int) -> int:
        """Return the number of working days between two places."""
        return self.worked[high] - self.worked[low] if high > low else 0


@dataclass(frozen=True, slots=True)
class Midnights:
    """The midnights of a stretch of days at a place, with the last one's end.

    Units: Unix seconds.
    """

    at: tuple[int, ...]

    @classmethod
    @lru_cache(maxsize=256)
    def of(cls, zone: str, first: date, count: int) -> "Midnights":
        """Return the days of a time zone; those of a clock change have 23 or 25 hours."""
        where = ZoneInfo(zone)
        days = (first + timedelta(days=n) for n in range(count + 1))
        return cls(
            tuple(int(datetime(d.year, d.month, d.day, tzinfo=where).timestamp()) for d in days)
        )

    def split(self, begins: int, ends: int) -> Iterator[tuple[int, int]]:
        """Yield the places of the days that a time range covers, and its seconds on each."""
        begins, ends = max(begins, self.at[0]), min(ends, self.at[-1])
        place = bisect_right(self.at, begins) - 1
        while begins < ends:
            until = min(ends, self.at[place + 1])
            yield place, until - begins
            begins, place = until, place + 1


def working_days(calendar: Calendar, since: date, until: date) -> Sequence[date]:
    """Return the working days from `since` to before `until`."""
    count = (until - since).days
    days = (since + timedelta(days=n) for n in range(max(0, count)))
    return [day for day in days if hours_on(calendar, day) > 0]
