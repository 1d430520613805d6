"""Working days of calendars. Pure: no database, no clock."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from opale.kernel.business_time import HORIZON, Calendar, NeverOpen, between

A_DAY: Final = timedelta(days=1)


class Workdays:
    """Working days of a calendar, each looked up once."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._known: dict[date, bool] = {}

    def opens(self, day: date) -> bool:
        known = self._known.get(day)
        if known is None:
            zone = self.calendar.zone
            begins = datetime.combine(day, time(), zone)
            ends = datetime.combine(day + A_DAY, time(), zone)
            known = self._known[day] = between(self.calendar, begins, ends) > timedelta(0)
        return known

    def on_or_after(self, day: date) -> date:
        return self._towards(day, A_DAY)

    def on_or_before(self, day: date) -> date:
        return self._towards(day, -A_DAY)

    def _towards(self, day: date, step: timedelta) -> date:
        for _n in range(HORIZON.days):
            if self.opens(day):
                return day
            day += step
        raise NeverOpen("never_open", "The calendar does not open often enough to get there.")

    def last_of(self, first: date, days: int) -> date:
        """Return the last of so many working days, the first of which is on or after `first`."""
        day = self.on_or_after(first)
        for _n in range(days - 1):
            day = self.on_or_after(day + A_DAY)
        return day

    def first_of(self, last: date, days: int) -> date:
        """Return the first of so many working days, the last of which is on or before `last`."""
        day = self.on_or_before(last)
        for _n in range(days - 1):
            day = self.on_or_before(day - A_DAY)
        return day

    def count(self, since: date, until: date) -> int:
        """Count the working days after `since` up to `until`; negative when `until` is earlier."""
        if until < since:
            return -self.count(until, since)
        return sum(self.opens(since + n * A_DAY) for n in range(1, (until - since).days + 1))


@lru_cache(maxsize=256)
def workdays(calendar: Calendar) -> Workdays:
    return Workdays(calendar)
