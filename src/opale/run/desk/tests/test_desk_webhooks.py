"""What webhooks are told of tickets: to each what its owner may see, and nobody's notes."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.personas import MAKER, Personas

from opale.customers.models import Customer
from opale.kernel.attribution import attributed
from opale.kernel.facts import deliver
from opale.kernel.models import Fact
from opale.run.desk.actions.answers import answer_customer
from opale.run.desk.actions.lifecycle import cancel_ticket, reopen_ticket
from opale.run.desk.actions.messages import write_note
from opale.run.desk.actions.ownership import take_ticket
from opale.run.desk.actions.pauses import pause_ticket
from opale.run.desk.actions.requester_messages import write_as_requester
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Pause, Source, Ticket
from opale.webhooks.actions.webhooks import create_webhook
from opale.webhooks.models import Delivery, Webhook

pytestmark = pytest.mark.django_db
URL = "https://192.0.43.8/opale"


def hook(house: Personas, name: str, *events: str, customer: Customer | None = None) -> Webhook:
    wanted = events or ("ticket.received",)
    only = customer.pk if customer else None
    return create_webhook(
        by=house.actor(name), name=name, url=URL, events=wanted, customer_id=only
    )[0]


def receive(customer: Customer) -> Ticket:
    asked = NewTicket(
        subject="Lien coupé", body="Plus rien.", source=Source.MAIL, customer=customer
    )
    return receive_ticket(asked, by=MAKER)


EVENTS = {
    "desk.TicketReceived": "webhooks.ticket.received",
    "desk.TicketsCancelled": "webhooks.ticket.cancelled",
    "desk.TicketReopened": "webhooks.ticket.reopened",
    "desk.TicketOwnerChanged": "webhooks.ticket.owner_changed",
    "desk.TicketsMoved": "webhooks.ticket.state_changed",
    "desk.MessageReceived": "webhooks.ticket.customer_wrote",
    "desk.MessageSent": "webhooks.ticket.message_sent",
}


def hand_on() -> None:
    """What the worker does with the facts that were announced."""
    for fact in Fact.objects.filter(name__in=EVENTS).order_by("id"):
        deliver(fact.pk, EVENTS[fact.name])


def told(webhook: Webhook) -> list[dict[str, Any]]:
    rows = Delivery.objects.filter(webhook=webhook).order_by("id")
    return [json.loads(body) for body in rows.values_list("body", flat=True)]


def test_a_contact_is_told_of_its_customer_alone(personas: Personas) -> None:
    mine = hook(personas, "customer_contact")
    theirs = hook(personas, "foreign_contact")
    staff = hook(personas, "service_manager")
    narrowed = hook(personas, "service_manager", customer=personas.other_customer)
    first, second = receive(personas.customer), receive(personas.other_customer)
    hand_on()
    numbers = [
        [body["data"]["ticket"]["number"] for body in told(one)]
        for one in (mine, theirs, staff, narrowed)
    ]
    assert numbers == [
        [first.number],
        [second.number],
        [first.number, second.number],
        [second.number],
    ]


def test_the_body_is_the_ticket_as_the_api_shows_it_and_holds_no_note(personas: Personas) -> None:
    webhook = hook(personas, "customer_contact")
    ticket = receive(personas.customer)
    write_note(ticket, "Client difficile", by=personas.actor("desk_agent"))
    hand_on()
    (body,) = told(webhook)
    client = Client()
    shown = client.get(
        f"/api/v1/tickets/{ticket.number}",
        headers={"Authorization": f"Bearer {personas.token('customer_contact')}"},
    )
    assert body["type"] == "ticket.received"
    assert body["data"] == {"ticket": shown.json()}
    assert body["data"]["ticket"]["state"] == "acknowledged"
    assert "difficile" not in json.dumps(body)


def test_the_end_of_a_ticket_and_its_way_back_are_told(personas: Personas) -> None:
    webhook = hook(personas, "customer_contact", "ticket.cancelled", "ticket.reopened")
    ticket, by = receive(personas.customer), personas.actor("desk_agent")
    cancel_ticket(ticket, by=by)
    hand_on()
    reopen_ticket(ticket, by=by)
    hand_on()
    assert [(body["type"], body["data"]["ticket"]["state"]) for body in told(webhook)] == [
        ("ticket.cancelled", "cancelled"),
        ("ticket.reopened", "inProgress"),
    ]


def test_changes_of_state_and_messages_are_told_without_their_text(personas: Personas) -> None:
    webhook = hook(
        personas,
        "service_manager",
        *("ticket.state_changed", "ticket.customer_wrote", "ticket.message_sent"),
    )
    asked = NewTicket(
        subject="Lien", source=Source.MAIL, customer=personas.customer, contact=personas.contact
    )
    ticket, agent = receive_ticket(asked, by=MAKER), personas.actor("desk_agent")
    take_ticket(ticket, by=agent)
    answer_customer(ticket, "Votre routeur est joignable.", by=agent)
    pause_ticket(ticket, Pause.Kind.CUSTOMER, by=agent)
    write_as_requester(ticket, "Merci beaucoup.", by=personas.actor("customer_contact"))
    hand_on()
    bodies = told(webhook)
    assert [body["type"] for body in bodies] == [
        "ticket.state_changed",
        "ticket.message_sent",
        "ticket.state_changed",
        "ticket.state_changed",
        "ticket.customer_wrote",
    ]
    assert {body["data"]["ticket"]["number"] for body in bodies} == {ticket.number}
    assert "joignable" not in json.dumps(bodies)
    assert "beaucoup" not in json.dumps(bodies)


def test_a_confidential_ticket_is_told_to_those_who_see_it(personas: Personas) -> None:
    tools = hook(personas, "tools_engineer")
    manager = hook(personas, "service_manager")
    ticket = receive(personas.customer)
    with attributed(MAKER):
        Ticket.objects.filter(pk=ticket.pk).update(confidential=True)
    hand_on()
    assert (len(told(tools)), len(told(manager))) == (0, 1)


def test_the_affairs_of_the_desk_are_not_for_contacts(personas: Personas) -> None:
    names = "/api/v1/webhooks/events"
    asked = {
        name: [event["name"] for event in personas.client(name).get(names).json()]
        for name in ("customer_contact", "service_manager")
    }
    assert "ticket.owner_changed" in asked["service_manager"]
    assert "ticket.owner_changed" not in asked["customer_contact"]
    assert "ticket.message_sent" not in asked["customer_contact"]
    refused = personas.client("customer_contact").post(
        "/api/v1/webhooks",
        {"name": "x", "url": URL, "events": ["ticket.owner_changed"]},
        content_type="application/json",
    )
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"events"})


def test_a_fact_is_told_once_however_often_it_is_handed_on(personas: Personas) -> None:
    events = ("ticket.received", "ticket.owner_changed", "ticket.state_changed")
    webhook = hook(personas, "service_manager", *events)
    take_ticket(receive(personas.customer), by=personas.actor("run_engineer"))
    for _ in range(2):
        hand_on()
    types = [body["type"] for body in told(webhook)]
    assert types.count("ticket.received") == 1
    assert types.count("ticket.owner_changed") >= 1
    assert len(types) == Fact.objects.filter(name__in=EVENTS).count()


def test_a_contact_makes_pauses_and_deletes_its_own_by_the_api(personas: Personas) -> None:
    client = personas.client("customer_contact")
    new = {"name": "Tool", "url": URL, "events": ["ticket.closed"]}
    made = client.post("/api/v1/webhooks", new, content_type="application/json")
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    one = f"/api/v1/webhooks/{made.json()['id']}"
    assert "secret" not in client.get(one).json()
    paused = client.patch(one, {"paused": True}, content_type="application/json")
    assert paused.json()["pause"] == "asked"
    assert personas.client("desk_agent").get(one).status_code == 403
    assert personas.client("administrator").get(one).status_code == 200
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404
