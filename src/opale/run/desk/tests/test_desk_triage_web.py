"""Triage on its pages, and writing from the page of a merged ticket."""

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel.actor import system
from opale.organisation.models import Team
from opale.run.desk import actions
from opale.run.desk.actions import NewTicket, receive_ticket
from opale.run.desk.models import Assignment, Message, Source, Ticket
from opale.run.desk.tests.builders import make_service

ME = system("test")


@pytest.fixture
def personas(db: None) -> Personas:
    house = make_personas()
    for number in (1, 2):
        make_service(house.customer, f"VPN-{number}")
    return house


@pytest.fixture
def agent(personas: Personas) -> Client:
    return personas.client("desk_agent")


def unsure(personas: Personas) -> Ticket:
    """Of a known customer with two services, of which the text speaks for one a little."""
    new = NewTicket(
        subject="VPN-1 ou VPN-2 en panne",
        body="L'un ou l'autre.",
        source=Source.MAIL,
        customer=personas.customer,
    )
    return receive_ticket(new, by=ME)


def said(ticket: Ticket, **more: object) -> dict[str, object]:
    return {
        "kind": ticket.kind,
        "customer": ticket.customer_id or "",
        "impact": ticket.impact,
        "urgency": ticket.urgency,
        "stream": ticket.stream,
        **more,
    }


def test_a_line_without_anything_sure_is_not_accepted(personas: Personas, agent: Client) -> None:
    ticket = unsure(personas)
    answer = agent.post(f"/tickets/{ticket.number}/triage/acceptance/", said(ticket))
    assert answer.status_code == 422
    ticket.refresh_from_db()
    assert ticket.triaged_at is None
    assert ticket.commitments.get(measure="triage").met_at is None


def test_a_perhaps_is_a_button_that_accepts_it(personas: Personas, agent: Client) -> None:
    ticket = unsure(personas)
    page = agent.get(f"/tickets/{ticket.number}/triage/").content.decode()
    assert 'class="d-chip" name="service" value="' in page
    service = int(page.split('name="service" value="')[1].split('"')[0])
    agent.post(f"/tickets/{ticket.number}/triage/acceptance/", said(ticket, service=service))
    ticket.refresh_from_db()
    assert ticket.service_id == service
    assert ticket.triaged_at is not None


def test_the_form_asks_for_the_stream_first_and_for_a_team(
    personas: Personas, agent: Client
) -> None:
    ticket = unsure(personas)
    where = f"/tickets/{ticket.number}/triage/correction/"
    page = agent.get(where).content.decode()
    assert page.index('name="stream"') < page.index('name="customer"')
    team = Team.objects.exclude(kind=Team.Kind.SERVICE_DESK).filter(closed_on=None).first()
    assert team is not None
    assert agent.post(where, said(ticket, team=team.pk)).status_code == 302
    assert Assignment.objects.get().team == team


def test_a_note_from_the_page_of_a_merged_ticket_leads_to_the_one_that_goes_on(
    personas: Personas, agent: Client
) -> None:
    old, present = unsure(personas), unsure(personas)
    actions.merge_tickets([old], present, by=ME)
    answer = agent.post(
        f"/tickets/{old.number}/notes/", {"body": "Vu"}, headers={"HX-Request": "true"}
    )
    assert answer["HX-Redirect"] == f"/tickets/{present.number}/"
    assert Message.objects.get(body="Vu").ticket == present
