"""The pages and endpoints of one act on many tickets."""

import json
from typing import Any

import pytest
from tests.personas import Personas

from opale.run.desk.actions import bulk_jobs, classifications, lifecycle, ticket_creation
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import BulkJob, Source, Ticket
from opale.run.desk.tests.builders import make_service

pytestmark = pytest.mark.django_db


class Browser:
    def __init__(self, personas: Personas) -> None:
        self.personas = personas
        self.client = personas.client("desk_agent")
        self.by = personas.actor("desk_agent")
        self.service = make_service(personas.customer, "VPN-1")

    def tickets(self, count: int = 3) -> list[Ticket]:
        return [
            ticket_creation.receive_ticket(
                NewTicket(
                    subject=f"Lien {n} coupé",
                    source=Source.MAIL,
                    customer=self.personas.customer,
                    contact=self.personas.contact,
                    service=self.service,
                ),
                by=self.by,
            )
            for n in range(count)
        ]

    def ask(self, act: str, tickets: list[Ticket], **said: Any) -> BulkJob:
        marked = "&".join(f"n={ticket.number}" for ticket in tickets)
        answer = self.client.post(f"/desk/bulk/new/?act={act}&{marked}", said)
        assert answer.status_code == 302, answer.content
        return BulkJob.objects.get(pk=int(answer["Location"].rstrip("/").rsplit("/", 1)[1]))

    def page(self, job: BulkJob) -> str:
        answer = self.client.get(f"/desk/bulk/{job.pk}/")
        assert answer.status_code == 200
        return answer.content.decode()

    def post(self, path: str, body: Any = None) -> tuple[int, Any]:
        answer = self.client.post(f"/api/v1/{path}", json.dumps(body or {}), "application/json")
        return answer.status_code, answer.json()


@pytest.fixture
def browser(personas: Personas) -> Browser:
    return Browser(personas)


def test_marked_tickets_are_shown_changed_and_taken_back(browser: Browser) -> None:
    tickets = browser.tickets()
    lifecycle.cancel_ticket(tickets[2], by=browser.by)
    job = browser.ask("resolve", tickets, reason="Coupure terminée")
    shown = browser.page(job)
    assert "Change 2 tickets" in shown
    assert "The ticket is cancelled. Reopen it first." in shown
    assert "To be changed" in shown
    assert Ticket.objects.filter(state="resolved").count() == 0
    browser.client.post(f"/desk/bulk/{job.pk}/confirmation/")
    assert Ticket.objects.filter(state="resolved").count() == 2
    assert "Undo" in browser.page(job)
    lines = browser.client.get(f"/desk/bulk/{job.pk}/refused.csv").getvalue()
    assert tickets[2].reference in lines.decode("utf-8-sig")
    assert tickets[0].reference not in lines.decode()
    browser.client.post(f"/desk/bulk/{job.pk}/undoing/")
    assert Ticket.objects.filter(state="new").count() == 2
    assert "Resolve" in browser.client.get("/desk/bulk/").content.decode()


def test_a_formula_in_a_subject_is_text_in_the_file(browser: Browser) -> None:
    (ticket,) = browser.tickets(1)
    classifications.rename_ticket(ticket, '=HYPERLINK("http://x")', by=browser.by)
    lifecycle.cancel_ticket(ticket, by=browser.by)
    job = browser.ask("close", [ticket])
    browser.client.post(f"/desk/bulk/{job.pk}/confirmation/")
    lines = browser.client.get(f"/desk/bulk/{job.pk}/refused.csv").getvalue()
    assert "'=HYPERLINK" in lines.decode()


def test_what_an_act_needs_stands_beside_its_field(browser: Browser) -> None:
    (ticket,) = browser.tickets(1)
    for act in ("give", "tag", "merge", "write", "note", "grade"):
        path = f"/desk/bulk/new/?act={act}&n={ticket.number}"
        assert browser.client.get(path).status_code == 200
        assert browser.client.post(path, {}).status_code == 422


def test_a_whole_view_goes_to_the_worker(browser: Browser) -> None:
    tickets = browser.tickets()
    page = browser.client.get("/desk/triage/").content.decode()
    assert "/desk/bulk/new/?view=triage" in page
    answer = browser.client.post("/desk/bulk/new/?act=tag&view=triage", {"tags": "lot, nord"})
    job = BulkJob.objects.get()
    assert answer["Location"] == f"/desk/bulk/{job.pk}/"
    assert "Tickets checked" in browser.page(job)
    bulk_jobs.run_bulk_job(job.pk)
    assert "Change 3 tickets" in browser.page(job)
    browser.client.post(f"/desk/bulk/{job.pk}/confirmation/")
    browser.client.post(f"/desk/bulk/{job.pk}/stop/")
    bulk_jobs.run_bulk_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == ("stopped", 0)
    browser.client.post(f"/desk/bulk/{job.pk}/confirmation/")
    bulk_jobs.run_bulk_job(job.pk)
    assert {tuple(t.tags) for t in Ticket.objects.filter(pk__in=[t.pk for t in tickets])} == {
        ("lot", "nord")
    }


def test_a_program_asks_follows_and_takes_back(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = browser.tickets()
    numbers = [ticket.number for ticket in tickets]
    monkeypatch.setattr(bulk_jobs, "AT_ONCE", 2)
    status, job = browser.post(
        "tickets/bulk-jobs", {"act": "cancel", "numbers": numbers, "confirmed": True}
    )
    assert (status, job["state"], job["total"]) == (202, "waiting", 3)
    bulk_jobs.run_bulk_job(job["id"])
    told = browser.client.get(f"/api/v1/tickets/bulk-jobs/{job['id']}").json()
    assert (told["state"], told["done"], told["counts"]) == ("done", 3, {"changed": 3})
    assert told["may_be_undone"]
    items = browser.client.get(
        f"/api/v1/tickets/bulk-jobs/{job['id']}/items?outcome=changed&limit=2"
    ).json()
    assert [item["number"] for item in items["items"]] == numbers[:2]
    status, told = browser.post(f"tickets/bulk-jobs/{job['id']}/undo")
    assert (status, told["state"]) == (200, "undoing")
    bulk_jobs.run_bulk_job(job["id"])
    assert {ticket.state for ticket in Ticket.objects.all()} == {"new"}
    assert browser.post(f"tickets/bulk-jobs/{job['id']}/undo")[0] == 409


def test_a_program_names_tickets_or_a_view(browser: Browser) -> None:
    (ticket,) = browser.tickets(1)
    both = {"act": "close", "numbers": [ticket.number], "matching": {"view": "all"}}
    assert browser.post("tickets/bulk-jobs", {"act": "close"})[0] == 422
    assert browser.post("tickets/bulk-jobs", both)[0] == 422
    assert browser.post("tickets/bulk-jobs", {"act": "close", "numbers": [999_999]})[0] == 404
