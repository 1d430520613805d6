"""Triage on its pages, and writing from the page of a merged ticket."""

import re

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel.actor import system
from opale.organisation.models import Team
from opale.run.desk.actions import merges
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Assignment, Grade, Kind, Message, Source, Ticket
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


@pytest.mark.parametrize("urgency", [Grade.LOW, Grade.HIGH])
def test_accepting_does_what_was_shown_and_no_more(
    personas: Personas, agent: Client, urgency: Grade
) -> None:
    """By the page and by the API; what somebody graded already is not proposed and not changed."""
    tickets = [proven(personas, urgency) for _ in range(2)]
    before = [held(ticket) for ticket in tickets]
    page = agent.get(f"/tickets/{tickets[0].number}/triage/").content.decode()
    shown = dict(re.findall(r"<dt>(.*?)</dt>\s*<dd>\s*(.*?)\s*<details", page, re.DOTALL))
    assert {"Customer", "Service", "Kind"} <= set(shown)
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)">', page))
    form.pop("csrfmiddlewaretoken", None)
    where = f"/tickets/{tickets[0].number}/triage/acceptance/"
    assert agent.post(where, form).status_code == 302
    assert after(tickets[0]) == before[0] | shown

    api = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    where = f"/api/v1/tickets/{tickets[1].number}/proposals/acceptance"
    assert api.post(where).status_code == 200
    assert after(tickets[1]) == after(tickets[0])


def test_triage_by_the_api_asks_a_team_once(personas: Personas) -> None:
    ticket = proven(personas, Grade.LOW)
    team = Team.objects.exclude(kind=Team.Kind.SERVICE_DESK).filter(closed_on=None)[0]
    api = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    where = f"/api/v1/tickets/{ticket.number}/classification"
    body = {"customer_id": personas.customer.pk, "team_id": team.pk}
    for _ in range(2):
        assert api.post(where, body, "application/json").status_code == 200
    assert Assignment.objects.get().team == team
    answer = api.post(where, body | {"team_id": 10**6}, "application/json")
    assert answer.status_code == 404


def proven(personas: Personas, urgency: Grade) -> Ticket:
    """Of a sender whose customer, and with a service whose reference, stands in the text."""
    words = "Incident: VPN-1 is down, outage, no traffic for all users"
    new = NewTicket(
        subject=words,
        body=f"{words}. {personas.contact.email}",
        source=Source.EVENT,
        kind=Kind.REQUEST,
        urgency=urgency,
    )
    return receive_ticket(new, by=ME)


def held(ticket: Ticket) -> dict[str, str]:
    """What the ticket is said to be, in the words of the page."""
    grades = {"Impact": ticket.get_impact_display(), "Urgency": ticket.get_urgency_display()}
    rows = {"Customer": ticket.customer, "Contact": ticket.contact, "Service": ticket.service}
    plain = {"Kind": ticket.get_kind_display(), "Stream": ticket.get_stream_display()}
    return {name: str(row or "") for name, row in rows.items()} | grades | plain


def after(ticket: Ticket) -> dict[str, str]:
    ticket.refresh_from_db()
    assert ticket.triaged_at is not None
    return held(ticket)


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
    merges.merge_tickets([old], present, by=ME)
    answer = agent.post(
        f"/tickets/{old.number}/notes/", {"body": "Vu"}, headers={"HX-Request": "true"}
    )
    assert answer["HX-Redirect"] == f"/tickets/{present.number}/"
    assert Message.objects.get(body="Vu").ticket == present
