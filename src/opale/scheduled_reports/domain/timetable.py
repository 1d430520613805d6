"""When a scheduled report is sent: daily, weekly or monthly, at a time of day of a time zone.

A time that the clock skips when summer begins is sent an hour later; one that it shows twice, once.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

LAST_DAY = 31
"""Day of the month that is the last one of shorter months."""


class Frequency(models.TextChoices):
    DAILY = "daily", pgettext_lazy("a scheduled report", "Every day")
    WEEKLY = "weekly", pgettext_lazy("a scheduled report", "Every week")
    MONTHLY = "monthly", pgettext_lazy("a scheduled report", "Every month")


@dataclass(frozen=True, slots=True)
class Timetable:
    """Moments at which a report is due. `weekday` counts from Monday (0); `day` is that of the
    month, in a shorter month its last day.
    """

    frequency: str
    at: time
    zone: ZoneInfo
    weekday: int = 0
    day: int = 1

    def next_after(self, moment: datetime) -> datetime:
        """Return the first due moment after another one, in UTC."""
        today = moment.astimezone(self.zone).date()
        return next(due for due in map(self._moment, self._days(today)) if due > moment)

    def last_until(self, moment: datetime, first: datetime) -> datetime:
        """Return the last due moment until another one, of those from `first` on."""
        due = first
        while (after := self.next_after(due)) <= moment:
            due = after
        return due

    def _days(self, first: date) -> Iterator[date]:
        day = first
        while True:
            if self._holds(day):
                yield day
            day += timedelta(days=1)

    def _holds(self, day: date) -> bool:
        if self.frequency == Frequency.WEEKLY:
            return day.weekday() == self.weekday
        if self.frequency == Frequency.MONTHLY:
            return day.day == min(self.day, calendar.monthrange(day.year, day.month)[1])
        return True

    def _moment(self, day: date) -> datetime:
        return datetime.combine(day, self.at, self.zone).astimezone(UTC)

    def __str__(self) -> str:
        """Return the timetable in words of the language in force."""
        at = time_format(self.at, "TIME_FORMAT")
        if self.frequency == Frequency.WEEKLY:
            return _("Every %(weekday)s at %(time)s") % {
                "weekday": WEEKDAYS[self.weekday],
                "time": at,
            }
        if self.frequency == Frequency.DAILY:
            return _("Every day at %(time)s") % {"time": at}
        if self.day == LAST_DAY:
            return _("The last day of each month at %(time)s") % {"time": at}
        return _("Day %(day)s of each month at %(time)s") % {"day": self.day, "time": at}
