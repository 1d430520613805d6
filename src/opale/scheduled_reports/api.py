"""Endpoints of scheduled reports; acts add theirs."""

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.listings.endpoints import list_endpoint
from opale.scheduled_reports.listings import SCHEDULED_REPORTS
from opale.scheduled_reports.models import ReportRecipient, ScheduledReport, Sending
from opale.scheduled_reports.queries import reports
from opale.scheduled_reports.rights import USE
from opale.scheduled_reports.shapes import RecipientOut, ScheduledReportOut, SendingOut

router = Router(tags=["scheduled reports"])
list_endpoint(
    router, "/scheduled-reports", SCHEDULED_REPORTS, ScheduledReportOut,
    name="list_scheduled_reports", text="One's own, by name.",
)  # fmt: skip


@router.get(
    "/scheduled-reports/{int:scheduled_report_id}", response=ScheduledReportOut, auth=may(USE)
)
def get_scheduled_report(request: ActorRequest, scheduled_report_id: int) -> ScheduledReport:
    return reports.get_scheduled_report(scheduled_report_id, seen_by=request.actor)


@router.get(
    "/scheduled-reports/{int:scheduled_report_id}/recipients",
    response=Page[RecipientOut],
    auth=may(USE),
)
def list_report_recipients(
    request: ActorRequest, scheduled_report_id: int, window: Query[Window]
) -> Slice[ReportRecipient]:
    """The people whom it names, beside its owner and its team."""
    report = reports.get_scheduled_report(scheduled_report_id, seen_by=request.actor)
    return page(reports.recipients_of(report, seen_by=request.actor), window, "id")


@router.get(
    "/scheduled-reports/{int:scheduled_report_id}/sendings",
    response=Page[SendingOut],
    auth=may(USE),
)
def list_report_sendings(
    request: ActorRequest, scheduled_report_id: int, window: Query[Window]
) -> Slice[Sending]:
    """What was sent, to whom, and how that went, the newest first."""
    report = reports.get_scheduled_report(scheduled_report_id, seen_by=request.actor)
    return page(reports.sendings_of(report, seen_by=request.actor), window, "-due_at", "-id")
