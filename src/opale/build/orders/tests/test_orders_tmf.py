"""TMF622 and TMF641 v4, as TM Forum's kits and other programs ask for them."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.test import Client
from tests.personas import Personas

from opale.build.orders import actions
from opale.build.orders.actions import NewOrder
from opale.build.orders.models import Order
from opale.build.orders.states import START
from opale.build.orders.tests.builders import MAKER, cabinet, hold_power, make_order
from opale.customers.tests.builders import make_offering, make_service
from opale.reservations.models import ReservationLine

pytestmark = pytest.mark.django_db

PRODUCT = "/tmf-api/productOrderingManagement/v4/productOrder"
SERVICE = "/tmf-api/serviceOrdering/v4/serviceOrder"
MANDATORY = {
    PRODUCT: {"id", "href", "state", "orderDate", "relatedParty", "productOrderItem"},
    SERVICE: {"id", "href", "state", "orderDate", "serviceOrderItem"},
}
MANDATORY_OF_ITEM = {
    PRODUCT: {"id", "action"},
    SERVICE: {"id", "action", "service"},
}
ITEMS = {PRODUCT: "productOrderItem", SERVICE: "serviceOrderItem"}
JSON = "application/json"
BOTH = pytest.mark.parametrize("root", [PRODUCT, SERVICE])


class Caller:
    def __init__(self, house: Personas, name: str = "project_manager") -> None:
        self.client = Client(headers={"Authorization": f"Bearer {house.token(name)}"})

    def get(self, path: str, status: int = 200) -> Any:
        return self.read(self.client.get(path), status)

    def post(self, path: str, body: object, status: int = 201) -> Any:
        return self.read(self.client.post(path, body, JSON), status)

    def patch(self, path: str, body: object, status: int = 200) -> Any:
        return self.read(self.client.patch(path, body, "application/merge-patch+json"), status)

    @staticmethod
    def read(response: Any, status: int) -> Any:
        assert response.status_code == status, response.content
        return response.json()


@pytest.fixture
def caller(personas: Personas) -> Caller:
    return Caller(personas)


def of_kit(root: str) -> dict[str, Any]:
    """What TM Forum's kits send: neither a customer nor an offering."""
    if root == SERVICE:
        return {"serviceOrderItem": [{"id": "1", "action": "add", "service": {}}]}
    return {
        "relatedParty": [{"id": "3456-dsf-66"}],
        "productOrderItem": [{"id": "1", "action": "add"}],
    }


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
@pytest.mark.parametrize("body", [{}, {"relatedParty": [{"id": "1"}]}])
def test_an_order_of_nothing_has_one_item_all_the_same(
    root: str, body: dict[str, Any], caller: Caller
) -> None:
    made = caller.post(root, body)
    assert made.keys() >= MANDATORY[root]
    (item,) = made[ITEMS[root]]
    assert item.keys() >= MANDATORY_OF_ITEM[root]
    assert made["relatedParty"][0]["id"]


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


FULL: dict[str, Any] = {
    "externalId": "PO-456",
    "priority": "1",
    "description": "Cabinet, for Q2",
    "category": "B2B product order",
    "orderDate": "2026-10-14T11:12:13.456+02:00",
    "requestedStartDate": "2026-11-02T08:13:59.506Z",
    "requestedCompletionDate": "2027-01-08T08:13:59",
    "expectedCompletionDate": "2027-01-09T00:00:00+0100",
    "notificationContact": "desk@acme.example",
    "@baseType": "ProductOrder",
    "@schemaLocation": "https://example.com/schema.json",
    "cancellationReason": "Duplicate",
    "completionDate": "2027-02-01T00:00:00Z",
    "isUrgent": True,
    "weight": 12.5,
    "note": [{"id": "1", "author": "Luc", "text": "Call first", "date": "2026-10-14"}],
    "relatedParty": [{"id": "ACME", "role": "Customer", "@referredType": "Organization"}],
}
SCALARS = sorted(name for name, value in FULL.items() if not isinstance(value, list))


def test_what_a_caller_says_is_given_back_as_it_was_said(caller: Caller) -> None:
    made = caller.post(PRODUCT, FULL)
    assert {name: made[name] for name in FULL} == FULL
    order = Order.objects.get()
    assert order.customer is not None
    assert order.customer.code == "ACME"
    assert order.external_id == "PO-456"


@pytest.mark.parametrize("name", [*SCALARS, "id", "href", "state", "@type"])
@pytest.mark.parametrize("form", ["{}", '"{}"'], ids=["plain", "quoted"])
def test_every_scalar_filters_by_the_text_that_was_returned(
    name: str, form: str, caller: Caller, personas: Personas
) -> None:
    other = {"requestedCompletionDate": "2027-01-08T08:13:59Z", "description": "Cabinet"}
    caller.post(PRODUCT, other)
    made = caller.post(PRODUCT, FULL)
    value = made[name]
    text = value if isinstance(value, str) else json.dumps(value)
    found = caller.get(f"{PRODUCT}?{quote(name)}={quote(form.format(text))}")
    assert made in found
    assert all(one[name] == value for one in found)
    if name not in ("state", "@type"):
        assert found == [made]
    assert caller.get(f"{PRODUCT}?{quote(name)}={quote(form.format(text + '9'))}") == []


def test_a_moment_whose_plus_was_not_escaped_is_found(caller: Caller) -> None:
    made = caller.post(PRODUCT, FULL)
    assert caller.get(f"{PRODUCT}?orderDate={made['orderDate']}") == [made]


def test_the_moments_that_opale_writes_filter_too(caller: Caller) -> None:
    made = caller.post(PRODUCT, of_kit(PRODUCT))
    assert caller.get(f"{PRODUCT}?orderDate={quote(made['orderDate'])}") == [made]
    gone = caller.patch(
        f"{PRODUCT}/{made['id']}", {"state": "cancelled", "cancellationReason": "Twice"}
    )
    for name in ("cancellationDate", "cancellationReason"):
        assert caller.get(f"{PRODUCT}?{name}={quote(gone[name])}") == [gone]


def test_members_of_members_filter_by_dots(caller: Caller) -> None:
    caller.post(PRODUCT, {})
    body = {
        **FULL,
        "productOrderItem": [
            {"id": "a", "action": "add", "product": {"name": "Cabinet", "size": {"u": 42}}},
            {"id": "b", "action": "modify"},
        ],
    }
    made = caller.post(PRODUCT, body)
    for asked in (
        "relatedParty.id=ACME",
        "note.author=Luc",
        "productOrderItem.id=b",
        "productOrderItem.action=modify",
        "productOrderItem.product.name=Cabinet",
        "productOrderItem.product.size.u=42",
        "state=held,acknowledged&productOrderItem.id=a",
    ):
        assert caller.get(f"{PRODUCT}?{asked}") == [made], asked
    for asked in ("relatedParty.id=BETA", "nothing=1", "nothing.of.it=1", "note=Luc"):
        assert caller.get(f"{PRODUCT}?{asked}") == [], asked


@BOTH
@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("href", {"id", "href"}),
        ("id", {"id", "href"}),
        ("none", {"id", "href"}),
        ("orderDate,state", {"id", "href", "orderDate", "state"}),
        ("unknown", {"id", "href"}),
    ],
)
def test_fields_choose_members(root: str, fields: str, expected: set[str], caller: Caller) -> None:
    made = caller.post(root, of_kit(root))
    assert caller.get(f"{root}?fields={fields}")[0].keys() == expected
    assert caller.get(f"{root}/{made['id']}?fields={fields}").keys() == expected


def test_a_list_is_paged_and_says_how_much_there_is(caller: Caller) -> None:
    ids = [caller.post(PRODUCT, {})["id"] for _ in range(3)]
    response = caller.client.get(f"{PRODUCT}?offset=1&limit=1")
    assert [one["id"] for one in response.json()] == [ids[1]]
    assert response.headers["X-Total-Count"] == "3"
    assert response.headers["X-Result-Count"] == "1"
    assert [one["id"] for one in caller.get(f"{PRODUCT}?sort=id")] == ids
    assert caller.get(f"{PRODUCT}?offset=9") == []
    for asked in ("offset=-1", "limit=many", "sort=note"):
        assert caller.get(f"{PRODUCT}?{asked}", 400)["status"] == "400"


@BOTH
@pytest.mark.parametrize("name", ["404ID", "0", "-1", "01", "²", "9" * 30])
def test_an_order_that_is_not_there_is_answered_as_tm_forum_says(
    root: str, name: str, caller: Caller
) -> None:
    body = caller.get(f"{root}/{name}", 404)
    assert body["status"] == "404"
    assert body["code"] == "not_found"
    assert body["reason"]
    assert caller.patch(f"{root}/{name}", {}, 404)["status"] == "404"
    assert caller.read(caller.client.delete(f"{root}/{name}"), 404)["status"] == "404"


def test_an_address_that_is_none_has_the_same_body(caller: Caller) -> None:
    assert caller.get("/tmf-api/nothing/v4/here", 404)["code"] == "not_found"
    assert caller.read(caller.client.put(PRODUCT, {}, JSON), 405)["status"] == "405"


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
    told = caller.post(PRODUCT, body, 400)
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
    made = caller.post(root, odd)
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


def test_a_service_order_names_a_specification(caller: Caller) -> None:
    offering = make_offering("vpn-mpls")
    wanted = {"serviceSpecification": {"id": "vpn-mpls"}}
    body = {"serviceOrderItem": [{"id": "1", "action": "add", "service": wanted}]}
    made = caller.post(SERVICE, body)
    assert Order.objects.get().lines.get().offering == offering
    assert made["serviceOrderItem"][0]["service"]["serviceSpecification"]["id"] == "vpn-mpls"


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
    actions.move_order(begun, START, by=MAKER)
    response = caller.client.delete(f"{root}/{begun.number}")
    assert Caller.read(response, 409)["code"] == "conflict"


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
    actions.create_order(NewOrder(), by=MAKER)
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
    orders = [FULL, of_kit(PRODUCT)]
    assert caller.post(f"{IMPORTS}?dry_run=true", orders, 200) == {"ids": [], "faults": []}
    assert not Order.objects.exists()
    ids = caller.post(IMPORTS, orders)["ids"]
    assert [caller.get(f"{PRODUCT}/{one}")["id"] for one in ids] == ids
    assert caller.get(f"{PRODUCT}/{ids[0]}")["externalId"] == "PO-456"


def test_a_file_with_a_fault_makes_no_order_and_names_each(caller: Caller) -> None:
    orders = [FULL, {"orderDate": "soon"}, {"productOrderItem": [{"quantity": 0}]}]
    told = caller.post(IMPORTS, orders, 422)
    assert [(one["place"], one["field"]) for one in told["faults"]] == [
        (2, "orderDate"),
        (3, "quantity"),
    ]
    assert told["ids"] == []
    assert not Order.objects.exists()
