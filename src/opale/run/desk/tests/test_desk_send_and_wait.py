"""A message to the customer that puts the ticket on hold in the same gesture.

Source: docs/rules/replying.md, "Send and wait".
"""

import json
from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from tests.personas import Personas

from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid
from opale.run.desk.actions import answers, ownership, pauses
from opale.run.desk.models import Grade, Message, Pause, ProposedAnswer, Ticket
from opale.run.desk.tests.builders import make_incident, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(personas: Personas) -> Client:
    return personas.client("desk_agent")


def taken(personas: Personas, grade: Grade = Grade.LOW, owner: str = "desk_agent") -> Ticket:
    by = personas.actor(owner)
    with attributed(by):
        service = make_service(personas.customer, "VPN-9")
    ticket = make_incident(personas, "Link down", grade, service=service)
    return ownership.take_ticket(ticket, by=by, seen_owner_id=ticket.owner_id)


def test_a_message_is_sent_and_waited_for(personas: Personas, agent: Client) -> None:
    ticket = taken(personas)
    box = agent.get(f"/tickets/{ticket.number}/messages/waiting/").content.decode()
    assert 'name="until"' in box
    assert 'name="confirmed"' not in box, "no P1"
    said = {"body": "Which site is it?", "wait": "customer", "until": "+2h"}
    shown = agent.post(f"/tickets/{ticket.number}/messages/", said)
    assert shown.status_code == 200
    ticket.refresh_from_db()
    assert ticket.state == "pending"
    (pause,) = Pause.objects.filter(ticket=ticket)
    assert pause.kind == "customer"
    assert pause.until is not None
    assert abs(pause.until - clock.now() - timedelta(hours=2)) < timedelta(minutes=2)
    assert Message.objects.filter(ticket=ticket, direction="sent").count() == 1


def test_the_undo_takes_back_the_message_and_the_hold(personas: Personas, agent: Client) -> None:
    ticket = taken(personas)
    said = {"body": "Which site is it?", "wait": "customer"}
    shown = agent.post(f"/tickets/{ticket.number}/messages/", said, HTTP_HX_REQUEST="true")
    told = json.loads(shown.headers["HX-Trigger"])["opale:toast"]
    assert told["text"] == "Sent; the ticket waits for the customer."
    assert agent.post(told["undo"]).status_code == 204
    ticket.refresh_from_db()
    assert ticket.state == "in_progress"
    assert not Message.objects.filter(ticket=ticket, direction="sent").exists()


def test_a_p1_waits_with_consent_alone(personas: Personas, agent: Client) -> None:
    ticket = taken(personas, Grade.HIGH)
    assert ticket.priority == 1
    box = agent.get(f"/tickets/{ticket.number}/messages/waiting/").content.decode()
    assert 'name="confirmed"' in box
    preview = {"preview_changes": "1", "kind": "customer", "until": ""}
    moves = agent.post(f"/tickets/{ticket.number}/wait/", preview).content.decode()
    assert "paused" in moves, "what moves is shown without consent"
    said = {"body": "Which site is it?", "wait": "customer"}
    assert agent.post(f"/tickets/{ticket.number}/messages/", said).status_code == 422
    assert not Message.objects.filter(ticket=ticket, direction="sent").exists()
    agent.post(f"/tickets/{ticket.number}/messages/", said | {"confirmed": "on"})
    ticket.refresh_from_db()
    assert ticket.state == "pending"


def test_what_the_owner_has_to_send_first_cannot_be_waited_for(personas: Personas) -> None:
    ticket, by = taken(personas, owner="service_manager"), personas.actor("desk_agent")
    write = partial(answers.answer_customer, ticket, "Which site?", by=by)
    with pytest.raises(Invalid):
        answers.send_and_wait(write, by=by)
    assert not ProposedAnswer.objects.exists()
    client = personas.client("desk_agent")
    assert "Send and wait" not in client.get(f"/tickets/{ticket.number}/").content.decode()


def test_a_ticket_on_hold_is_said_before_and_refused(personas: Personas, agent: Client) -> None:
    ticket, by = taken(personas), personas.actor("desk_agent")
    pauses.pause_ticket(ticket, Pause.Kind.SUPPLIER, by=by)
    box = agent.get(f"/tickets/{ticket.number}/messages/waiting/").content.decode()
    assert "Resume it first" in box
    write = partial(answers.answer_customer, ticket, "Which site?", by=by)
    with pytest.raises(IllegalMove):
        answers.send_and_wait(write, by=by)
    assert not Message.objects.filter(ticket=ticket, direction="sent").exists(), "both or none"


def test_a_ticket_that_waits_for_the_customer_already_keeps_its_hold(personas: Personas) -> None:
    ticket, by = taken(personas), personas.actor("desk_agent")
    pauses.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by)
    write = partial(answers.answer_customer, ticket, "Which site?", by=by)
    with pytest.raises(IllegalMove):
        answers.send_and_wait(write, by=by, until=clock.now() + timedelta(hours=2))
    assert not Message.objects.filter(ticket=ticket, direction="sent").exists(), "both or none"
    assert Pause.objects.get(ticket=ticket, ends=None).until is None


def test_the_same_message_sent_twice_is_sent_and_waited_for_once(personas: Personas) -> None:
    ticket, by = taken(personas), personas.actor("desk_agent")
    write = partial(answers.answer_customer, ticket, "Which site?", by=by)
    first = answers.send_and_wait(write, by=by)
    assert answers.send_and_wait(lambda: first, by=by) == first
    assert Pause.objects.filter(ticket=ticket).count() == 1


def test_programs_send_and_wait(personas: Personas) -> None:
    client = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    ticket = taken(personas, Grade.HIGH)
    url = f"/api/v1/tickets/{ticket.number}/messages"
    said = {"body": "Which site?", "wait": {}}
    assert client.post(url, said, content_type="application/json").status_code == 422
    said["wait"] = {"confirmed": True}
    answer = client.post(url, said, content_type="application/json")
    assert answer.status_code == 201, answer.content
    ticket.refresh_from_db()
    assert ticket.state == "pending"
