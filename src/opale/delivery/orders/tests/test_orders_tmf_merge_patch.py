"""Orders by TMF622 and TMF641 are patched, and taken away."""

import pytest
from tests.personas import Personas

from opale.delivery.orders.actions import moves
from opale.delivery.orders.models import Order
from opale.delivery.orders.states import START
from opale.delivery.orders.tests.builders import MAKER, hold_power, make_order
from opale.delivery.orders.tests.callers import BOTH, PRODUCT, Caller, of_kit
from opale.reservations.models import ReservationLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(personas: Personas) -> Caller:
    return Caller(personas)


@BOTH
def test_a_patch_is_merged(root: str, caller: Caller) -> None:
    made = caller.post(root, of_kit(root) | {"description": "One", "x": {"a": 1, "b": 2}})
    path = f"{root}/{made['id']}"
    changed = caller.patch(path, {"description": "Two", "x": {"a": None, "c": 3}})
    assert changed == made | {"description": "Two", "x": {"b": 2, "c": 3}}
    without = caller.patch(path, {"description": None})
    assert "description" not in without
    later = caller.patch(path, {"requestedCompletionDate": "2027-05-01T00:00:00+02:00"})
    assert later["requestedCompletionDate"] == "2027-05-01T00:00:00+02:00"
    assert caller.get(path) == later


def test_a_patch_of_items_changes_those_that_it_names(caller: Caller) -> None:
    items = [{"id": "1", "action": "add", "x": 1}, {"id": "2", "action": "add"}]
    made = caller.post(PRODUCT, {"productOrderItem": items})
    path = f"{PRODUCT}/{made['id']}"
    patch = {"productOrderItem": [{"id": "1", "quantity": 4}, {"id": "9", "action": "modify"}]}
    changed = caller.patch(path, patch)["productOrderItem"]
    assert [(one["id"], one["quantity"]) for one in changed] == [("1", 4), ("2", 1), ("9", 1)]
    assert changed[0]["x"] == 1
    gone = caller.patch(path, {"productOrderItem": [{"id": "2", "state": "cancelled"}]})
    assert [one["state"] for one in gone["productOrderItem"]] == [
        "acknowledged",
        "cancelled",
        "acknowledged",
    ]


def test_what_is_fixed_is_not_patched(caller: Caller) -> None:
    made = caller.post(PRODUCT, of_kit(PRODUCT))
    path = f"{PRODUCT}/{made['id']}"
    for name in ("id", "href", "orderDate"):
        assert caller.patch(path, {name: "2020-01-01T00:00:00Z"}, 400)["message"].startswith(name)
    assert caller.patch(path, made) == made


def test_a_patched_state_makes_the_move_that_leads_there(
    caller: Caller, personas: Personas
) -> None:
    order = make_order(personas)
    path = f"{PRODUCT}/{order.number}"
    for state in ("held", "acknowledged", "inProgress", "assessingCancellation", "inProgress"):
        assert caller.patch(path, {"state": state})["state"] == state
    assert caller.patch(path, {"state": "completed"})["completionDate"]
    assert caller.patch(path, {"state": "inProgress"}, 409)["code"] == "illegal_move"
    assert caller.patch(path, {"state": "partial"}, 409)["status"] == "409"
    caller.patch(path, {"state": "lost"}, 400)


def test_a_patch_that_fails_in_the_end_changes_nothing(caller: Caller, personas: Personas) -> None:
    order = make_order(personas)
    path = f"{PRODUCT}/{order.number}"
    before = caller.get(path)
    caller.patch(path, {"description": "Two", "state": "completed"}, 409)
    assert caller.get(path) == before


def test_a_patched_cancellation_gives_everything_back(caller: Caller, personas: Personas) -> None:
    order = make_order(personas)
    hold_power(order)
    gone = caller.patch(f"{PRODUCT}/{order.number}", {"state": "cancelled"})
    assert [item["state"] for item in gone["productOrderItem"]] == ["cancelled"]
    assert not ReservationLine.objects.filter(holds=True).exists()


@BOTH
def test_an_order_is_deleted_until_work_begins(
    root: str, caller: Caller, personas: Personas
) -> None:
    made = caller.post(root, of_kit(root))
    response = caller.client.delete(f"{root}/{made['id']}")
    assert (response.status_code, response.content) == (204, b"")
    caller.get(f"{root}/{made['id']}", 404)
    level = Order.Level.PRODUCT if root == PRODUCT else Order.Level.SERVICE
    begun = make_order(personas, level=level)
    moves.move_order(begun, START, by=MAKER)
    response = caller.client.delete(f"{root}/{begun.number}")
    assert Caller.read(response, 409)["code"] == "conflict"
