"""When something recurs: days of a rhythm, at a time of a working calendar. Pure.

Source: docs/rules/automations.md, "Recurring tickets".
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from opale.kernel.business_time import between
from opale.kernel.calendars import Calendar

LOOKED_AHEAD: Final = 3 * 366
LONGEST_CLOSURE: Final = 31


class Rhythm(models.TextChoices):
    DAILY = "daily", _("Every day")
    WORKING_DAYS = "working_days", _("Every working day")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every quarter")
    YEARLY = "yearly", _("Every year")


class ClosedDay(models.TextChoices):
    """What is done on a day on which the calendar is closed."""

    SAME = "same", _("Open the ticket all the same")
    NEXT = "next", _("Open it on the next working day")
    SKIP = "skip", _("Open no ticket")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A rhythm: `weekday` (1 is Monday) of a week; `day` of a month, its last where it is shorter;
    `month` of a year, or of a quarter the one that it counts from."""

    rhythm: Rhythm
    at: time
    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    closed_day: ClosedDay = ClosedDay.SAME


def occurrences(rule: Recurrence, calendar: Calendar, after: datetime) -> Iterator[datetime]:
    """Yield the moments after another at which it recurs, in order; at most of three years."""
    last = after
    begin = after.astimezone(calendar.zone).date() - timedelta(days=LONGEST_CLOSURE)
    for number in range(LOOKED_AHEAD):
        day = begin + timedelta(days=number)
        chosen = _moved(rule, calendar, day) if _falls_on(rule, calendar, day) else None
        if chosen is None:
            continue
        moment = datetime.combine(chosen, rule.at, calendar.zone)
        if moment > last:
            yield moment
            last = moment


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Return whether the calendar is open at any time of a local day."""
    begins = datetime.combine(day, time(), calendar.zone)
    ends = datetime.combine(day + timedelta(days=1), time(), calendar.zone)
    return between(calendar, begins, ends) > timedelta()


def _falls_on(rule: Recurrence, calendar: Calendar, day: date) -> bool:
    if rule.rhythm == Rhythm.DAILY:
        return True
    if rule.rhythm == Rhythm.WORKING_DAYS:
        return is_working_day(calendar, day)
    if rule.rhythm == Rhythm.WEEKLY:
        return day.isoweekday() == rule.weekday
    if day.day != min(rule.day or 1, monthrange(day.year, day.month)[1]):
        return False
    if rule.rhythm == Rhythm.MONTHLY:
        return True
    apart = 3 if rule.rhythm == Rhythm.QUARTERLY else 12
    return (day.month - (rule.month or 1)) % apart == 0


def _moved(rule: Recurrence, calendar: Calendar, day: date) -> date | None:
    """Return the day on which what falls on a day is done; None for not at all."""
    if rule.closed_day == ClosedDay.SAME or is_working_day(calendar, day):
        return day
    if rule.closed_day == ClosedDay.SKIP:
        return None
    following = (day + timedelta(days=number) for number in range(1, LONGEST_CLOSURE))
    return next((one for one in following if is_working_day(calendar, one)), None)
