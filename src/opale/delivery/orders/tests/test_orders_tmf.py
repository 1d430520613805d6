"""TMF622 and TMF641 v4, as TM Forum's kits and other programs hand orders in."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.personas import Personas

from opale.customers.tests.builders import make_offering, make_service
from opale.delivery.orders.actions import orders as order_actions
from opale.delivery.orders.actions.changes import change_line
from opale.delivery.orders.actions.orders import NewOrder
from opale.delivery.orders.models import Order
from opale.delivery.orders.tests.builders import MAKER, cabinet, line_of, make_order
from opale.delivery.orders.tests.callers import (
    BOTH,
    FULL,
    ITEMS,
    JSON,
    MANDATORY,
    MANDATORY_OF_ITEM,
    PRODUCT,
    SERVICE,
    Caller,
    of_kit,
    with_items,
)
from opale.infrastructure.tests.builders import make_site
from opale.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(personas: Personas) -> Caller:
    return Caller(personas)


@BOTH
def test_what_the_kits_send_is_kept_with_all_that_is_mandatory(root: str, caller: Caller) -> None:
    made = caller.post(root, of_kit(root))
    assert made.keys() >= MANDATORY[root]
    assert made["href"] == f"{settings.BASE_URL}{root}/{made['id']}"
    assert made["state"] == "acknowledged"
    for name, said in of_kit(root).items():
        for one, echoed in zip(said, made[name], strict=True):
            assert echoed.items() >= one.items()
    assert caller.get(f"{root}/{made['id']}") == made
    assert caller.get(root) == [made]


@BOTH
@pytest.mark.parametrize("items", [None, []])
def test_an_order_without_items_is_refused(root: str, items: object, caller: Caller) -> None:
    body = {"relatedParty": [{"id": "1"}], ITEMS[root]: items}
    for sent in (body, {"relatedParty": body["relatedParty"]}, {}):
        told = caller.post(root, sent, 400)
        assert (told["@type"], told["code"], told["status"]) == ("Error", "invalid", "400")
        assert ITEMS[root] in told["message"]
    assert not Order.objects.exists()


@BOTH
def test_an_order_without_a_party_names_one_all_the_same(root: str, caller: Caller) -> None:
    made = caller.post(root, with_items(root))
    assert made.keys() >= MANDATORY[root]
    (item,) = made[ITEMS[root]]
    assert item.keys() >= MANDATORY_OF_ITEM[root]
    assert made["relatedParty"][0]["id"]


@BOTH
def test_a_party_says_of_what_kind_it_is(root: str, caller: Caller) -> None:
    parties = [{"id": "ff55"}, {"id": "456", "@referredType": "Individual"}]
    made = caller.post(root, with_items(root, {"relatedParty": parties}))
    kinds = [one["@referredType"] for one in made["relatedParty"]]
    assert kinds == ["Party", "Individual"]
    assert caller.get(f"{root}?relatedParty.@referredType=Party") == [made]
    patched = caller.patch(f"{root}/{made['id']}", {"relatedParty": [{"id": "9"}]})
    assert patched["relatedParty"] == [{"id": "9", "@referredType": "Party"}]


@BOTH
def test_orders_made_by_people_have_all_that_is_mandatory(
    root: str, personas: Personas, caller: Caller
) -> None:
    level = Order.Level.PRODUCT if root == PRODUCT else Order.Level.SERVICE
    make_order(personas, cabinet(characteristics={"power_kw": 2}), level=level)
    (found,) = caller.get(root)
    assert found.keys() >= MANDATORY[root]
    (item,) = found[ITEMS[root]]
    assert item.keys() >= MANDATORY_OF_ITEM[root]
    assert found["relatedParty"][0] == {
        "id": "ACME",
        "name": "Acme",
        "role": "customer",
        "@referredType": "Organization",
    }


def test_the_two_levels_are_two_lists(personas: Personas, caller: Caller) -> None:
    product = caller.post(PRODUCT, of_kit(PRODUCT))
    service = caller.post(SERVICE, of_kit(SERVICE))
    assert [one["id"] for one in caller.get(PRODUCT)] == [product["id"]]
    assert [one["id"] for one in caller.get(SERVICE)] == [service["id"]]
    caller.get(f"{PRODUCT}/{service['id']}", 404)


def test_what_a_caller_says_is_given_back_as_it_was_said(caller: Caller) -> None:
    made = caller.post(PRODUCT, with_items(PRODUCT, FULL))
    assert {name: made[name] for name in FULL} == FULL
    order = Order.objects.get()
    assert order.customer is not None
    assert order.customer.code == "ACME"
    assert order.external_id == "PO-456"


BAD: list[Any] = [
    [],
    "text",
    {"relatedParty": "ACME"},
    {"relatedParty": ["ACME"]},
    {"productOrderItem": {"id": "1"}},
    {"productOrderItem": [{"id": "1"}, {"id": "1"}]},
    {"productOrderItem": [{"id": "1", "action": "buy"}]},
    {"productOrderItem": [{"id": "1", "quantity": 0}]},
    {"productOrderItem": [{"id": "1", "quantity": "2"}]},
    {"productOrderItem": [{"id": {}, "action": "add"}]},
    {"productOrderItem": [{"id": "1", "product": []}]},
    {"productOrderItem": [{"id": "x" * 101}]},
    {"requestedCompletionDate": "soon"},
    {"requestedStartDate": 7},
    {"orderDate": "2026-99-01"},
    {"externalId": "x" * 101},
    {"description": "a\x00b"},
    {"state": 1},
]


@pytest.mark.parametrize("body", BAD, ids=json.dumps)
def test_a_body_that_cannot_be_meant_is_refused_and_leaves_nothing(
    body: object, caller: Caller
) -> None:
    # With an item, so that nothing but the fault of the body refuses it.
    sent = with_items(PRODUCT, body) if isinstance(body, dict) else body
    told = caller.post(PRODUCT, sent, 400)
    assert told.keys() >= {"code", "reason", "status"}
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b'{"a": 1e999}', b'{"a": NaN}', b"\xff", b'{"a":' * 5000, b'{"a": "\\ud800"}'],
)
def test_what_is_no_json_is_refused(raw: bytes, caller: Caller) -> None:
    response = caller.client.generic("POST", PRODUCT, raw, JSON)
    assert Caller.read(response, 400)["status"] == "400"


@BOTH
def test_an_odd_body_is_never_a_failure(root: str, caller: Caller) -> None:
    odd = {"description": 5, "externalId": [{"id": "1"}], "category": None, "x": {"y": [None, {}]}}
    made = caller.post(root, with_items(root, odd))
    assert (made["description"], made["externalId"], made["x"]) == (5, [{"id": "1"}], odd["x"])
    assert "category" not in made
    assert caller.get(f"{root}?description=5") == [made]


def test_the_body_is_linked_to_what_opale_knows(caller: Caller, personas: Personas) -> None:
    offering = make_offering("vpn-mpls")
    service = make_service(personas.customer, "S-77")
    body = {
        "relatedParty": [{"id": "ACME", "role": "customer"}],
        "productOrderItem": [
            {
                "id": "1",
                "action": "add",
                "productOffering": {"id": "vpn-mpls"},
                "product": {"productCharacteristic": [{"name": "sites", "value": 3}]},
            },
            {"id": "2", "action": "delete", "product": {"id": "S-77"}},
            {"id": "3", "action": "add", "productOffering": {"id": "unknown"}},
        ],
    }
    caller.post(PRODUCT, body)
    order = Order.objects.get()
    lines = list(order.lines.all())
    assert [line.offering for line in lines] == [offering, None, None]
    assert [line.service for line in lines] == [None, service, None]
    assert lines[0].characteristics == {"sites": 3}
    assert order.kind == Order.Kind.MODIFICATION


@BOTH
def test_an_item_names_its_place(root: str, caller: Caller, personas: Personas) -> None:
    thing = "product" if root == PRODUCT else "service"
    rennes = make_site("RNS-1", name="Siège Rennes", customer=personas.customer)
    told = [{"id": "unknown"}, {"id": "RNS-1", "role": "somewhere"}]
    body = of_kit(root) | {"relatedParty": [{"id": "ACME", "role": "customer"}]}
    body[ITEMS[root]] = [{"id": "1", "action": "add", thing: {"place": told}}]
    made = caller.post(root, body)
    assert made[ITEMS[root]][0][thing]["place"] == told
    order = Order.objects.get(number=int(made["id"]))
    assert line_of(order).site == rennes
    # A place that is not known leaves the site that somebody chose.
    again = {"id": "1", thing: {"place": [{"id": "unknown"}]}}
    caller.patch(f"{root}/{made['id']}", {ITEMS[root]: [again]})
    assert line_of(order).site == rennes
    change_line(line_of(order), by=MAKER, site=make_site("LYO1"))
    (place,) = caller.get(f"{root}/{made['id']}")[ITEMS[root]][0][thing]["place"]
    assert (place["id"], place["role"]) == ("LYO1", "installation")


def test_an_order_is_not_delivered_to_another_customers_site(
    caller: Caller, personas: Personas
) -> None:
    theirs = make_site("THEIRS", customer=personas.other_customer)
    with pytest.raises(Invalid, match="another customer"):
        make_order(personas, cabinet(site=theirs))
    order = make_order(personas)
    with pytest.raises(Invalid, match="another customer"):
        change_line(line_of(order), by=MAKER, site=theirs)


def test_a_service_order_names_a_specification(caller: Caller) -> None:
    offering = make_offering("vpn-mpls")
    wanted = {"serviceSpecification": {"id": "vpn-mpls"}}
    body = {"serviceOrderItem": [{"id": "1", "action": "add", "service": wanted}]}
    made = caller.post(SERVICE, body)
    assert Order.objects.get().lines.get().offering == offering
    assert made["serviceOrderItem"][0]["service"]["serviceSpecification"]["id"] == "vpn-mpls"


def test_without_a_token_nobody_is_answered(caller: Caller) -> None:
    for client in (Client(), Client(headers={"Authorization": "Bearer nonsense"})):
        response = client.get(PRODUCT)
        assert Caller.read(response, 401)["status"] == "401"
        assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_browser_changes_nothing_without_the_token_of_its_page(personas: Personas) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(personas.users["project_manager"])
    assert client.get(PRODUCT).status_code == 200
    assert client.post(PRODUCT, {}, JSON).status_code == 403


def test_who_only_reads_hands_in_nothing(personas: Personas) -> None:
    reader = Caller(personas, "desk_agent")
    assert reader.get(PRODUCT) == []
    assert reader.post(PRODUCT, of_kit(PRODUCT), 403)["code"] == "not_allowed"


def test_a_contact_reads_the_orders_of_its_customer_alone(personas: Personas) -> None:
    order = make_order(personas)
    order_actions.create_order(NewOrder(), by=MAKER)
    mine, theirs = (personas.client(name) for name in ("customer_contact", "foreign_contact"))
    assert [one["id"] for one in mine.get(PRODUCT).json()] == [str(order.number)]
    assert mine.get(f"{PRODUCT}/{order.number}").status_code == 200
    assert theirs.get(PRODUCT).json() == []
    assert theirs.get(f"{PRODUCT}/{order.number}").status_code == 404
    assert mine.patch(f"{PRODUCT}/{order.number}", {"state": "cancelled"}, JSON).status_code == 403


def test_a_list_asks_no_more_when_it_is_longer(
    caller: Caller, personas: Personas, django_assert_max_num_queries: Any
) -> None:
    for _ in range(8):
        make_order(personas, cabinet(), cabinet())
    with django_assert_max_num_queries(9):
        assert len(caller.get(PRODUCT)) == 8


IMPORTS = "/api/v1/orders/imports"


def test_a_file_of_orders_is_kept_whole(caller: Caller) -> None:
    orders = [with_items(PRODUCT, FULL), of_kit(PRODUCT)]
    assert caller.post(f"{IMPORTS}?dry_run=true", orders, 200) == {"ids": [], "faults": []}
    assert not Order.objects.exists()
    ids = caller.post(IMPORTS, orders)["ids"]
    assert [caller.get(f"{PRODUCT}/{one}")["id"] for one in ids] == ids
    assert caller.get(f"{PRODUCT}/{ids[0]}")["externalId"] == "PO-456"


def test_a_file_with_a_fault_makes_no_order_and_names_each(caller: Caller) -> None:
    orders = [
        with_items(PRODUCT, FULL),
        {"orderDate": "soon"},
        {"productOrderItem": [{"quantity": 0}]},
        FULL,
    ]
    told = caller.post(IMPORTS, orders, 422)
    assert [(one["place"], one["field"]) for one in told["faults"]] == [
        (2, "orderDate"),
        (3, "quantity"),
        (4, "productOrderItem"),
    ]
    assert told["ids"] == []
    assert not Order.objects.exists()
