"""Server-drawn timeline of the portfolio: a bar for each project, beside its name."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opale.delivery.projects.domain.health import committed_day
from opale.delivery.projects.listings.projects import Line
from opale.delivery.projects.models import Project
from opale.delivery.projects.web import time_axis
from opale.delivery.projects.web.time_axis import HEAD, ROW, Frame, span_in_words
from opale.planning.workdays import A_DAY
from opale.ui.markup import EMPTY, join_html

WIDTH: Final = 620
BEHIND: Final = 120
"""Pixels behind the last day, for the end of a project in words."""


def draw(lines: Sequence[Line], *, today: date) -> SafeString:
    """Draw the projects in this order; nothing where none has an end."""
    days = [day for line in lines for day in _days(line.project)]
    if not days:
        return EMPTY
    frame = time_axis.frame_of(min(days), max(days), len(lines), WIDTH)
    return format_html(
        '<svg class="p-chart" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img"'
        ' aria-label="{2}">{3}{4}{5}</svg>',
        frame.width + BEHIND,
        frame.height,
        _("Timeline of projects"),
        time_axis.head(frame),
        time_axis.today_line(frame, today),
        join_html(_row(frame, line, row) for row, line in enumerate(lines)),
    )


def _days(project: Project) -> list[date]:
    upcoming = project.next_package.ends_on if project.next_package else None
    days = (project.begins_on, project.ends_on, _committed(project), upcoming)
    return [day for day in days if day is not None]


def _committed(project: Project) -> date | None:
    return committed_day(project.promised_on, project.wanted_on)


def _row(frame: Frame, line: Line, row: int) -> SafeString:
    project = line.project
    if project.ends_on is None:
        return EMPTY
    top = HEAD + row * ROW
    starts = min(project.begins_on, project.ends_on)
    return format_html(
        '<g class="project" data-sky="{}"><title>{}</title>{}{}{}{}</g>',
        project.weather,
        f"{project.reference} · {project.name} · {span_in_words(starts, project.ends_on)}",
        _stretch(frame, starts, project.ends_on, top, "bar"),
        _late(frame, project, project.ends_on, top),
        _marks(frame, project, top),
        _end(frame, line, project.ends_on, top),
    )


def _stretch(frame: Frame, first: date, last: date, top: int, look: str) -> SafeString:
    left = frame.left(first)
    width = round(max(frame.right(last) - left, 4), 1)
    drawn = '<rect class="{}" x="{}" y="{}" width="{}" height="13" rx="3"></rect>'
    return format_html(drawn, look, left, top + 8, width)


def _late(frame: Frame, project: Project, ends: date, top: int) -> SafeString:
    """Draw the days after the customer date, where it ends later."""
    until = _committed(project)
    if until is None or ends <= until:
        return EMPTY
    first = max(until + A_DAY, min(project.begins_on, ends))
    return _stretch(frame, first, ends, top, "late")


def _marks(frame: Frame, project: Project, top: int) -> SafeString:
    """Draw the customer date as a line across the row, and the next milestone as a diamond."""
    until, upcoming = _committed(project), project.next_package
    promise = milestone = EMPTY
    if until is not None:
        promise = format_html(
            '<line class="promise" x1="{0}" x2="{0}" y1="{1}" y2="{2}"><title>{3}</title></line>',
            frame.right(until),
            top + 3,
            top + 26,
            _("Customer date: %(day)s") % {"day": date_format(until, "SHORT_DATE_FORMAT")},
        )
    if upcoming is not None and upcoming.ends_on is not None:
        on = upcoming.ends_on
        milestone = format_html(
            '<path class="next" d="M{} {}l5 5l-5 5l-5 -5z"><title>{}</title></path>',
            round(frame.right(on) - frame.scale / 2, 1),
            top + 9.5,
            f"{upcoming.title} · {date_format(on, 'SHORT_DATE_FORMAT')}",
        )
    return join_html((promise, milestone))


def _end(frame: Frame, line: Line, ends: date, top: int) -> SafeString:
    """Write the end behind the bar, and how much later than the customer date it is."""
    day = date_format(ends, "MONTH_DAY_FORMAT")
    said = f"{day}, {line.said}" if line.late and line.said else day
    drawn = '<text class="when{}" x="{}" y="{}">{}</text>'
    beyond = max(frame.right(ends), frame.right(_committed(line.project) or ends))
    return format_html(drawn, " over" if line.late else "", beyond + 6, top + 19, said)
