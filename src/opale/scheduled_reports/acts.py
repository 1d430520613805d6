"""What is done to scheduled reports."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.acts.declarations import Place, Subject, button, change, create, place, remove
from opale.scheduled_reports.actions import reports
from opale.scheduled_reports.forms import (
    NewScheduledReportForm,
    RecipientForm,
    ScheduledReportForm,
)
from opale.scheduled_reports.models import ReportRecipient, ScheduledReport
from opale.scheduled_reports.queries.reports import (
    get_deleted_report,
    get_recipient,
    get_scheduled_report,
    scheduled_reports,
)
from opale.scheduled_reports.rights import USE
from opale.scheduled_reports.shapes import RecipientOut, ScheduledReportOut, SendingOut


def place_of(report: ScheduledReport) -> Place:
    return reverse("scheduled_reports_show", args=[report.pk]), report.name


place_of_all = place("scheduled_reports", _("Scheduled reports"))
REPORTS: Subject[ScheduledReport] = Subject(
    name="scheduled_reports", page="scheduled-reports/", endpoint="/scheduled-reports",
    home=place_of_all,
)  # fmt: skip
REPORT = Subject(
    name="scheduled_report", model=ScheduledReport, get=get_scheduled_report,
    rows=scheduled_reports, shape=ScheduledReportOut,
    page="scheduled-reports/<int:scheduled_report_id>/",
    endpoint="/scheduled-reports/{int:scheduled_report_id}", home=place_of,
)  # fmt: skip
DELETED = replace(REPORT, name="deleted_scheduled_report", get=get_deleted_report)
RECIPIENT = Subject(
    name="scheduled_report_recipient", model=ReportRecipient, get=get_recipient, within=REPORT,
    above="report", column="person_id", shape=RecipientOut, page="recipients/<int:person_id>/",
    endpoint="/scheduled-reports/{int:scheduled_report_id}/recipients/{int:person_id}",
    home=lambda one: place_of(one.report),
)  # fmt: skip

ACTS = (
    create(
        REPORTS, reports.schedule_report, "schedule_report", USE, NewScheduledReportForm,
        made=REPORT, noun="", page="new", title=_("Send on schedule"), submit=_("Save"),
        said=_("Report scheduled."),
    ),
    change(
        REPORT, reports.edit_scheduled_report, "edit_scheduled_report", USE, ScheduledReportForm,
        optional={"team"}, title=_("Edit scheduled report"), submit=_("Save"), label=_("Edit"),
        icon="edit", said=_("Scheduled report saved."),
    ),
    button(
        REPORT, reports.send_report_now, "send_report_now", USE, noun="sendings", made=SendingOut,
        label=_("Send me one now"), icon="send", tone="primary",
        said=_("On its way: you receive it within a minute."),
    ),
    button(
        REPORT, reports.pause_scheduled_report, "pause_scheduled_report", USE, noun="pause",
        label=pgettext_lazy("a scheduled report", "Pause"), icon="player-pause",
        states=("active",), said=_("Paused: nothing is sent until you resume it."),
        undo="resume_scheduled_report",
    ),
    button(
        REPORT, reports.resume_scheduled_report, "resume_scheduled_report", USE, noun="resumption",
        label=_("Resume"), icon="player-play", states=("paused",), said=_("Resumed."),
    ),
    remove(
        REPORT, reports.delete_scheduled_report, "delete_scheduled_report", USE, page="removal",
        home=place_of_all, label=_("Delete"), icon="trash", undo="restore_scheduled_report",
        said=_("Scheduled report “%(name)s” deleted."),
    ),
    button(
        DELETED, reports.restore_scheduled_report, "restore_scheduled_report", USE,
        noun="restoration", page="return", gives=ScheduledReportOut,
        said=_("Scheduled report “%(name)s” restored."),
    ),
    create(
        REPORT, reports.add_recipient, "add_report_recipient", USE, RecipientForm,
        made=RecipientOut, noun="recipients", title=_("Add recipient"), submit=_("Add"),
        label=_("Add recipient"), icon="plus", home=place_of, said=_("Recipient added."),
    ),
    remove(
        RECIPIENT, reports.remove_recipient, "remove_report_recipient", USE, page="removal",
        label=_("Remove"), icon="x", home=lambda one: place_of(one.report),
        said=_("Recipient removed."),
    ),
)  # fmt: skip
