import pytest
from tests.personas import Personas, make_personas

from opale.customers.tests.builders import make_service
from opale.customers.tests.test_customers_api import Caller
from opale.infrastructure.models import ConfigurationItem


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


def test_items_are_made_connected_and_their_impact_read(house: Personas) -> None:
    caller = Caller(house, "core_engineer")
    site = caller.post("/sites", {"code": "LYO", "name": "Lyon", "kind": "pop", "country": "FR"})
    lower = caller.post("/items", {"name": "cr1", "kind": "router", "site_id": site["id"]})
    upper = caller.post(
        "/items", {"name": "cpe1", "kind": "router", "customer_id": house.customer.pk}
    )
    service = make_service(house.customer)
    caller.post(f"/items/{upper['id']}/needs", {"lower_id": lower["id"]})
    caller.post(f"/items/{lower['id']}/needs", {"lower_id": upper["id"]}, 422)
    caller.post(f"/items/{upper['id']}/services", {"service_id": service.pk})
    impact = caller.get(f"/items/{lower['id']}/impact")
    assert (impact["services"], impact["items"]) == ([service.pk], [upper["id"]])
    assert impact["customers"] == [house.customer.pk]
    around = caller.get(f"/items/{lower['id']}/neighbourhood?depth=1")
    assert [n["distance"] for n in around["neighbours"]] == [1]
    caller.post(f"/items/{lower['id']}/moves", {"move": "maintain"}, 200)
    caller.patch(f"/items/{lower['id']}", {"serial": "X"})
    assert ConfigurationItem.objects.get(pk=lower["id"]).serial == "X"
    caller.patch(f"/sites/{site['id']}", {"city": "Lyon"})
    assert [row["name"] for row in caller.get("/items?q=cr1")["items"]] == ["cr1"]


def test_reading_is_not_writing_and_customers_items_stay_hidden(house: Personas) -> None:
    item = ConfigurationItem.objects.create(name="cpe", kind="router", customer=house.customer)
    Caller(house, "desk_agent").post("/items", {"name": "x", "kind": "host"}, 403)
    colleague = Caller(house, "group_colleague")
    colleague.get(f"/items/{item.pk}", 404)
    assert colleague.get("/items")["items"] == []
    Caller(house, "customer_contact").get("/items", 403)


def test_what_a_service_stands_on_is_read_and_ended(house: Personas) -> None:
    caller = Caller(house, "core_engineer")
    item = caller.post("/items", {"name": "cr1", "kind": "router"})
    service = make_service(house.customer)
    path = f"/items/{item['id']}/services"
    given = caller.post(path, {"service_id": service.pk, "redundancy": "a"})
    assert caller.get(path)["items"] == [given]
    assert Caller(house, "group_colleague").get(path)["items"] == []
    ended = f"/api/v1{path}/{service.pk}"
    assert Caller(house, "desk_agent").client.delete(ended).status_code == 403
    assert caller.client.delete(ended).status_code == 204
    assert caller.client.delete(ended).status_code == 404
    assert caller.get(path)["items"] == []
    assert caller.get(f"/items/{item['id']}/impact")["services"] == []
