"""The operations report as it is mailed: its period, its changes, the rights of its reader."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.personas import MAKER, Personas

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.files import open_stored
from opale.messaging.models.outgoing import OutgoingMail
from opale.organisation.models import Membership
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Source
from opale.run.reports.domain.periods import period_of
from opale.run.reports.queries.figures import Figures
from opale.run.reports.web.figures import MEASURES
from opale.run.reports.web.scheduled import OPERATIONS_REPORT
from opale.scheduled_reports.actions import reports, sending
from opale.scheduled_reports.models import ScheduledReport

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 12, 6, 12, tzinfo=PARIS)
MONDAY = datetime(2026, 12, 7, 7, tzinfo=PARIS)
DAY = timedelta(days=1)


@pytest.fixture
def house(personas: Personas) -> Iterator[Personas]:
    with clock.travel(NOW - clock.now()):
        with attributed(MAKER):
            for number, days in enumerate((10, 2, 2, 1)):
                said = NewTicket(
                    subject="Lien", body="Bonjour", source=Source.MAIL,
                    customer=personas.customer if number else personas.other_customer,
                )  # fmt: skip
                receive_ticket(said, by=MAKER, at=NOW - days * DAY)
        yield personas


def mailed(house: Personas, frequency: str, query: str = "", at: datetime = MONDAY) -> OutgoingMail:
    by = house.actor("service_manager")
    reports.schedule_report(
        by=by, report=OPERATIONS_REPORT.name, name="Operations", query=query, frequency=frequency
    )
    sending.send_due_reports(at)
    return OutgoingMail.objects.latest("pk")


def line(mail: OutgoingMail, label: str) -> list[str]:
    found = next(one for one in mail.body.splitlines() if one.startswith(label))
    return found.removeprefix(label).split()


def test_a_weekly_report_is_of_the_last_week_beside_the_one_before(house: Personas) -> None:
    mail = mailed(house, "weekly")
    assert mail.subject == "Operations: Week of 30 Nov 2026"
    assert "Week of 30 Nov 2026, compared with Week of 23 Nov 2026" in mail.body
    assert line(mail, "Created") == ["3", "1", "+2"]
    assert line(mail, "Backlog") == ["4", "1", "+3"]
    assert "/reports/?period=2026-11-30" in mail.body


def test_daily_and_monthly_reports_are_of_the_last_day_and_month(house: Personas) -> None:
    assert mailed(house, "daily").subject == "Operations: 6 Dec 2026"
    monthly = mailed(house, "monthly", at=datetime(2027, 1, 1, 7, tzinfo=PARIS))
    assert monthly.subject == "Operations: December 2026"
    assert line(monthly, "Created") == ["3", "1", "+2"]


def test_the_file_is_that_of_the_page(house: Personas) -> None:
    mail = mailed(house, "weekly", query="by=customer")
    (kept,) = mail.attachments
    with open_stored(kept["key"]) as found:
        said = found.read().decode()
    address = "/reports/figures.csv?period=2026-11-30&by=customer"
    page = house.client("service_manager").get(address)
    assert b"".join(page.streaming_content).decode() == said  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(said.lstrip("\ufeff")), delimiter=";"))
    assert ["Week of 30 Nov 2026", "Acme"] in [row[:2] for row in rows]
    assert line(mail, "Acme")[:2] == ["3", "3"]


def test_filters_are_kept_but_not_the_period(house: Personas) -> None:
    query = f"period=2026-11&customer={house.other_customer.pk}"
    mail = mailed(house, "weekly", query=query)
    kept = ScheduledReport.objects.get()
    assert kept.query == f"customer={house.other_customer.pk}"
    assert line(mail, "Created") == ["0", "1", "−1"]
    assert "Customer: Beta" in mail.body


def test_who_may_read_reports_no_longer_is_sent_none(house: Personas) -> None:
    mailed(house, "weekly")
    with attributed(MAKER):
        Membership.objects.filter(person=house.people["service_manager"]).update(
            period=(NOW - 40 * DAY, NOW)
        )
    sending.send_due_reports(MONDAY + 7 * DAY)
    assert OutgoingMail.objects.filter(origin__startswith=sending.ORIGIN).count() == 1


def test_a_change_agrees_with_the_figures_beside_it() -> None:
    by_name = {one.name: one for one in MEASURES}
    now = Figures({"gti": 9, "gti_kept": 8}, reply=(timedelta(minutes=30), timedelta(hours=3)))
    before = Figures({"gti": 10, "gti_kept": 10}, reply=(timedelta(hours=2), timedelta(hours=3)))
    assert by_name["gti"].change(now, before) == "−11.2 pts"
    assert by_name["reply_median"].change(now, before) == "−1 h 30"
    assert by_name["reply_ninth_decile"].change(now, before) == "="
    assert by_name["gtr"].change(now, before) == "–"


def test_the_report_offers_to_be_sent_with_its_filters(house: Personas) -> None:
    page = house.client("service_manager").get("/reports/?by=kind&period=2026-11").content.decode()
    assert "report=operations-report" in page
    assert "query=by%3Dkind&quot;" in page or 'query=by%3Dkind"' in page


def test_a_day_can_be_reported(house: Personas) -> None:
    yesterday = period_of((NOW - DAY).date(), "day", PARIS)
    found = house.client("service_manager").get(f"/api/v1/reports/figures?period={yesterday.key}")
    periods = found.json()["periods"]
    assert len(periods) == 13
    assert [one["created"] for one in periods[-3:]] == [0, 2, 1]
