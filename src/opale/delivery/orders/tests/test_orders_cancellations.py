"""Cancellations as tasks of TMF622 and TMF641: at once, on a day, refused, taken back, told."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client
from tests.personas import Personas

from opale.delivery.orders.actions import cancellations, moves
from opale.delivery.orders.jobs import carry_out_cancellations
from opale.delivery.orders.models import Cancellation, Order
from opale.delivery.orders.states import COMPLETE, MOVES, START, OrderState
from opale.delivery.orders.tests.builders import MAKER, cabinet, hold_power, line_of, make_order
from opale.delivery.orders.tests.callers import PRODUCT, SERVICE, Caller
from opale.delivery.orders.tests.test_orders_hub import CALLBACK, hand_on, told
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove
from opale.reservations.models import ReservationLine

pytestmark = pytest.mark.django_db

TASK_OF = {
    PRODUCT: "/tmf-api/productOrderingManagement/v4/cancelProductOrder",
    SERVICE: "/tmf-api/serviceOrdering/v4/cancelServiceOrder",
}
NAME_OF = {PRODUCT: "productOrder", SERVICE: "serviceOrder"}
LEVEL_OF = {PRODUCT: Order.Level.PRODUCT, SERVICE: Order.Level.SERVICE}
MANDATORY = {"id", "href", "state", "@type"}
BOTH = pytest.mark.parametrize("root", [PRODUCT, SERVICE])
NEXT_WEEK = timedelta(days=7)


def held() -> int:
    return ReservationLine.objects.filter(holds=True).count()


def asked(order: Order, root: str, **said: Any) -> dict[str, Any]:
    return {NAME_OF[root]: {"id": str(order.number)}, **said}


def on(days: int) -> str:
    """A moment so many days from now, as a caller in another zone writes it."""
    return f"{clock.now().astimezone(UTC) + timedelta(days=days):%Y-%m-%dT%H:%M:%S}+00:00"


def state(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


@BOTH
def test_a_task_cancels_at_once_and_gives_back_what_was_held(root: str, personas: Personas) -> None:
    caller, order = Caller(personas), make_order(personas, level=LEVEL_OF[root])
    hold_power(order)
    made = caller.post(TASK_OF[root], asked(order, root, cancellationReason="Put off", channel="7"))
    assert made.keys() >= MANDATORY | {NAME_OF[root], "effectiveCancellationDate"}
    assert made["href"] == f"{settings.BASE_URL}{TASK_OF[root]}/{made['id']}"
    assert (made["state"], made["cancellationReason"], made["channel"]) == ("done", "Put off", "7")
    assert made[NAME_OF[root]]["href"] == f"{settings.BASE_URL}{root}/{order.number}"
    assert caller.get(f"{TASK_OF[root]}/{made['id']}") == made
    cancelled = caller.get(f"{root}/{order.number}")
    assert (cancelled["state"], cancelled["cancellationReason"]) == ("cancelled", "Put off")
    assert cancelled["cancellationDate"] == made["effectiveCancellationDate"]
    assert held() == 0


@BOTH
def test_a_task_for_a_day_waits_for_it(root: str, personas: Personas) -> None:
    caller, order = Caller(personas), make_order(personas, level=LEVEL_OF[root])
    hold_power(order)
    when = on(7)
    made = caller.post(TASK_OF[root], asked(order, root, requestedCancellationDate=when))
    assert (made["state"], made["requestedCancellationDate"]) == ("acknowledged", when)
    assert "effectiveCancellationDate" not in made
    carry_out_cancellations(0)
    assert (state(order), held()) == ("acknowledged", 1)
    with clock.travel(NEXT_WEEK):
        carry_out_cancellations(0)
        carry_out_cancellations(0)
    kept = caller.get(f"{TASK_OF[root]}/{made['id']}")
    assert (kept["state"], kept["requestedCancellationDate"]) == ("done", when)
    assert (state(order), held()) == ("cancelled", 0)


@pytest.mark.parametrize("name", ["completed", "failed", "rejected"])
def test_what_has_ended_is_not_cancelled_and_the_task_says_so(
    name: str, personas: Personas
) -> None:
    caller, order = Caller(personas), make_order(personas)
    if name == "completed":
        moves.move_order(order, START, by=MAKER)
    move = {"completed": COMPLETE, "failed": MOVES["fail"], "rejected": MOVES["reject"]}[name]
    moves.move_order(order, move, by=MAKER, reason="No fibre there")
    made = caller.post(TASK_OF[PRODUCT], asked(order, PRODUCT))
    assert made["state"] == "terminatedWithError"
    assert made["errorMessage"]["code"] == name
    assert str(OrderState(name).label) in made["errorMessage"]["reason"]
    assert "effectiveCancellationDate" not in made
    assert state(order) == name


def test_what_is_delivered_stays_and_the_rest_is_cancelled(personas: Personas) -> None:
    caller = Caller(personas)
    order = make_order(personas, cabinet(), cabinet())
    for item_id in ("1", "2"):
        hold_power(order, item_id)
    moves.move_order(order, START, by=MAKER)
    moves.move_line(line_of(order, "1"), COMPLETE, by=MAKER)
    made = caller.post(TASK_OF[PRODUCT], asked(order, PRODUCT))
    assert (made["state"], state(order), held()) == ("done", "partial", 1)


def test_a_cancellation_by_hand_is_what_the_task_wanted(personas: Personas) -> None:
    caller, order = Caller(personas), make_order(personas)
    first = caller.post(TASK_OF[PRODUCT], asked(order, PRODUCT, requestedCancellationDate=on(7)))
    moves.cancel_order(order, by=MAKER, reason="By telephone")
    again = caller.post(TASK_OF[PRODUCT], asked(order, PRODUCT))
    assert again["state"] == "done"
    with clock.travel(NEXT_WEEK):
        carry_out_cancellations(0)
    assert caller.get(f"{TASK_OF[PRODUCT]}/{first['id']}")["state"] == "done"
    assert Order.objects.get(pk=order.pk).reason == "By telephone"


def test_what_is_taken_back_is_not_carried_out(personas: Personas) -> None:
    caller, order = Caller(personas), make_order(personas)
    when = on(7)
    made = caller.post(TASK_OF[PRODUCT], asked(order, PRODUCT, requestedCancellationDate=when))
    client = personas.client("project_manager")
    page = client.get(f"/orders/{order.number}/").content.decode()
    back = f"/orders/{order.number}/cancellations/{made['id']}/withdrawal/"
    assert back in page
    assert client.post(back).status_code == 302
    assert back not in client.get(f"/orders/{order.number}/").content.decode()
    with clock.travel(NEXT_WEEK):
        carry_out_cancellations(0)
    kept = caller.get(f"{TASK_OF[PRODUCT]}/{made['id']}")
    assert (kept["state"], kept["errorMessage"]["code"]) == ("terminatedWithError", "takenBack")
    assert state(order) == "acknowledged"
    other = make_order(personas).number
    assert client.post(back.replace(str(order.number), str(other))).status_code == 404
    row = Cancellation.objects.get(pk=made["id"])
    with pytest.raises(IllegalMove):
        cancellations.withdraw_cancellation(row, by=MAKER)


@BOTH
@pytest.mark.parametrize(
    "said",
    [
        {},
        {"order": 5},
        {"order": {}},
        {"order": {"id": ["1"]}},
        {"order": {"id": "0"}},
        {"order": {"id": "abc"}},
        {"order": {"id": "9" * 30}},
        {"cancellationReason": 5},
        {"cancellationReason": "x" * 301},
        {"requestedCancellationDate": "tomorrow"},
        {"requestedCancellationDate": 7},
    ],
    ids=json.dumps,
)
def test_what_names_no_order_is_refused_in_the_body_of_errors(
    root: str, said: dict[str, Any], personas: Personas
) -> None:
    order = make_order(personas, level=LEVEL_OF[root])
    body = {} if "order" in said or not said else asked(order, root)
    body |= {NAME_OF[root] if name == "order" else name: value for name, value in said.items()}
    refused = Caller(personas).post(TASK_OF[root], body, 400)
    assert refused.keys() >= {"code", "reason", "status"}
    assert refused["status"] == "400"
    assert not Cancellation.objects.exists()
    assert state(order) == "acknowledged"


def test_the_two_levels_are_two_lists_of_tasks(personas: Personas) -> None:
    caller = Caller(personas)
    product, service = make_order(personas), make_order(personas, level="service")
    made = caller.post(TASK_OF[PRODUCT], asked(product, PRODUCT))
    caller.post(TASK_OF[SERVICE], asked(service, SERVICE))
    caller.post(TASK_OF[SERVICE], asked(product, SERVICE), 400)
    assert caller.get(TASK_OF[PRODUCT]) == [made]
    missing = caller.get(f"{TASK_OF[SERVICE]}/{made['id']}", 404)
    assert missing["status"] == "404"
    for wrong in ("abc", "0" * 3, "9" * 30):
        caller.get(f"{TASK_OF[PRODUCT]}/{wrong}", 404)
    assert caller.client.delete(f"{TASK_OF[PRODUCT]}/{made['id']}").status_code == 405


def test_tasks_are_found_by_every_member_that_they_have(personas: Personas) -> None:
    caller = Caller(personas)
    orders = [make_order(personas) for _ in range(3)]
    why = "Put off, all"
    done = caller.post(TASK_OF[PRODUCT], asked(orders[0], PRODUCT, cancellationReason=why))
    waits = caller.post(
        TASK_OF[PRODUCT],
        asked(orders[1], PRODUCT, requestedCancellationDate=on(9), note=[{"text": "x"}]),
    )
    moves.move_order(orders[2], MOVES["fail"], by=MAKER)
    failed = caller.post(TASK_OF[PRODUCT], asked(orders[2], PRODUCT))

    def found(**asked_for: str) -> list[str]:
        response = caller.client.get(TASK_OF[PRODUCT], asked_for)
        assert response.status_code == 200, response.content
        assert response.headers["X-Total-Count"] == str(len(response.json()))
        return [one["id"] for one in response.json()]

    assert found() == [failed["id"], waits["id"], done["id"]]
    for one in (done, waits, failed):
        for name in ("id", "href"):
            assert found(**{name: one[name]}) == [one["id"]]
            assert found(**{name: f'"{one[name]}"'}) == [one["id"]]
        assert found(state=one["state"]) == [one["id"]]
        assert found(**{"productOrder.id": one["productOrder"]["id"]}) == [one["id"]]
        assert found(**{"productOrder.href": one["productOrder"]["href"]}) == [one["id"]]
    assert found(cancellationReason=why) == [done["id"]]
    assert found(effectiveCancellationDate=done["effectiveCancellationDate"]) == [done["id"]]
    assert found(requestedCancellationDate=waits["requestedCancellationDate"]) == [waits["id"]]
    assert found(**{"errorMessage.code": "failed"}) == [failed["id"]]
    assert found(**{"errorMessage.reason": failed["errorMessage"]["reason"]}) == [failed["id"]]
    assert found(**{"note.text": "x"}) == [waits["id"]]
    assert len(found(**{"@type": "CancelProductOrder"})) == 3
    assert found(**{"@type": "Other"}) == []
    for nothing in ("id", "href", "state", "productOrder.id", "effectiveCancellationDate", "where"):
        assert found(**{nothing: "nonsense"}) == []
    assert found(sort="id") == [done["id"], waits["id"], failed["id"]]
    caller.get(f"{TASK_OF[PRODUCT]}?sort=color", 400)
    (one,) = caller.get(f"{TASK_OF[PRODUCT]}?fields=state&limit=1&offset=1")
    assert one == {"id": waits["id"], "href": waits["href"], "state": "acknowledged"}


def test_a_hub_is_told_of_tasks(personas: Personas) -> None:
    caller = Caller(personas)
    hub = "/tmf-api/productOrderingManagement/v4/hub"
    query = "eventType=CancelProductOrderCreateEvent,CancelProductOrderStateChangeEvent"
    caller.post(hub, {"callback": CALLBACK, "query": query})
    made = caller.post(TASK_OF[PRODUCT], asked(make_order(personas), PRODUCT))
    caller.post(TASK_OF[SERVICE], asked(make_order(personas, level="service"), SERVICE))
    hand_on()
    events = told()
    assert [one["eventType"] for one in events] == [
        "CancelProductOrderCreateEvent",
        "CancelProductOrderStateChangeEvent",
    ]
    assert events[1]["event"] == {"cancelProductOrder": made}


def test_a_contact_reads_its_own_tasks_and_asks_for_none(personas: Personas) -> None:
    order = make_order(personas)
    body = asked(order, PRODUCT, requestedCancellationDate=on(7))
    made = Caller(personas).post(TASK_OF[PRODUCT], body)
    mine, other = personas.client("customer_contact"), personas.client("foreign_contact")
    path = f"{TASK_OF[PRODUCT]}/{made['id']}"
    assert mine.get(path).json() == made
    assert other.get(path).status_code == 404
    assert other.get(TASK_OF[PRODUCT]).json() == []
    refused = mine.post(TASK_OF[PRODUCT], json.dumps(body), "application/json")
    assert refused.status_code == 403
    assert Client().get(path).status_code == 401


def test_the_database_knows_no_end_without_a_date_and_no_failure_without_a_reason(
    personas: Personas,
) -> None:
    order = make_order(personas)
    at = datetime(2027, 1, 1, tzinfo=UTC)
    for wrong in (
        {"state": "done"},
        {"ended_at": at},
        {"state": "terminatedWithError", "ended_at": at},
        {"state": "done", "ended_at": at, "obstacle": "failed"},
        {"wanted_at": at},
    ):
        with pytest.raises(IntegrityError), attributed(MAKER):
            Cancellation.objects.create(order=order, customer=order.customer, **wrong)
