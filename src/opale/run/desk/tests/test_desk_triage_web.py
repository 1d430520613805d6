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
from opale.run.desk.queries.triage import CLASSIFIED_COLUMNS
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
    where = f"/tickets/{tickets[0].number}/triage/acceptance/"
    page = agent.get(f"/tickets/{tickets[0].number}/triage/").content.decode()
    shown = dict(re.findall(r"<dt>(.*?)</dt>\s*<dd>\s*(.*?)\s*<details", page, re.DOTALL))
    assert {"Customer", "Service", "Kind"} <= set(shown)
    form = filled(agent, tickets[0]) | {"impact": "3", "urgency": str(int(urgency))}
    assert agent.post(where, form).status_code == 302
    assert after(tickets[0]) == before[0] | shown

    api = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    where = f"/api/v1/tickets/{tickets[1].number}/proposals/acceptance"
    graded = {"impact": 3, "urgency": int(urgency)}
    assert api.post(where, graded, "application/json").status_code == 200
    assert after(tickets[1]) == after(tickets[0])


def filled(agent: Client, ticket: Ticket, query: str = "") -> dict[str, str]:
    """The form of an acceptance as it opens, without what has to be said yet."""
    page = agent.get(f"/tickets/{ticket.number}/triage/acceptance/{query}").content.decode()
    found = dict(re.findall(r'<input type="hidden" name="(\w+)"(?: value="(.*?)")?', page))
    chosen = re.findall(r'<input type="radio" name="(\w+)" value="(\w*)"[^>]* checked', page)
    found.pop("csrfmiddlewaretoken", None)
    return found | dict(chosen)


def test_an_incident_asks_its_grades_beside_the_words_and_shows_what_follows(
    personas: Personas, agent: Client
) -> None:
    ticket = proven(personas, Grade.LOW)
    where = f"/tickets/{ticket.number}/triage/acceptance/"
    form = filled(agent, ticket)
    assert "impact" not in form
    assert "urgency" not in form
    refused = agent.post(where, form)
    assert refused.status_code == 422
    assert "outage, no traffic for all users" in refused.content.decode()
    ticket.refresh_from_db()
    assert ticket.triaged_at is None
    form |= {"impact": "1", "urgency": "1"}
    preview = agent.post(where, form | {"preview_changes": "1"}).content.decode()
    assert "P1" in preview
    ticket.refresh_from_db()
    assert ticket.triaged_at is None
    assert agent.post(where, form).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.kind, ticket.priority) == (Kind.INCIDENT, 1)


def test_by_the_api_an_incident_is_not_graded_by_itself(personas: Personas) -> None:
    ticket = proven(personas, Grade.LOW)
    api = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    where = f"/api/v1/tickets/{ticket.number}/proposals/acceptance"
    answer = api.post(where, {}, "application/json")
    assert answer.status_code == 422
    assert {"impact", "urgency"} <= set(answer.json()["fields"])
    assert api.post(where, {"impact": 2, "urgency": 1}, "application/json").status_code == 200
    ticket.refresh_from_db()
    assert (ticket.impact, ticket.urgency) == (2, 1)


def test_an_acceptance_is_undone_as_it_was_and_only_by_its_author(
    personas: Personas, agent: Client
) -> None:
    ticket = proven(personas, Grade.LOW)
    before = Ticket.objects.filter(pk=ticket.pk).values(*CLASSIFIED_COLUMNS).get()
    form = filled(agent, ticket) | {"impact": "1", "urgency": "1"}
    team = Team.objects.exclude(kind=Team.Kind.SERVICE_DESK).filter(closed_on=None)[0]
    agent.post(f"/tickets/{ticket.number}/triage/acceptance/", form | {"team": team.pk})
    assert Assignment.objects.get().state == "requested"
    undo = f"/tickets/{ticket.number}/classification/undo/"
    assert personas.client("service_manager").post(undo).status_code == 409
    assert agent.post(undo).status_code == 302
    assert Ticket.objects.filter(pk=ticket.pk).values(*CLASSIFIED_COLUMNS).get() == before
    assert ticket.commitments.get(measure="triage").met_at is None
    assert Assignment.objects.get().state == "withdrawn"


def test_i_on_a_request_asks_the_same(personas: Personas, agent: Client) -> None:
    ticket = unsure(personas)
    form = filled(agent, ticket, "?kind=incident")
    assert form["kind"] == "incident"
    assert "impact" not in form
    page = agent.get(f"/tickets/{ticket.number}/triage/acceptance/?kind=incident").content.decode()
    assert "VPN-1" in page
    assert "L&#x27;un ou l&#x27;autre." in page


def test_likely_services_stay_on_offer_after_the_acceptance(
    personas: Personas, agent: Client
) -> None:
    ticket = unsure(personas)
    form = filled(agent, ticket, "?kind=incident") | {"impact": "2", "urgency": "1"}
    agent.post(f"/tickets/{ticket.number}/triage/acceptance/", form)
    ticket.refresh_from_db()
    assert ticket.service_id is None
    page = agent.get(f"/tickets/{ticket.number}/triage/").content.decode()
    assert 'name="service" value="' in page
    assert "VPN-1 · " in page or ">VPN-1<" in page


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
