"""The pages of the telephone, and its endpoints."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.customers.models import Contact, Customer
from opale.customers.tests.builders import make_service
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.run.desk.actions.official_sentences import publish_sentence
from opale.run.desk.actions.ownership import give_ticket
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_metadata import set_confidential
from opale.run.desk.models import Kind, Source, Ticket
from opale.run.telephone.models import Call, Line
from opale.run.telephone.states import FollowUp
from opale.run.telephone.tests.builders import (
    ANSWER,
    HANGUP,
    RING,
    make_line,
    signal,
    told,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Personas:
    house = make_personas()
    with attributed(system("test")):
        Contact.objects.filter(pk=house.contact.pk).update(phone_e164="+33199001122")
    make_service(house.customer, "VPN-1")
    make_line(house.people["desk_agent"], "102")
    return house


@pytest.fixture
def client(house: Personas) -> Client:
    return house.client("desk_agent")


def ringing(call_id: str = "1", **fields: Any) -> Call:
    return told(signal(RING, call_id, **fields), at=now() - timedelta(seconds=4))


def missed(call_id: str = "1", **fields: Any) -> Call:
    at = now() - timedelta(minutes=5)
    hangup = signal(HANGUP, call_id, cause="cancel", **fields)
    return told(signal(RING, call_id, **fields), hangup, at=at)


def html(response: Any) -> str:
    assert response.status_code == 200, response.content
    return str(response.content.decode())


def test_what_rings_is_on_every_page_but_its_own(house: Personas, client: Client) -> None:
    call = ringing(queue="support")
    drawn = html(client.get("/calls/strip/"))
    assert "Contact Acme" in drawn
    assert "support" in drawn
    assert f"/calls/{call.pk}/" in drawn
    assert 'data-key="f2"' in drawn
    assert "Contact Acme" not in html(client.get(f"/calls/strip/?at=/calls/{call.pk}/"))
    assert "t-talking" not in drawn
    talk = told(signal(ANSWER, answering="102"), at=now())
    drawn = html(client.get("/calls/strip/"))
    assert "t-talking" in drawn
    assert f"/calls/{talk.pk}/" in drawn
    assert "/calls/strip/?at=%2Fdesk%2F" in html(client.get("/desk/"))


def test_the_key_opens_the_call_else_an_empty_sheet(client: Client) -> None:
    assert client.get("/calls/now/").headers["Location"] == "/calls/sheet/"
    call = ringing()
    assert client.get("/calls/now/").headers["Location"] == f"/calls/{call.pk}/"


def test_the_sheet_shows_caller_authority_services_and_incidents(
    house: Personas, client: Client
) -> None:
    incident = receive_ticket(
        NewTicket(
            subject="Core router down",
            source=Source.EVENT,
            kind=Kind.INCIDENT,
            customer=house.customer,
        ),
        by=system("test"),
    )
    said = "The network is being repaired."
    publish_sentence(
        incident, french="On répare le réseau.", english=said, by=house.actor("desk_agent")
    )
    drawn = html(client.get(f"/calls/{ringing().pk}/"))
    for words in ("Contact Acme", "open requests", "VPN VPN-1", incident.subject, said):
        assert words in drawn
    assert 'data-key="a"' in drawn
    # What is felt is not offered a second time.
    assert "Open tickets of the caller" not in drawn


def test_enter_opens_a_ticket_of_ones_own(house: Personas, client: Client) -> None:
    call = ringing()
    form = {"subject": "No network", "kind": "incident", "impact": 2, "urgency": 1}
    form |= {"contact": house.contact.pk}
    response = client.post(f"/calls/{call.pk}/", form)
    ticket = Ticket.objects.get()
    assert response.headers["Location"] == f"/tickets/{ticket.number}/"
    assert (ticket.owner, ticket.contact) == (house.people["desk_agent"], house.contact)
    call.refresh_from_db()
    assert call.ticket == ticket
    drawn = html(client.get(f"/tickets/{ticket.number}/"))
    assert f"/calls/{call.pk}/" in drawn
    assert "Call from" in drawn


def test_what_is_missing_stands_beside_its_field(client: Client) -> None:
    response = client.post(f"/calls/{ringing().pk}/", {"kind": "request", "body": "Said"})
    assert response.status_code == 422
    assert "Said" in response.content.decode()
    assert not Ticket.objects.exists()


def test_an_unknown_caller_is_searched_and_what_was_typed_stays(
    house: Personas, client: Client
) -> None:
    call = ringing(caller="33199007777")
    drawn = html(client.get(f"/calls/{call.pk}/"))
    assert "Unknown number" in drawn
    asked: dict[str, str | int] = {
        "contact": house.contact.pk,
        "subject": "No network",
        "body": "Since nine",
    }
    drawn = html(client.get(f"/calls/{call.pk}/", asked, headers={"HX-Request": "true"}))
    assert drawn.lstrip().startswith('<div id="t-sheet"')
    for words in ("No network", "Since nine", "VPN VPN-1", "open requests"):
        assert words in drawn


def test_who_has_the_number_and_who_is_near_it_are_offered_apart(
    house: Personas, client: Client
) -> None:
    drawn = html(client.get(f"/calls/{ringing(caller='33199001199').pk}/"))
    assert "similar number" in drawn
    with attributed(system("test")):
        Contact.objects.filter(pk=house.other_contact.pk).update(phone_e164="+33199001122")
    drawn = html(client.get(f"/calls/{ringing('2').pk}/"))
    assert "same number" in drawn
    assert "similar number" not in drawn


def test_a_sheet_without_a_telephone_system(house: Personas, client: Client) -> None:
    html(client.get("/calls/sheet/"))
    began_at = (now() - timedelta(minutes=2)).isoformat()
    form = {"subject": "A question", "kind": "request", "impact": 3, "urgency": 3}
    client.post("/calls/sheet/", form | {"began_at": began_at})
    call = Call.objects.get()
    assert call.by_hand
    assert call.ticket is not None
    drawn = html(client.get(f"/tickets/{call.ticket.number}/"))
    assert "logged a call" in drawn


def test_one_key_adds_the_caller_to_an_incident(house: Personas, client: Client) -> None:
    incident = receive_ticket(
        NewTicket(subject="Down", source=Source.EVENT, kind=Kind.INCIDENT, customer=house.customer),
        by=system("test"),
    )
    call = ringing()
    said = {"contact": house.contact.pk, "customer": house.customer.pk}
    client.post(f"/calls/{call.pk}/affected/{incident.number}/", said)
    call.refresh_from_db()
    assert call.ticket == incident
    response = client.post(f"/calls/sheet/affected/{incident.number}/", {})
    assert response.status_code == 422


def test_a_missed_call_is_called_back_or_dismissed(house: Personas, client: Client) -> None:
    call = missed()
    for page in ("/calls/", "/calls/missed/", "/"):
        drawn = html(client.get(page))
        assert "Contact Acme" in drawn or page == "/"
    assert 'data-key="b"' in html(client.get("/calls/missed/"))
    response = client.post(f"/calls/{call.pk}/calling-back/")
    assert response.headers["Location"] == f"/calls/{call.pk}/"
    assert "tel:+33199001122" in html(client.get(f"/calls/{call.pk}/"))
    client.post(f"/calls/{call.pk}/dismissal/", {"why": "unreachable"})
    call.refresh_from_db()
    assert call.follow_up == FollowUp.DISMISSED
    assert client.post(f"/calls/{call.pk}/dismissal/", {"why": "bored"}).status_code == 422
    client.post(f"/calls/{call.pk}/dismissal/withdrawal/")
    call.refresh_from_db()
    assert call.follow_up == FollowUp.OPEN


def test_calls_are_found_by_number_and_name(house: Personas, client: Client) -> None:
    missed()
    missed("2", caller="anonymous")
    drawn = html(client.get("/calls/?view=all&q=01 99 00 11 22"))
    assert "Contact Acme" in drawn
    assert "Hidden number" not in drawn
    assert "No call matches your filters" in html(client.get("/calls/?view=all&q=Nobody"))
    found = html(client.get("/ui/palette/?q=0199001122"))
    assert "+33 1 99 00 11 22" in found


def test_who_waits_longest_is_called_back_first_by_one_key(client: Client) -> None:
    missed("2", caller="0199001133")
    answered = told(signal(RING, "3"), signal(ANSWER, "3", answering="102"), at=now())
    waiting = html(client.get("/calls/"))
    assert waiting.count('data-key="b"') == 1
    assert f"/calls/{answered.pk}/" not in waiting
    missed("4", caller="0199001144")
    drawn = html(client.get("/calls/"))
    assert drawn.index("11 33") < drawn.index("11 44")
    everything = html(client.get("/calls/?view=all"))
    assert everything.index(f"/calls/{answered.pk}/") < everything.index("11 33")
    mine = html(client.get("/calls/?view=mine"))
    assert f"/calls/{answered.pk}/" in mine
    assert "11 33" not in mine


def test_marked_calls_are_dismissed_for_one_reason(client: Client) -> None:
    calls = [missed(), missed("2", caller="0199001133")]
    url, marked = "/lists/calls/acts/dismiss/", {"n": [call.pk for call in calls]}
    asked = html(client.post(url, marked))
    assert "Unknown number, Contact Acme" in asked
    assert client.post(url, marked | {"given": "1", "why": "unwanted"}).status_code == 302
    assert {call.follow_up for call in Call.objects.all()} == {FollowUp.DISMISSED}
    assert "No call-backs to make" in html(client.get("/calls/"))


def test_ones_own_telephone(house: Personas, client: Client) -> None:
    assert "102" in html(client.get("/calls/lines/"))
    client.post("/calls/lines/", {"names": "103\nolivie"})
    assert {line.name for line in Line.objects.all()} == {"103", "olivie"}


def test_the_telephone_is_an_integration_with_keys(house: Personas) -> None:
    admin = house.client("tools_engineer")
    made = html(admin.post("/events/integrations/new/", {"name": "3CX", "format": "cti"}))
    assert "/ingest/cti/" in made
    assert "newCall" in made
    assert "Automatic incidents" not in made


def test_calls_by_the_api(house: Personas) -> None:
    call = missed()
    talk = told(
        signal(RING, "2"),
        signal(ANSWER, "2", answering="102"),
        signal(HANGUP, "2", cause="normalClearing"),
        at=now() - timedelta(minutes=9),
    )
    ticket = receive_ticket(
        NewTicket(subject="Slow", source=Source.MAIL, customer=house.customer), by=system("test")
    )
    client = Client(headers={"Authorization": f"Bearer {house.token('desk_agent')}"})
    rows = client.get("/api/v1/calls").json()["items"]
    assert [row["id"] for row in rows] == [call.pk, talk.pk]
    assert (rows[0]["seconds"], rows[1]["seconds"]) == (None, 10)
    assert (rows[1]["number_e164"], rows[1]["contact_id"]) == ("+33199001122", house.contact.pk)
    only = client.get("/api/v1/calls?follow_up=open&q=0199001122").json()["items"]
    assert [row["id"] for row in only] == [call.pk]
    body = json.dumps({"number": ticket.number})
    put = client.post(f"/api/v1/calls/{talk.pk}/ticket", body, "application/json")
    assert put.json()["ticket_number"] == ticket.number
    client.post(f"/api/v1/calls/{call.pk}/calling-back", "{}", "application/json")
    why = json.dumps({"why": "spoken"})
    done = client.post(f"/api/v1/calls/{call.pk}/dismissal", why, "application/json")
    assert (done.json()["follow_up"], done.json()["dismissal"]) == ("dismissed", "spoken")
    again = client.post(f"/api/v1/calls/{call.pk}/dismissal", why, "application/json")
    assert again.status_code == 409


def test_a_contact_gets_no_call(house: Personas) -> None:
    call = missed()
    client = Client(headers={"Authorization": f"Bearer {house.token('customer_contact')}"})
    for path in ("/api/v1/calls", f"/api/v1/calls/{call.pk}"):
        assert client.get(path).status_code == 403


def test_a_number_of_nobody_is_kept_with_whom_the_agent_names(
    house: Personas, client: Client
) -> None:
    call, contact = ringing(caller="0199007755"), house.contact
    sheet = f"/calls/{call.pk}/?contact={contact.pk}"
    assert "is not saved for any contact" in html(client.get(sheet))
    answer = client.post(f"/calls/{call.pk}/number/", {"contact": contact.pk})
    assert answer.status_code == 302
    contact.refresh_from_db()
    assert contact.phone_e164 == "+33199007755"
    assert "is not saved for any contact" not in html(client.get(sheet))
    again = ringing("2", caller="0199007755")
    assert again.contact_id == contact.pk
    call.refresh_from_db()
    assert call.contact_id == contact.pk


def test_a_switchboard_and_a_hidden_number_are_nobodys_to_keep(
    house: Personas, client: Client
) -> None:
    with attributed(system("test")):
        Customer.objects.filter(pk=house.customer.pk).update(phone_e164="+33199005500")
    for call in (ringing("3", caller="0199005500"), ringing("4", caller="anonymous")):
        sheet = client.get(f"/calls/{call.pk}/?contact={house.contact.pk}")
        assert "is not saved for any contact" not in html(sheet)
    refused = client.post(f"/calls/{call.pk}/number/", {"contact": house.contact.pk})
    assert refused.status_code == 409


def test_a_confidential_ticket_is_named_to_those_who_may_see_it(
    house: Personas, client: Client
) -> None:
    ticket = receive_ticket(
        NewTicket(subject="Fraude", source=Source.PHONE, customer=house.customer),
        by=house.actor("service_manager"),
    )
    call, later = missed(), missed("2")
    with attributed(system("test")):
        Call.objects.filter(pk=call.pk).update(ticket=ticket, began_at=now() - timedelta(hours=1))
    pages = ("/calls/?view=all", f"/calls/{call.pk}/", f"/calls/{later.pk}/")
    for url in pages:
        assert ticket.reference in html(client.get(url))
    give_ticket(ticket, house.people["service_manager"], by=system("test"))
    set_confidential(ticket, True, by=house.actor("service_manager"))
    lead = house.client("service_manager")
    for url in pages:
        assert ticket.reference not in html(client.get(url))
        assert "Fraude" not in html(client.get(url))
    assert ticket.reference in html(lead.get(pages[0]))
    listed, one = "/api/v1/calls", f"/api/v1/calls/{call.pk}"
    for reader, number in ((client, None), (lead, ticket.number)):
        answers = reader.get(listed).json()["items"]
        assert [row["ticket_number"] for row in answers if row["id"] == call.pk] == [number]
        assert reader.get(one).json()["ticket_number"] == number
        file: Any = reader.get("/lists/calls/export.csv?view=all")
        exported = b"".join(file.streaming_content).decode()
        assert (ticket.reference in exported) == (number is not None)
