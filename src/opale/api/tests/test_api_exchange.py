"""Files by the API: exported, tried out, written, taken back."""

from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.customers.models import Customer
from opale.endpoints.exchange import imports

HEAD = "code;name;language;time_zone;calendar\n"
GOOD = HEAD + "NEW;New;fr;Europe/Paris;Office hours\n"
WRONG = HEAD + "NEW;New;de;Europe/Paris;Office hours\nX;;fr;Europe/Paris;Office hours\n"
IMPORTS = "/exchange/customers/imports"


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


class Caller:
    def __init__(self, house: Personas, name: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {house.token(name)}"})

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}")

    def post(self, path: str, content: str = "", **headers: str) -> Any:
        return self.client.post(f"/api/v1{path}", content, "text/csv", headers=headers)


@pytest.fixture
def manager(house: Personas) -> Caller:
    return Caller(house, "service_manager")


def test_what_can_be_exchanged_is_described(manager: Caller) -> None:
    tables = {table["name"]: table for table in manager.get("/exchange").json()}
    own = {"people", "customers", "contacts", "services", "items", "orders"}
    assert set(tables) == own | {"companies", "offerings", "sites", "skills", "suppliers"}
    assert tables["customers"]["may_import"]
    assert not tables["people"]["may_import"]
    assert tables["customers"]["columns"][0] == {
        "name": "code",
        "label": "Code",
        "required": True,
    }


def test_what_is_exported_changes_nothing_when_imported(manager: Caller) -> None:
    answer = manager.get("/exchange/customers.csv?separator=,")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    tried = manager.post(f"{IMPORTS}?dry_run=true", answer.content.decode()).json()
    assert (tried["counts"]["unchanged"], tried["changes"]) == (2, [])


def test_a_dry_run_says_what_would_change_and_writes_nothing(manager: Caller) -> None:
    changed = GOOD + "ACME;Acme 2;en;Europe/Paris;Office hours\n"
    tried = manager.post(f"{IMPORTS}?dry_run=true", changed).json()
    assert tried["changes"] == [
        {"line": 2, "key": ["NEW"], "new": True, "differences": []},
        {
            "line": 3,
            "key": ["ACME"],
            "new": False,
            "differences": [{"column": "name", "before": "Acme", "after": "Acme 2"}],
        },
    ]
    assert Customer.objects.count() == 2


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_faults_name_their_line_and_column_and_nothing_is_written(
    manager: Caller, dry_run: str
) -> None:
    answer = manager.post(f"{IMPORTS}?dry_run={dry_run}", WRONG)
    assert answer.status_code == 422
    faults = [(f["line"], f["place"], f["column"]) for f in answer.json()["faults"]]
    assert faults == [(2, 3, "language"), (3, 2, "name")]
    assert Customer.objects.count() == 2


def test_a_file_is_written_and_taken_back(manager: Caller) -> None:
    answer = manager.post(IMPORTS, GOOD)
    assert answer.status_code == 201
    sent = answer.json()
    assert (sent["state"], sent["counts"]["new"]) == ("written", 1)
    assert manager.get("/imports").json()["items"][0]["id"] == sent["id"]
    taken = manager.post(f"/imports/{sent['id']}/taking-back").json()
    assert (taken["state"], taken["kept_back"]) == ("taken_back", [])
    assert not Customer.objects.filter(code="NEW").exists()


def test_a_file_sent_twice_with_one_key_is_written_once(manager: Caller) -> None:
    first, again = (manager.post(IMPORTS, GOOD, **{"Idempotency-Key": "k"}) for _ in "12")
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"


def test_a_long_file_is_accepted_and_followed(
    manager: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "IMMEDIATE", 0)
    answer = manager.post(IMPORTS, GOOD)
    assert answer.status_code == 202
    sent = answer.json()
    assert sent["state"] == "waiting"
    imports.run_import(sent["id"])
    assert manager.get(f"/imports/{sent['id']}").json()["state"] == "written"


def test_files_are_for_those_who_may(house: Personas) -> None:
    reader = Caller(house, "build_engineer")
    assert reader.get("/exchange/customers.csv").status_code == 200
    assert reader.post(IMPORTS, GOOD).status_code == 403
    assert reader.get("/exchange/nothing.csv").status_code == 404
    contact = Caller(house, "customer_contact")
    assert contact.get("/exchange/customers.csv").status_code == 403
