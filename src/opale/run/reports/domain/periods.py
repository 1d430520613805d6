"""Months, weeks and days of reports, with their limits in the time zone of the company.

A month begins at its first midnight there, whatever the offset on that day: the months in which
clocks change are an hour shorter or longer. Source: docs/rules/reports.md, "Periods".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

Step = Literal["month", "week", "day"]
SHOWN: Final = 13
"""Periods of a report: of months, the last one and the same one a year before are in it."""
WEEKS_OF_A_YEAR: Final = 52
ORDINAL: Final = "%Y-%j"
KEYS: Final[Mapping[int, Step]] = {
    len("2026-11"): "month", len("2026-327"): "day", len("2026-11-23"): "week",
}  # fmt: skip
"""Steps by the lengths of the names of their periods."""
FIRST_YEAR, LAST_YEAR = 1970, 9998


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month, a week or a day: its first day, and its limits as moments."""

    first: date
    step: Step
    starts: datetime
    ends: datetime

    @property
    def key(self) -> str:
        """Return the period as addresses and programs name it: the month 2026-11, the week of
        2026-11-23, the day 2026-327 (ISO 8601: the 327th of its year).
        """
        if self.step == "day":
            return self.first.strftime(ORDINAL)
        day = self.first.isoformat()
        return day.rpartition("-")[0] if self.step == "month" else day

    @property
    def name(self) -> str:
        """Return the period's full name for people."""
        if self.step == "month":
            return date_format(self.first, "YEAR_MONTH_FORMAT")
        if self.step == "day":
            return date_format(self.first, "SHORT_DATE_FORMAT")
        return _("Week of %(day)s") % {"day": date_format(self.first, "SHORT_DATE_FORMAT")}

    @property
    def short(self) -> str:
        """Return the period's name for the axis of a chart."""
        form = "M y" if self.step == "month" else "j M"
        return date_format(self.first, form)


def period_of(day: date, step: Step, zone: ZoneInfo) -> Period:
    """Return the month, or the week from Monday on, that holds a day; or the day itself."""
    before = {"month": day.day - 1, "week": day.weekday(), "day": 0}[step]
    first = day - timedelta(days=before)
    after = _after(first, step)
    return Period(first, step, _midnight(first, zone), _midnight(after, zone))


def read_period(key: str, zone: ZoneInfo) -> Period | None:
    """Return the period that an address names; None where it names none."""
    step = KEYS.get(len(key))
    try:
        if step == "day":
            day = datetime.strptime(key, ORDINAL).date()  # noqa: DTZ007  # a day has no zone
        else:
            day = date.fromisoformat(f"{key}-01" if step == "month" else key)
    except ValueError:
        return None
    if step is None or not FIRST_YEAR < day.year < LAST_YEAR:
        return None
    found = period_of(day, step, zone)
    # Python takes the 366th day of any year for one of the next.
    return found if step != "day" or found.key == key else None


def previous(period: Period, zone: ZoneInfo) -> Period:
    return period_of(period.first - timedelta(days=1), period.step, zone)


def following(period: Period, zone: ZoneInfo) -> Period:
    return period_of(_after(period.first, period.step), period.step, zone)


def year_before(period: Period, zone: ZoneInfo) -> Period:
    """Return the same month of the year before; of a week or a day, the one 52 weeks before."""
    if period.step == "month":
        return period_of(period.first.replace(year=period.first.year - 1), "month", zone)
    return period_of(period.first - timedelta(weeks=WEEKS_OF_A_YEAR), period.step, zone)


def periods_until(last: Period, zone: ZoneInfo, number: int = SHOWN) -> Sequence[Period]:
    """Return so many periods, the oldest first."""
    found = [last]
    while len(found) < number:
        found.append(previous(found[-1], zone))
    return found[::-1]


def _after(first: date, step: Step) -> date:
    if step != "month":
        return first + timedelta(days=7 if step == "week" else 1)
    return (first + timedelta(days=31)).replace(day=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
