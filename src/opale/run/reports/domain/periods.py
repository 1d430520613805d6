"""Months and weeks of reports, with their limits in the time zone of the company.

A month begins at its first midnight there, whatever the offset on that day: the months in which
clocks change are an hour shorter or longer. Source: docs/rules/reports.md, "Periods".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

Step = Literal["month", "week"]
SHOWN: Final = 13
"""Periods of a report: of months, the last one and the same one a year before are in it."""
WEEKS_OF_A_YEAR: Final = 52
FIRST_YEAR, LAST_YEAR = 1970, 9998


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month or a week: its first day, and its limits as moments."""

    first: date
    step: Step
    starts: datetime
    ends: datetime

    @property
    def key(self) -> str:
        """Return the period as addresses and programs name it: 2026-11, or 2026-11-23."""
        day = self.first.isoformat()
        return day.rpartition("-")[0] if self.step == "month" else day

    @property
    def name(self) -> str:
        """Return the period's full name for people."""
        if self.step == "month":
            return date_format(self.first, "YEAR_MONTH_FORMAT")
        return _("Week of %(day)s") % {"day": date_format(self.first, "SHORT_DATE_FORMAT")}

    @property
    def short(self) -> str:
        """Return the period's name for the axis of a chart."""
        form = "M y" if self.step == "month" else "j M"
        return date_format(self.first, form)


def period_of(day: date, step: Step, zone: ZoneInfo) -> Period:
    """Return the month, or the week from Monday on, that holds a day."""
    first = day.replace(day=1) if step == "month" else day - timedelta(days=day.weekday())
    after = _after(first, step)
    return Period(first, step, _midnight(first, zone), _midnight(after, zone))


def read_period(key: str, zone: ZoneInfo) -> Period | None:
    """Return the period that an address names; None where it names none."""
    try:
        day = date.fromisoformat(f"{key}-01" if len(key) == len("2026-11") else key)
    except ValueError:
        return None
    if not FIRST_YEAR < day.year < LAST_YEAR:
        return None
    return period_of(day, "month" if len(key) == len("2026-11") else "week", zone)


def previous(period: Period, zone: ZoneInfo) -> Period:
    return period_of(period.first - timedelta(days=1), period.step, zone)


def following(period: Period, zone: ZoneInfo) -> Period:
    return period_of(_after(period.first, period.step), period.step, zone)


def year_before(period: Period, zone: ZoneInfo) -> Period:
    """Return the same month of the year before; of a week, the one 52 weeks before."""
    if period.step == "month":
        return period_of(period.first.replace(year=period.first.year - 1), "month", zone)
    return period_of(period.first - timedelta(weeks=WEEKS_OF_A_YEAR), "week", zone)


def periods_until(last: Period, zone: ZoneInfo, number: int = SHOWN) -> Sequence[Period]:
    """Return so many periods, the oldest first."""
    found = [last]
    while len(found) < number:
        found.append(previous(found[-1], zone))
    return found[::-1]


def _after(first: date, step: Step) -> date:
    if step == "week":
        return first + timedelta(weeks=1)
    return (first + timedelta(days=31)).replace(day=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
