"""The operations report as it is mailed on schedule: its figures, their changes and the file.

A daily one is of the day before, a weekly one of the last whole week, a monthly one of the last
whole month, each compared with the period before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, NotAllowed
from opale.listings.selection import Selection
from opale.messaging.queries.mail_layout import Table
from opale.run.reports.domain.periods import Period, Step
from opale.run.reports.listings import REPORT, Asked
from opale.run.reports.queries.dimensions import DIMENSIONS
from opale.run.reports.queries.figures import Figures, Report, get_report
from opale.run.reports.queries.tickets import last_whole_period
from opale.run.reports.rights import READ
from opale.run.reports.web.figures import (
    MEASURES,
    NOTHING,
    Measure,
    file_head,
    file_lines,
)
from opale.scheduled_reports.domain.timetable import Frequency
from opale.scheduled_reports.ports import Label, Occasion, ReportContent

STEPS: Final[Mapping[str, Step]] = {
    Frequency.DAILY: "day",
    Frequency.WEEKLY: "week",
    Frequency.MONTHLY: "month",
}
BROKEN_DOWN: Final = ("created", "backlog", "gti", "gtr")
"""Figures of the values of a dimension in a mail."""
VALUES_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class OperationsReport:
    """The operations report, as a report that can be sent on schedule."""

    name: str
    title: Label

    def address(self, query: str, *, seen_by: Actor) -> str:
        """Return the filters and the dimension, without the period: each sending has its own.

        Errors: NotAllowed, Invalid.
        """
        asked = QueryDict(query)
        selection = _selection(asked, seen_by)
        if ignored := selection.unknown(asked):
            raise Invalid(query=", ".join(ignored))
        return selection.address(period="")

    def url(self, query: str) -> str:
        root = reverse("reports")
        return f"{root}?{query}" if query else root

    def content(self, query: str, occasion: Occasion, *, seen_by: Actor) -> ReportContent:
        """Return what a reader is sent. Errors: NotAllowed (reports, or one of the filters)."""
        period = last_whole_period(STEPS[occasion.frequency], occasion.due_at)
        wanted = QueryDict(query, mutable=True)
        wanted["period"] = period.key
        selection = _selection(wanted, seen_by)
        if selection.unknown(wanted):
            raise NotAllowed
        asked = Asked.read(wanted, seen_by)
        report = get_report(period, asked.by, asked.values, seen_by=seen_by, now=occasion.due_at)
        before, last = report.figures[-2:]
        compared = _("%(period)s, compared with %(before)s")
        said = compared % {"period": period.name, "before": report.periods[-2].name}
        filters = [one for one in selection.said_filters() if not one.endswith(period.name)]
        return ReportContent(
            period=period.name,
            summary=["\n".join([said, *filters])],
            tables=[
                Table(rows=_summary(last, before, period, report.periods[-2])),
                *_breakdown(report, asked),
            ],
            url=self.url(selection.address()),
            head=file_head(asked),
            lines=list(file_lines(report, asked)),
        )


OPERATIONS_REPORT: Final = OperationsReport("operations-report", gettext_lazy("Operations report"))


def _selection(asked: QueryDict, seen_by: Actor) -> Selection:
    if not seen_by.can(READ):
        raise NotAllowed
    return Selection.read(REPORT, asked, seen_by)


def _summary(last: Figures, before: Figures, period: Period, earlier: Period) -> list[list[str]]:
    """Return each figure of a period beside that of the period before, and how it changed."""
    head = ["", period.short, earlier.short, pgettext("figures", "Change")]
    return [
        head,
        *(
            [str(one.label), _written(one, last), _written(one, before), one.change(last, before)]
            for one in MEASURES
        ),
    ]


def _breakdown(report: Report, asked: Asked) -> list[Table]:
    """Return the figures of the values of the dimension with the most tickets."""
    shown = [one for one in MEASURES if one.name in BROKEN_DOWN]
    label = str(DIMENSIONS[asked.by].label)
    rows = [
        [str(one.label), *(_written(measure, one.figures) for measure in shown)]
        for one in report.groups[:VALUES_SHOWN]
    ]
    head = [label, *(str(one.label) for one in shown)]
    return [Table(rows=[head, *rows])] if rows else []


def _written(one: Measure, found: Figures) -> str:
    value = one.value(found)
    return NOTHING if value is None else one.written(value)
