"""Alerts that still fire when their incident ends, and raising a ticket to P1.

Source: docs/rules/ticket-life-cycle.md, "What is stated"; docs/rules/priority.md.
"""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import IllegalMove
from opale.run.desk.actions import endings, lifecycle, ownership
from opale.run.desk.actions.alerts import attach_alert
from opale.run.desk.actions.classifications import raise_to_p1
from opale.run.desk.acts.endings import undo_of
from opale.run.desk.models import Grade, Kind, Ticket, TicketAlert
from opale.run.desk.tests.builders import make_incident, make_service
from opale.run.events.models import Alert, Integration
from opale.run.events.states import Severity

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(personas: Personas) -> Client:
    return personas.client("desk_agent")


def worked_on(personas: Personas, *titles: str, grade: Grade = Grade.LOW) -> Ticket:
    """An incident that its owner works on, whose alerts are acknowledged."""
    by = personas.actor("desk_agent")
    with attributed(by):
        service = make_service(personas.customer, "VPN-9")
    ticket = make_incident(personas, "Link down", grade, service=service)
    for title in titles:
        attach_alert(ticket, make_alert(title), by=by)
    return ownership.take_ticket(ticket, by=by, seen_owner_id=ticket.owner_id)


def make_alert(title: str, state: str = "open") -> Alert:
    at = now() - timedelta(hours=1)
    with attributed(MAKER):
        integration, _ = Integration.objects.get_or_create(
            name="Supervision", defaults={"format": "alertmanager"}
        )
        return Alert.objects.create(
            integration=integration, identity=title, severity=Severity.MAJOR, title=title,
            state=state, started_at=at, first_received_at=at, last_received_at=at, source_at=at,
        )  # fmt: skip


def states() -> dict[str, str]:
    return dict(Alert.objects.values_list("title", "state"))


def test_the_panel_lists_what_still_fires(personas: Personas, agent: Client) -> None:
    ticket = worked_on(personas, "Port 1", "Port 2")
    assert states() == {"Port 1": "acknowledged", "Port 2": "acknowledged"}
    page = agent.get(f"/tickets/{ticket.number}/resolution/").content.decode()
    assert "2 alerts still fire:" in page
    assert re.search(r'<a href="/alerts/\d+/" target="_blank">Port 1</a> \(Acknowledged\)', page)
    calm = make_incident(personas, "Another one")
    page = agent.get(f"/tickets/{calm.number}/resolution/").content.decode()
    assert "still fire" not in page


def test_closing_returns_them_to_open_and_shows_it_before(
    personas: Personas, agent: Client
) -> None:
    ticket, by = worked_on(personas, "Port 1"), personas.actor("desk_agent")
    lifecycle.resolve_ticket(ticket, by=by)
    assert states() == {"Port 1": "acknowledged"}, "a resolved ticket still handles it"
    preview = agent.post(
        f"/tickets/{ticket.number}/closure/", {"silent": "on", "preview_changes": "1"}
    )
    assert "Port 1 (Open)" in preview.content.decode()
    assert states() == {"Port 1": "acknowledged"}, "only shown"
    ended = endings.close(ticket, by=by)
    assert states() == {"Port 1": "open"}
    endings.undo_ending(ended.ticket, ended.before, None, ended="closed", by=by)
    assert states() == {"Port 1": "acknowledged"}


def test_what_another_incident_handles_stays_acknowledged(personas: Personas) -> None:
    ticket, by = worked_on(personas, "Port 1"), personas.actor("desk_agent")
    lifecycle.resolve_ticket(ticket, by=by)
    other = make_incident(personas, "Router down")
    with attributed(by):
        TicketAlert.objects.create(
            ticket=other, alert=Alert.objects.get(), customer=other.customer, linked_at=now()
        )
    lifecycle.close_ticket(ticket, by=by)
    assert states() == {"Port 1": "acknowledged"}


def test_a_cancelled_incident_and_many_at_once_return_them_too(personas: Personas) -> None:
    ticket, by = worked_on(personas, "Port 1"), personas.actor("desk_agent")
    shelved = make_alert("Port 2", "shelved")
    attach_alert(ticket, shelved, by=by)
    lifecycle.cancel_tickets([ticket], by=by)
    assert states() == {"Port 1": "open", "Port 2": "shelved"}


def test_every_undo_of_an_end_acknowledges_them_again(personas: Personas, agent: Client) -> None:
    ticket, by = worked_on(personas, "Port 1"), personas.actor("desk_agent")
    ended = endings.cancel(ticket, by=by, reason="A mistake")
    assert states() == {"Port 1": "open"}
    assert agent.post(undo_of(ticket, ended)).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.cause) == ("in_progress", "")
    assert states() == {"Port 1": "acknowledged"}
    before = lifecycle.capture_states([ticket])
    lifecycle.cancel_tickets([ticket], by=by)
    lifecycle.restore_states([ticket], before, ended="cancelled", by=by)
    assert states() == {"Port 1": "acknowledged"}, "of many, and of macros"


# P1


def test_a_ticket_is_raised_to_p1_and_taken_back(personas: Personas, agent: Client) -> None:
    ticket = worked_on(personas)
    assert ticket.priority > 1
    due = ticket.commitments.get(measure="restore").due_at
    path = f"/tickets/{ticket.number}/p1/"
    preview = agent.post(path, {"preview_changes": "1"}).content.decode()
    assert "P1" in preview
    assert "Time to restore" in preview, "its deadlines"
    ticket.refresh_from_db()
    assert ticket.priority > 1
    page = agent.post(path, {"reason": "Whole site"}, follow=True).content.decode()
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.impact, ticket.urgency) == (1, 1, 1)
    sooner = ticket.commitments.get(measure="restore").due_at
    assert due is not None
    assert sooner is not None
    assert sooner < due
    reasons = ticket.classifications.values_list("reason", flat=True)
    assert "Whole site" in reasons
    undo = re.search(r"/tickets/\d+/classification/undo/", page)
    assert undo is not None
    assert agent.post(undo[0]).status_code == 302
    ticket.refresh_from_db()
    assert ticket.priority > 1


def test_only_an_incident_below_p1_is_raised(personas: Personas, agent: Client) -> None:
    by = personas.actor("desk_agent")
    grave = worked_on(personas, grade=Grade.HIGH)
    with pytest.raises(IllegalMove):
        raise_to_p1(grave, by=by)
    assert (
        f"/tickets/{grave.number}/p1/"
        not in agent.get(f"/tickets/{grave.number}/").content.decode()
    )
    request = make_incident(personas, "Question")
    with attributed(by):
        Ticket.objects.filter(pk=request.pk).update(kind=Kind.REQUEST)
    with pytest.raises(IllegalMove):
        raise_to_p1(request, by=by)


def test_programs_raise_to_p1(personas: Personas) -> None:
    client = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    ticket = worked_on(personas)
    url = f"/api/v1/tickets/{ticket.number}/p1"
    answer = client.post(url, json.dumps({}), content_type="application/json")
    assert (answer.status_code, answer.json()["priority"]) == (200, 1)
