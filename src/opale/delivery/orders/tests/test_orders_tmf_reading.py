"""Orders by TMF622 and TMF641: filters, members, pages, and what is not there."""

import json
from urllib.parse import quote

import pytest
from tests.personas import Personas

from opale.delivery.orders.tests.callers import (
    BOTH,
    FULL,
    JSON,
    PRODUCT,
    SCALARS,
    Caller,
    of_kit,
    with_items,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def caller(personas: Personas) -> Caller:
    return Caller(personas)


@pytest.mark.parametrize("name", [*SCALARS, "id", "href", "state", "@type"])
@pytest.mark.parametrize("form", ["{}", '"{}"'], ids=["plain", "quoted"])
def test_every_scalar_filters_by_the_text_that_was_returned(
    name: str, form: str, caller: Caller, personas: Personas
) -> None:
    other = {"requestedCompletionDate": "2027-01-08T08:13:59Z", "description": "Cabinet"}
    caller.post(PRODUCT, with_items(PRODUCT, other))
    made = caller.post(PRODUCT, with_items(PRODUCT, FULL))
    value = made[name]
    text = value if isinstance(value, str) else json.dumps(value)
    found = caller.get(f"{PRODUCT}?{quote(name)}={quote(form.format(text))}")
    assert made in found
    assert all(one[name] == value for one in found)
    if name not in ("state", "@type"):
        assert found == [made]
    assert caller.get(f"{PRODUCT}?{quote(name)}={quote(form.format(text + '9'))}") == []


def test_a_moment_whose_plus_was_not_escaped_is_found(caller: Caller) -> None:
    made = caller.post(PRODUCT, with_items(PRODUCT, FULL))
    assert caller.get(f"{PRODUCT}?orderDate={made['orderDate']}") == [made]


@pytest.mark.parametrize("sent", ["PO 7/é+1", '"PO 7/é+1"'], ids=["plain", "quoted"])
def test_a_text_with_blanks_is_found_whether_its_plus_was_escaped_or_not(
    sent: str, caller: Caller
) -> None:
    made = caller.post(PRODUCT, with_items(PRODUCT, {"externalId": "PO 7/é+1"}))
    for address in (quote(sent, safe="+"), quote(sent, safe="")):
        assert caller.get(f"{PRODUCT}?externalId={address}") == [made]
    form = caller.post(PRODUCT, with_items(PRODUCT, {"externalId": "PO 7 8"}))
    assert caller.get(f"{PRODUCT}?externalId=PO+7+8") == [form]


def test_the_moments_that_opale_writes_filter_too(caller: Caller) -> None:
    made = caller.post(PRODUCT, of_kit(PRODUCT))
    assert caller.get(f"{PRODUCT}?orderDate={quote(made['orderDate'])}") == [made]
    gone = caller.patch(
        f"{PRODUCT}/{made['id']}", {"state": "cancelled", "cancellationReason": "Twice"}
    )
    for name in ("cancellationDate", "cancellationReason"):
        assert caller.get(f"{PRODUCT}?{name}={quote(gone[name])}") == [gone]


def test_members_of_members_filter_by_dots(caller: Caller) -> None:
    caller.post(PRODUCT, with_items(PRODUCT))
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
    ids = [caller.post(PRODUCT, with_items(PRODUCT))["id"] for _ in range(3)]
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
