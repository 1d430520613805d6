"""The demo's weekly operations report: a service manager and the lead of the desk receive it."""

from datetime import datetime, time, timedelta
from typing import Final

from opale.demo.company import DESK, Staff
from opale.demo.demo_company import DemoCompany
from opale.kernel import clock
from opale.organisation.queries.identity import actor_of_person
from opale.organisation.rights import Function
from opale.scheduled_reports.actions.reports import add_recipient, schedule_report
from opale.scheduled_reports.domain.timetable import Frequency
from opale.scheduled_reports.models import ScheduledReport, Sending
from opale.scheduled_reports.queries.reports import readers_of
from opale.scheduled_reports.states import SendingState

AFTER = ("desk",)
SINCE: Final = timedelta(weeks=5)
AT: Final = time(7, 30)


def load(company: DemoCompany) -> None:
    create_scheduled_report(company.staff, company.now)


def create_scheduled_report(staff: Staff, now: datetime) -> ScheduledReport:
    """Schedule the report as its owner did some weeks ago, with what was sent since."""
    owner, lead = staff.by_function[Function.SERVICE_MANAGER][0], staff.by_team[DESK][0]
    by = actor_of_person(owner)
    with clock.travel(now - SINCE - clock.now()):
        report = schedule_report(
            by=by,
            report="operations-report",
            name="Rapport d’exploitation hebdomadaire",
            query="by=customer",
            frequency=Frequency.WEEKLY,
            at=AT,
        )
        add_recipient(report, by=by, person=lead)
    while report.next_at <= now:
        Sending.objects.bulk_create(
            Sending(
                report=report,
                reader=reader,
                due_at=report.next_at,
                state=SendingState.SENT,
                done_at=report.next_at,
            )
            for reader in readers_of(report)
        )
        report.next_at = report.timetable.next_after(report.next_at)
    report.save(update_fields=["next_at"])
    return report
