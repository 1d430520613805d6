"""Who registers at `/hub` is told of orders through the outbox, and of no more than it may see."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas

from opale.delivery.orders.actions import changes, moves
from opale.delivery.orders.states import HOLD
from opale.delivery.orders.tests.builders import MAKER, make_order
from opale.delivery.orders.tests.callers import PRODUCT, SERVICE, Caller, with_items
from opale.kernel.facts import catalogue, deliver
from opale.kernel.models import Fact
from opale.webhooks.models import Delivery, Webhook

pytestmark = pytest.mark.django_db
CALLBACK = "https://192.0.43.8/listener"
HUB = "/tmf-api/productOrderingManagement/v4/hub"
SERVICE_HUB = "/tmf-api/serviceOrdering/v4/hub"


def hand_on() -> None:
    """What the worker does with the facts that were announced."""
    listeners = {kind.name: names for kind, names in catalogue()}
    for fact in Fact.objects.filter(name__startswith="orders.").order_by("id"):
        for listener in listeners[fact.name]:
            deliver(fact.pk, listener)


def told(callback: str = CALLBACK) -> list[dict[str, Any]]:
    rows = Delivery.objects.filter(webhook__url=callback).order_by("id")
    return [json.loads(body) for body in rows.values_list("body", flat=True)]


def test_a_hub_is_told_what_happens_in_the_words_of_tm_forum(personas: Personas) -> None:
    caller = Caller(personas)
    hub = caller.post(HUB, {"callback": CALLBACK})
    assert (hub["callback"], hub["query"]) == (CALLBACK, "")
    made = caller.post(PRODUCT, with_items(PRODUCT, {"relatedParty": [{"id": "ACME"}]}))
    path = f"{PRODUCT}/{made['id']}"
    hand_on()
    changed = caller.patch(path, {"description": "Two"})
    held = caller.patch(path, {"state": "held"})
    assert caller.client.delete(path).status_code == 204
    hand_on()
    events = told()
    assert [one["eventType"] for one in events] == [
        "ProductOrderCreateEvent",
        "ProductOrderDeleteEvent",
    ], "what is gone when it is told is told as gone"
    assert events[0]["event"] == {"productOrder": made}
    assert events[1]["event"]["productOrder"]["id"] == made["id"]
    assert events[0].keys() == {"eventId", "eventTime", "eventType", "event"}
    assert changed["description"] == held["description"]


def test_each_change_is_told_once_and_by_its_own_event(personas: Personas) -> None:
    caller = Caller(personas)
    caller.post(HUB, {"callback": CALLBACK})
    order = make_order(personas)
    changes.change_order(order, by=MAKER, description="Two")
    moves.move_order(order, HOLD, by=MAKER)
    make_order(personas, level="service")
    hand_on()
    hand_on()
    assert [one["eventType"] for one in told()] == [
        "ProductOrderCreateEvent",
        "ProductOrderAttributeValueChangeEvent",
        "ProductOrderStateChangeEvent",
    ]
    assert told()[-1]["event"]["productOrder"]["state"] == "held"


def test_a_hub_chooses_its_events(personas: Personas) -> None:
    caller = Caller(personas)
    query = "eventType=ServiceOrderStateChangeEvent"
    assert caller.post(SERVICE_HUB, {"callback": CALLBACK, "query": query})["query"] == query
    order = make_order(personas, level="service")
    moves.move_order(order, HOLD, by=MAKER)
    hand_on()
    (event,) = told()
    assert event["event"]["serviceOrder"] == caller.get(f"{SERVICE}/{order.number}")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"callback": 5},
        {"callback": "nonsense"},
        {"callback": "http://10.0.0.1/hub"},
        {"callback": CALLBACK, "query": "state=held"},
        {"callback": CALLBACK, "query": "eventType=ServiceOrderCreateEvent"},
    ],
    ids=json.dumps,
)
def test_a_hub_that_could_not_be_told_is_refused(body: object, personas: Personas) -> None:
    assert Caller(personas).post(HUB, body, 400)["status"] == "400"
    assert not Webhook.objects.exists()


def test_a_hub_is_told_of_what_its_owner_sees_alone(personas: Personas) -> None:
    for name, callback in (("customer_contact", CALLBACK), ("foreign_contact", CALLBACK + "/b")):
        response = personas.client(name).post(HUB, {"callback": callback}, "application/json")
        assert response.status_code == 201
    order = make_order(personas)
    hand_on()
    moves.delete_order(order, by=MAKER)
    hand_on()
    kinds = [one["eventType"] for one in told()]
    assert kinds == ["ProductOrderCreateEvent", "ProductOrderDeleteEvent"]
    assert told(CALLBACK + "/b") == []


def test_a_hub_is_taken_away_by_its_owner(personas: Personas) -> None:
    caller, other = Caller(personas), Caller(personas, "solution_architect")
    hub = caller.post(HUB, {"callback": CALLBACK})
    assert other.client.delete(f"{HUB}/{hub['id']}").status_code == 404
    assert caller.client.delete(f"{SERVICE_HUB}/{hub['id']}").status_code == 404
    assert caller.client.delete(f"{HUB}/{hub['id']}").status_code == 204
    assert caller.client.delete(f"{HUB}/{hub['id']}").status_code == 404
    assert Client().delete(f"{HUB}/{hub['id']}").status_code == 401
    make_order(personas)
    hand_on()
    assert told() == []
