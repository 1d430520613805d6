"""The list of one's scheduled reports."""

from typing import Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing
from opale.listings.filters import Choice, Words
from opale.scheduled_reports.models import ScheduledReport
from opale.scheduled_reports.queries.reports import (
    LastSending,
    ReportLine,
    lines,
    live_url,
    scheduled_reports,
)
from opale.scheduled_reports.rights import USE
from opale.scheduled_reports.states import SendingState
from opale.ui.components.badges import state
from opale.ui.components.times import moment

TONES: Final = {
    SendingState.WAITING: "waiting",
    SendingState.SENT: "done",
    SendingState.REFUSED: "bad",
    SendingState.FAILED: "bad",
}


def outcome(last: LastSending | None) -> object:
    """Return when a report was sent last, and how that went."""
    if last is None:
        return ""
    return format_html("{} {}", moment(last.due_at), state(last.label, TONES[last.worst]))


def _next(line: ReportLine) -> object:
    if line.report.paused_at is None:
        return moment(line.report.next_at)
    return state(str(pgettext_lazy("a scheduled report", "Paused")), "closed")


SCHEDULED_REPORTS = Listing(
    name="scheduled-reports",
    title=gettext_lazy("Scheduled reports"),
    right=USE,
    url_name="scheduled_reports",
    model=ScheduledReport,
    rows=scheduled_reports,
    lines=lines,
    order=Order(("name", "id")),
    reads=("owner__user", "owner__company", "team"),
    empty=Empty(
        "mail", gettext_lazy("No scheduled report matches your filters"),
        gettext_lazy("No scheduled reports yet"),
        gettext_lazy(
            "Open a report or any list, filter or group it, then choose “Send on schedule”."
        ),
    ),
    columns=(
        Column(
            "name", gettext_lazy("Name"), lambda line: line.report.name, order="name", fixed=True,
            style="fill",
            link=lambda line: reverse("scheduled_reports_show", args=[line.report.pk]),
        ),
        Column(
            "report", gettext_lazy("Report"), lambda line: line.title,
            link=lambda line: live_url(line.report),
        ),
        Column(
            "schedule", gettext_lazy("Schedule"), lambda line: str(line.report.timetable),
        ),
        Column("readers", gettext_lazy("Recipients"), lambda line: line.readers),
        Column(
            "next", gettext_lazy("Next sending"), lambda line: line.report.next_at, cell=_next,
            order="next_at",
        ),
        Column(
            "last", gettext_lazy("Last sending"), lambda line: line.last and line.last.due_at,
            cell=lambda line: outcome(line.last),
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Name")),
        Choice(
            "state", gettext_lazy("State"),
            [
                ("active", pgettext_lazy("scheduled reports", "Active")),
                ("paused", pgettext_lazy("scheduled reports", "Paused")),
            ],
            argument="state",
        ),
    ),
    line_acts=("send_report_now",),
)  # fmt: skip
