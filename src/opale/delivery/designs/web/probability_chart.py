"""Server-drawn chart of a check: the share of runs that are done by each day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opale.delivery.designs.models import DesignCheck
from opale.ui.markup import EMPTY, join_html

WIDTH: Final = 720
HEIGHT: Final = 190
TOP, BOTTOM, LEFT, RIGHT = 26, 30, 44, 14


@dataclass(frozen=True, slots=True)
class Frame:
    first: date
    last: date

    def x(self, day: date) -> float:
        days = max((self.last - self.first).days, 1)
        return round(LEFT + (day - self.first).days * (WIDTH - LEFT - RIGHT) / days, 1)

    def y(self, share: float) -> float:
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM) / 100, 1)


def draw(found: DesignCheck) -> SafeString:
    """Return the chart as SVG; nothing where no day was found."""
    shares = [(int(share), date.fromisoformat(day)) for share, day in found.result["shares"]]
    if not found.feasible or not shares or found.earliest_on is None:
        return EMPTY
    days = [day for _share, day in shares] + [found.earliest_on]
    if found.wished_on is not None:
        days.append(found.wished_on)
    margin = max(timedelta(days=4), (max(days) - min(days)) / 12)
    frame = Frame(min(days) - margin, max(days) + margin)
    return format_html(
        '<svg class="s-chart" viewBox="0 0 {0} {1}" role="img" aria-label="{2}">{3}{4}{5}{6}</svg>',
        WIDTH,
        HEIGHT,
        _("Confidence by date"),
        _months(frame),
        _rules(frame),
        _curve(frame, shares),
        join_html((_marks(frame, found, shares), _wish(frame, found))),
    )


def _months(frame: Frame) -> SafeString:
    """Draw the month labels, every other one where they would overlap."""
    firsts = []
    day = frame.first.replace(day=1)
    while day <= frame.last:
        if day >= frame.first:
            firsts.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    step = max(1, len(firsts) // 7)
    return format_html_join(
        "",
        '<line class="month" x1="{0}" x2="{0}" y1="{1}" y2="{2}"></line>'
        '<text x="{3}" y="{4}">{5}</text>',
        (
            (
                frame.x(day),
                TOP,
                HEIGHT - BOTTOM,
                frame.x(day) + 4,
                HEIGHT - 10,
                date_format(day, "M Y" if day.month == 1 or day == firsts[0] else "M"),
            )
            for day in firsts[::step]
        ),
    )


def _rules(frame: Frame) -> SafeString:
    return format_html_join(
        "",
        '<line class="rule" x1="{0}" x2="{1}" y1="{2}" y2="{2}"></line>'
        '<text class="share" x="{3}" y="{4}">{5} %</text>',
        (
            (LEFT, WIDTH - RIGHT, frame.y(share), LEFT - 6, frame.y(share) + 4, share)
            for share in (0, 50, 80, 100)
        ),
    )


def _curve(frame: Frame, shares: Sequence[tuple[int, date]]) -> SafeString:
    done = {on: share for share, on in shares}
    before = shares[0][1] - timedelta(days=1)
    points = [(frame.x(on), frame.y(share)) for on, share in {before: 0, **done}.items()]
    base = frame.y(0)
    line = " ".join(f"{x},{y}" for x, y in points)
    return format_html(
        '<polygon class="area" points="{0},{1} {2} {3},{1}"></polygon>'
        '<polyline class="curve" points="{2}"></polyline>',
        points[0][0],
        base,
        line,
        points[-1][0],
    )


def _marks(frame: Frame, found: DesignCheck, shares: Sequence[tuple[int, date]]) -> SafeString:
    """Draw the marked days on the curve, which may be above the share asked for."""
    reached = {on: share for share, on in shares}
    marked = {found.p50_on: 50, found.p80_on: 80}
    return format_html_join(
        "",
        '<circle class="mark" cx="{0}" cy="{1}" r="4"><title>{2}</title></circle>'
        '<text class="said{3}" x="{4}" y="{5}">{6}</text>',
        (_mark(frame, reached.get(day, share), day) for day, share in marked.items() if day),
    )


def _mark(frame: Frame, share: int, day: date) -> tuple[object, ...]:
    """Draw one mark: its label before it and above the curve, or below where there is no room."""
    x, y = frame.x(day), frame.y(share)
    early = x < LEFT + 110
    label = (" after", x + 8, y + 14) if early else ("", x - 8, y - 6)
    return x, y, f"{share} %", *label, date_format(day, "MONTH_DAY_FORMAT")


def _wish(frame: Frame, found: DesignCheck) -> SafeString:
    if found.wished_on is None:
        return EMPTY
    x = frame.x(found.wished_on)
    near_end = x > WIDTH - 150
    return format_html(
        '<line class="wish" x1="{0}" x2="{0}" y1="{1}" y2="{2}"></line>'
        '<text class="wished" x="{3}" y="{4}" text-anchor="{5}">{6}</text>',
        x,
        TOP - 10,
        HEIGHT - BOTTOM,
        x - 6 if near_end else x + 6,
        TOP - 4,
        "end" if near_end else "start",
        _("wanted: %(day)s") % {"day": date_format(found.wished_on, "MONTH_DAY_FORMAT")},
    )
