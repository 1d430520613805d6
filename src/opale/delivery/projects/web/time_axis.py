"""Time axis of drawings: days from left to right, months and Mondays above, today, closed days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opale.planning.workdays import A_DAY, Workdays
from opale.ui.markup import EMPTY, join_html

ROW: Final = 30
HEAD: Final = 40
WIDTH: Final = 860
NARROWEST, WIDEST = 2.0, 26.0
"""Units: pixels a day."""
SHADED_FROM: Final = 7.0
WEEKS_FROM: Final = 3.5
MARGIN: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawn days, and the width of a day."""

    first: date
    last: date
    scale: float
    rows: int

    @property
    def width(self) -> int:
        return round(((self.last - self.first).days + 1) * self.scale)

    @property
    def height(self) -> int:
        return HEAD + self.rows * ROW

    def left(self, day: date) -> float:
        return round((day - self.first).days * self.scale, 1)

    def right(self, day: date) -> float:
        return self.left(day + A_DAY)


def frame_of(first: date, last: date, rows: int, width: int = WIDTH) -> Frame:
    """Return the frame of these days, with a margin on both sides, of this width in pixels where a
    day is neither too narrow nor too wide for that."""
    first, last = first - MARGIN, last + 3 * MARGIN
    scale = min(WIDEST, max(NARROWEST, width / ((last - first).days + 1)))
    return Frame(first, last, scale, rows)


def days_of(frame: Frame) -> Iterable[date]:
    """Return the drawn days."""
    return (frame.first + n * A_DAY for n in range((frame.last - frame.first).days + 1))


def shades(frame: Frame, calendar: Workdays) -> SafeString:
    """Shade the days without work, where a day is wide enough to be seen."""
    if frame.scale < SHADED_FROM:
        return EMPTY
    closed = (day for day in days_of(frame) if not calendar.opens(day))
    return format_html_join(
        "",
        '<rect class="off" x="{}" y="{}" width="{}" height="{}"></rect>',
        ((frame.left(day), HEAD, round(frame.scale, 1), frame.rows * ROW) for day in closed),
    )


def head(frame: Frame) -> SafeString:
    """Draw the head: months, and below them the Mondays where there is room."""
    months = [day for day in days_of(frame) if day.day == 1 or day == frame.first]
    if len(months) > 1 and frame.left(months[1]) < 70:
        months = months[1:]
    named = format_html_join(
        "",
        '<line class="rule" x1="{0}" x2="{0}" y1="0" y2="{1}"></line>'
        '<text class="month" x="{2}" y="15">{3}</text>',
        (
            (
                frame.left(day),
                frame.height,
                frame.left(day) + 5,
                date_format(day, "F Y").capitalize(),
            )
            for day in months
        ),
    )
    if frame.scale < WEEKS_FROM:
        return named
    weeks = format_html_join(
        "",
        '<line class="week" x1="{0}" x2="{0}" y1="22" y2="{1}"></line>'
        '<text class="day" x="{2}" y="33">{3}</text>',
        (
            (frame.left(day), frame.height, frame.left(day) + 4, day.day)
            for day in days_of(frame)
            if not day.weekday()
        ),
    )
    return join_html((named, weeks))


def today_line(frame: Frame, today: date) -> SafeString:
    """Draw a line at the beginning of today; nothing where it is not among the drawn days."""
    if not frame.first <= today <= frame.last:
        return EMPTY
    return format_html(
        '<line class="now" x1="{0}" x2="{0}" y1="20" y2="{1}"><title>{2}</title></line>',
        frame.left(today),
        frame.height,
        _("Today"),
    )


def span_in_words(first: date, last: date) -> str:
    """Return both days in short; one where they are the same."""
    starts, ends = (date_format(day, "SHORT_DATE_FORMAT") for day in (first, last))
    return ends if starts == ends else f"{starts} – {ends}"
