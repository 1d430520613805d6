"""A ticket of the Corporate plan on a Saturday, in the desk's own pages, with time pushed forward.

A running installation reads the machine's clock and cannot be pushed: the pages are asked for in
this process.
"""

import re
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from tests.personas import Personas

from opale.customers.models import (
    ContractedPlan,
    PlanTarget,
    Service,
    SupportPlan,
    SupportPlanVersion,
)
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.models import Ticket
from opale.run.desk.tests.builders import LONG_AGO, MATRIX, make_service

pytestmark = pytest.mark.django_db
SATURDAY = datetime(2026, 11, 28, 14, tzinfo=UTC)  # 15:00 in Paris
MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def standing_at(moment: datetime) -> AbstractContextManager[None]:
    return clock.travel(moment - clock.now())


def corporate(personas: Personas) -> Service:
    """A service restored within four of the customer's business hours: 8:00 to 18:00."""
    service = make_service(personas.customer, "NET-1")
    with attributed(system("test")):
        plan = SupportPlan.objects.create(
            code="corporate", name_en="Corporate", name_fr="Corporate"
        )
        version = SupportPlanVersion.objects.create(
            plan=plan,
            period=DateRange(LONG_AGO, None),
            stream="corporate",
            coverage="customer_hours",
            matrix=MATRIX,
            premium_matrix=MATRIX,
        )
        for priority in range(1, 5):
            PlanTarget.objects.create(
                version=version,
                measure="restore",
                priority=priority,
                target=4 * HOUR,
                coverage="customer_hours",
            )
        ContractedPlan.objects.filter(service=service).update(plan=plan)
    return service


def read(browser: Client, url: str) -> str:
    """The words of a page, without its tags."""
    answer = browser.get(url)
    assert answer.status_code == 200
    text = re.sub(
        r"<(script|style|svg).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL
    )
    return " ".join(unescape(text).split())


def test_a_corporate_ticket_waits_from_saturday_to_monday_and_says_so(personas: Personas) -> None:
    service, browser = corporate(personas), personas.client("desk_agent")
    with standing_at(SATURDAY):
        answer = browser.post(
            "/tickets/new/",
            {
                "subject": "Accès très lent",
                "contact": personas.contact.pk,
                "service": service.pk,
                "kind": "incident",
                "source": "phone",
                "impact": 2,
                "urgency": 2,
            },
        )
        assert answer.status_code == 302
        ticket = Ticket.objects.get()

        # It waits, and the queue and the place say until when.
        assert "starts Mon 08:00" in read(browser, "/desk/")
        place = read(browser, f"/tickets/{ticket.number}/place/")
        assert "Its plan covers the customer's business hours, which are over" in place
        assert "work starts on 30 Nov 2026" in place

        # The clock is explained: nothing was used, and four hours of Monday are promised.
        page = read(browser, f"/tickets/{ticket.number}/clocks/restore/")
        assert "Corporate" in page
        restore = ticket.commitments.get(measure="restore")
        assert restore.due_at == MONDAY + 11 * HOUR  # 12:00 in Paris

    with standing_at(MONDAY + 9 * HOUR):
        # Two hours after its opening, two are used; the weekend stood still.
        page = read(browser, f"/tickets/{ticket.number}/clocks/restore/")
        assert "not counted" in page
        assert "Used 2 h" in page
        assert re.search("Time left (2 h|1 h 59)", page)
        assert "starts Mon" not in read(browser, "/desk/")
        browser.post(f"/tickets/{ticket.number}/ownership/")
        browser.post(f"/tickets/{ticket.number}/restoration/", {"at": "now"})
        ticket.refresh_from_db()
        assert ticket.restored_at is not None
        restore.refresh_from_db()
        assert (restore.met_at, restore.breached_at) == (ticket.restored_at, None)
