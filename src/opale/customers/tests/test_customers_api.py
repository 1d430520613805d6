from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils.timezone import localdate
from tests.personas import Personas, make_personas

from opale.customers.models import Contact, Service
from opale.customers.tests.builders import (
    MATRIX,
    PREMIUM_MATRIX,
    give_plan,
    make_contract,
    make_offering,
    make_plan,
    make_service,
)

READER, EDITOR = "build_engineer", "service_manager"
JSON = "application/json"


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


class Caller:
    """A program with a persona's token; a contact has none and uses the browser's session."""

    def __init__(self, house: Personas, name: str) -> None:
        if name.endswith("contact"):
            self.client = house.client(name)
            return
        self.client = Client(headers={"Authorization": f"Bearer {house.token(name)}"})

    def get(self, path: str, status: int = 200) -> Any:
        return self._read(self.client.get(f"/api/v1{path}"), status)

    def post(self, path: str, body: object, status: int = 201) -> Any:
        return self._read(self.client.post(f"/api/v1{path}", body, JSON), status)

    def patch(self, path: str, body: object, status: int = 200, **headers: str) -> Any:
        response = self.client.patch(f"/api/v1{path}", body, JSON, headers=headers)
        return self._read(response, status)

    @staticmethod
    def _read(response: Any, status: int) -> Any:
        assert response.status_code == status, response.content
        return response.json()


def test_customers_are_listed_created_and_edited(house: Personas) -> None:
    caller = Caller(house, EDITOR)
    assert [c["code"] for c in caller.get("/customers?q=acm")["items"]] == ["ACME"]
    body = {"code": "GAM", "name": "Gamma", "calendar_id": house.calendar.pk}
    made = caller.post("/customers", body)
    assert caller.get(f"/customers/{made['id']}")["name"] == "Gamma"
    edited = caller.patch(f"/customers/{made['id']}", {"domains": ["gamma.example"]})
    assert (edited["domains"], edited["name"]) == (["gamma.example"], "Gamma")
    stale = caller.patch(
        f"/customers/{made['id']}", {"name": "Old"}, 412, **{"If-Match": '"another"'}
    )
    assert stale["code"] == "changed_since"
    assert "code" in caller.post("/customers", body, 422)["fields"]
    wrong = caller.post("/customers", body | {"code": "X", "calendar_id": 0}, 422)
    assert "calendar_id" in wrong["fields"]


def test_contacts_services_and_contracts_have_endpoints(house: Personas) -> None:
    caller = Caller(house, EDITOR)
    customer_id = house.customer.pk
    contact = caller.post(
        "/contacts", {"customer_id": customer_id, "name": "Zoe", "email": "zoe@acme.example"}
    )
    caller.patch(f"/contacts/{contact['id']}", {"may_order": True})
    assert Contact.objects.get(pk=contact["id"]).may_order
    assert len(caller.get(f"/contacts?customer_id={customer_id}&authority=order")["items"]) == 1
    body = {
        "customer_id": customer_id, "reference": "S-1", "name": "VPN",
        "offering_id": make_offering().pk,
    }  # fmt: skip
    service = caller.post("/services", body)
    caller.post(f"/services/{service['id']}/moves", {"move": "activate"}, 200)
    assert Service.objects.get(pk=service["id"]).state == "active"
    caller.post(f"/services/{service['id']}/moves", {"move": "design"}, 409)
    caller.patch(f"/services/{service['id']}", {"name": "VPN 2"})
    contract = caller.post(
        "/contracts", {"customer_id": customer_id, "number": "CT-1", "signed_on": "2026-01-01"}
    )
    assert contract["starts"] == "2026-01-01"
    assert caller.patch(f"/contracts/{contract['id']}", {"ends": "2027-01-01"})["ends"]
    assert caller.get(f"/contracts/{contract['id']}")["number"] == "CT-1"


def test_a_contract_gives_and_ends_plans_options_and_commitments(house: Personas) -> None:
    caller = Caller(house, EDITOR)
    make_plan()
    contract = make_contract(house.customer)
    service = make_service(house.customer)
    url, starts = f"/contracts/{contract.pk}", {"starts": "2026-01-01"}
    plan = caller.post(f"{url}/plans", starts | {"service_id": service.pk, "plan": "solution"})
    assert plan["service"] == {"id": service.pk, "name": service.name}
    assert (plan["plan"], plan["starts"], plan["ends"]) == ("solution", "2026-01-01", None)
    option = caller.post(f"{url}/options", starts)
    assert (option["kind"], option["service"]) == ("premium", None)
    sold = starts | {"measure": "restore", "coverage": "always", "penalty": "5 %"}
    time = caller.post(f"{url}/commitments", sold | {"target_seconds": 14_400, "priority": 1})
    rate = caller.post(
        f"{url}/commitments", sold | {"measure": "availability", "percent": "99.950"}
    )
    assert (time["target_seconds"], time["percent"], time["penalty"]) == (14_400, None, "5 %")
    assert (rate["target_seconds"], rate["percent"]) == (None, "99.950")
    for kind, row in (("plans", plan), ("options", option), ("commitments", time)):
        ended = caller.post(f"{url}/{kind}/{row['id']}/ending", {"on": "2026-06-01"}, 200)
        assert ended["ends"] == "2026-06-01"
        assert ended in caller.get(f"{url}/{kind}")["items"]
    assert len(caller.get(f"{url}/commitments")["items"]) == 2


def test_what_a_contract_cannot_give_is_refused_with_its_field(house: Personas) -> None:
    caller = Caller(house, EDITOR)
    contract = make_contract(house.customer)
    foreign = make_service(house.other_customer, "S-9")
    url, starts = f"/contracts/{contract.pk}", {"starts": "2026-01-01"}
    unknown = starts | {"service_id": foreign.pk, "plan": "gold"}
    assert "plan" in caller.post(f"{url}/plans", unknown, 422)["fields"]
    assert (
        "service_id"
        in caller.post(f"{url}/options", starts | {"service_id": foreign.pk}, 422)["fields"]
    )
    sold = starts | {"measure": "availability", "coverage": "always", "target_seconds": 60}
    fields = caller.post(f"{url}/commitments", sold, 422)["fields"]
    assert set(fields) == {"percent", "target_seconds"}
    restore = starts | {"measure": "restore", "coverage": "always", "target_seconds": 60}
    steps = [{"below": "99.9", "percent": "5"}, {"below": "99.5", "percent": "ten"}]
    for terms, sentence in (
        (
            {"steps": steps},
            "“steps[2].percent” is “ten”: enter a number above 0, at most 100, such as 99.9.",
        ),
        ({"steps": ["99"]}, "“steps[1]” is “99”: enter only below and percent."),
        ({"steps": {}}, "“steps” is “{}”: enter a list of one to ten steps."),
        ({"cap": 5}, "Enter either steps (for availability) or per_hour (for a time)."),
        (
            {"per_hour": 2, "hours": 4},
            "“hours” is not a penalty term: use steps, per_hour and cap.",
        ),
    ):
        refused = caller.post(f"{url}/commitments", restore | {"penalty_terms": terms}, 422)
        assert refused["fields"] == {"penalty_terms": sentence}
    other = make_contract(house.other_customer, "CT-8")
    option = caller.post(f"/contracts/{other.pk}/options", starts)
    caller.post(f"{url}/options/{option['id']}/ending", {"on": "2026-06-01"}, 404)


def test_customers_and_contacts_leave_and_come_back(house: Personas) -> None:
    caller = Caller(house, EDITOR)
    day = {"on": "2026-06-01"}
    for url in (f"/contacts/{house.contact.pk}", f"/customers/{house.customer.pk}"):
        assert caller.post(f"{url}/departure", day, 200)["left_on"] == "2026-06-01"
        caller.post(f"{url}/departure", day, 409)
        assert caller.post(f"{url}/return", {}, 200)["left_on"] is None


def test_plans_and_the_catalogue_can_be_read(house: Personas) -> None:
    service = make_service(house.customer)
    give_plan(make_contract(house.customer), service, make_plan())
    caller = Caller(house, READER)
    (plan,) = caller.get("/support-plans")
    assert plan["versions"][0]["matrix"]["3"]["3"] == 4
    assert plan["versions"][0]["targets"][0]["target_seconds"] == 3600
    assert len(caller.get("/offerings")["items"]) == 1


@pytest.mark.parametrize("path", ["/customers", "/services", "/offerings", "/contracts"])
def test_whoever_may_only_read_creates_nothing(house: Personas, path: str) -> None:
    Caller(house, READER).post(path, {}, 403)


def test_a_contact_reads_the_own_customer_alone(house: Personas) -> None:
    service = make_service(house.customer)
    mine, foreign = Caller(house, "customer_contact"), Caller(house, "foreign_contact")
    assert [c["code"] for c in mine.get("/customers")["items"]] == ["ACME"]
    assert mine.get(f"/services/{service.pk}")["reference"] == "S-1"
    foreign.get(f"/services/{service.pk}", 404)
    assert foreign.get("/services")["items"] == []
    foreign.get(f"/contacts?customer_id={house.customer.pk}", 404)


def test_a_plan_is_sold_differently_from_a_day_on_and_versions_are_compared(
    house: Personas,
) -> None:
    caller = Caller(house, EDITOR)
    caller.post("/support-plans", {"code": "gold", "name_en": "Gold", "name_fr": "Or"})
    url = "/support-plans/gold"
    assert caller.get(url)["versions"] == []
    body: dict[str, Any] = {
        "starts": "2026-01-01",
        "stream": "solution",
        "coverage": "always",
        "matrix": MATRIX,
        "premium_matrix": PREMIUM_MATRIX,
        "targets": [
            {"measure": "restore", "priority": 1, "target_seconds": 14_400, "coverage": "always"},
            {"measure": "update", "priority": 1, "target_seconds": 1_800, "coverage": "always"},
        ],
    }
    first = caller.post(f"{url}/versions", body)
    assert (first["ends"], first["clocks_shown"], len(first["targets"])) == (None, "promises", 2)
    later = (localdate() + timedelta(days=30)).isoformat()
    target = body["targets"][0] | {"target_seconds": 7_200, "premium": True}
    changed = body | {
        "starts": later,
        "coverage": "customer_hours",
        "exceptional_interventions": True,
        "matrix": MATRIX | {"3": {"1": 3, "2": 4, "3": 5}},
        "targets": [body["targets"][0] | {"coverage": "customer_hours"}, target],
    }
    second = caller.post(f"{url}/versions", changed)
    found = caller.get(f"{url}/comparison?before={first['id']}&after={second['id']}")
    assert (found["before"]["ends"], found["after"]["starts"]) == (later, later)
    told = {d["subject"]: (d["before"], d["after"]) for d in found["differences"]}
    assert told == {
        "coverage": ("always", "customer_hours"),
        "exceptional_interventions": (False, True),
        "matrix.3.3": (4, 5),
        "targets.restore.1.coverage": ("always", "customer_hours"),
        "targets.restore.1.premium": (None, 7_200),
        "targets.update.1": (1_800, None),
    }


def test_a_version_in_use_is_never_changed(house: Personas) -> None:
    caller = Caller(house, EDITOR)
    version = make_plan()
    # The day of the account that asks.
    day = localdate(timezone=ZoneInfo("Europe/Paris"))
    body = {
        "starts": "2026-01-01",
        "stream": "solution",
        "coverage": "always",
        "matrix": MATRIX,
        "premium_matrix": PREMIUM_MATRIX,
        "targets": [],
    }
    url = "/support-plans/solution"
    assert "starts" in caller.post(f"{url}/versions", body, 422)["fields"]
    wrong = body | {"starts": day.isoformat(), "matrix": {}}
    assert "matrix" in caller.post(f"{url}/versions", wrong, 422)["fields"]
    today = body | {"starts": day.isoformat()}
    caller.post(f"{url}/versions", today)
    caller.post(f"{url}/versions", today, 409)
    version.refresh_from_db()
    assert version.targets.count() == 10
    assert version.period.upper == day
    caller.get(f"{url}/comparison?before={version.pk}&after=0", 404)
    caller.get("/support-plans/none", 404)
