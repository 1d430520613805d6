from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.personas import Personas, make_personas

from opale.customers.models import Customer
from opale.delivery.orders.tests.builders import make_order
from opale.endpoints.exchange import imports
from opale.endpoints.exchange.registry import registered_tables
from opale.infrastructure.models import ConfigurationItem, Site, Supplier
from opale.organisation.models import Person, Skill

READER, EDITOR, ENGINEER, ADMINISTRATOR, ARCHITECT = (
    "build_engineer", "service_manager", "core_engineer", "administrator", "solution_architect",
)  # fmt: skip


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


def send(client: Client, name: str, content: str | bytes) -> Any:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("rows.csv", data, "text/csv")
    return client.post(reverse("exchange_preview", args=[name]), {"file": file})


def carry(client: Client, name: str, shown: Any) -> Any:
    said = {"token": shown.context["token"], "fingerprint": shown.context["found"].fingerprint}
    return client.post(reverse("exchange_carry", args=[name]), said)


def test_a_file_is_shown_before_it_is_written(house: Personas) -> None:
    client = house.client(EDITOR)
    content = "code;name;language;time_zone;calendar\nNEW;New one;fr;Europe/Paris;Office hours\n"
    shown = send(client, "customers", content)
    assert shown.status_code == 200
    assert b"New one" in shown.content
    assert not Customer.objects.filter(code="NEW").exists()
    assert carry(client, "customers", shown).status_code == 303
    assert Customer.objects.filter(code="NEW").exists()
    assert carry(client, "customers", shown).status_code == 422  # not kept any more


def test_what_changed_meanwhile_is_shown_again(house: Personas) -> None:
    client = house.client(EDITOR)
    content = "code;name;language;time_zone;calendar\nNEW;One;fr;Europe/Paris;Office hours\n"
    shown, other = (send(client, "customers", content) for _ in range(2))
    assert carry(client, "customers", other).status_code == 303
    again = carry(client, "customers", shown)
    assert again.status_code == 409
    assert again.context["found"].counts["unchanged"] == 1


def test_faults_are_listed_with_line_and_column(house: Personas) -> None:
    content = "code;name;language;time_zone;calendar\nX;Y;xx;Europe/Paris;Office hours\n"
    shown = send(house.client(EDITOR), "customers", content)
    assert shown.status_code == 422
    (fault,) = shown.context["faults"]
    assert (fault.line, fault.place, fault.column) == (2, 3, "language")


@pytest.mark.parametrize("name", sorted(table.name for table in registered_tables()))
def test_what_is_exported_changes_nothing_when_imported(house: Personas, name: str) -> None:
    ConfigurationItem.objects.create(name="cr1", kind="router", attributes={"units": 1})
    make_order(house, wanted_text="")
    Skill.objects.create(name="BGP", family="Network")
    Site.objects.create(
        code="ACM1", name="Lab", kind="office", country="FR", customer=house.customer
    )
    Supplier.objects.create(
        name="Orange",
        kind="carrier",
        language="fr",
        accepts_within=timedelta(minutes=30),
        calendar=house.calendar,
    )
    people = {
        "people": ADMINISTRATOR,
        "skills": ADMINISTRATOR,
        "companies": ADMINISTRATOR,
        "items": ENGINEER,
        "sites": ENGINEER,
        "suppliers": ENGINEER,
        "orders": ARCHITECT,
    }
    persona = people.get(name, EDITOR)
    client = house.client(persona)
    response = client.get(reverse("exchange_download", args=[name]))
    assert response.content.startswith(b"\xef\xbb\xbf")
    shown = send(client, name, response.content)
    counts = shown.context["found"].counts
    assert (counts["new"], counts["changed"], counts["wrong"]) == (0, 0, 0)
    assert counts["unchanged"] > 0 or name == "services"


def test_people_and_items_are_imported(house: Personas) -> None:
    client = house.client(ADMINISTRATOR)
    head = "email;name;company;languages;seniority;time_zone\n"
    shown = send(client, "people", head + "n@o.example;Nia;Opale Telecom;fr en;junior;UTC\n")
    assert carry(client, "people", shown).status_code == 303
    assert Person.objects.get(email="n@o.example").languages == ["fr", "en"]
    client = house.client(ENGINEER)
    head = "name;kind;customer;address;attributes\n"
    shown = send(client, "items", head + 'esx1;host;ACME;10.0.0.1;"{""units"": 2}"\n')
    assert carry(client, "items", shown).status_code == 303
    assert ConfigurationItem.objects.get(name="esx1").attributes == {"units": 2}


def test_readers_export_and_do_not_import(house: Personas) -> None:
    client = house.client(READER)
    assert b"customers.csv" in client.get(reverse("exchange")).content
    assert client.get(reverse("exchange_download", args=["customers"])).status_code == 200
    assert send(client, "customers", "x").status_code == 403
    assert client.get(reverse("exchange_download", args=["nothing"])).status_code == 404


def test_contacts_and_visitors_get_no_file(house: Personas) -> None:
    url = reverse("exchange_download", args=["customers"])
    assert house.client("customer_contact").get(url).status_code == 403
    assert house.client("anonymous").get(url).status_code == 302


def test_a_written_file_leads_to_its_page_with_the_way_back(house: Personas) -> None:
    client = house.client(EDITOR)
    content = "code;name;language;time_zone;calendar\nNEW;One;fr;Europe/Paris;Office hours\n"
    page = carry(client, "customers", send(client, "customers", content))["Location"]
    html = client.get(page).content.decode()
    assert "1 row imported." in html
    assert "Undo import" in html
    assert page in client.get(reverse("exchange")).content.decode()
    assert client.post(f"{page}taking-back/").status_code == 303
    assert "everything is as it was before" in client.get(page).content.decode()
    assert not Customer.objects.filter(code="NEW").exists()


def test_a_long_file_is_followed_until_it_is_written(
    house: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("opale.web.exchange", "opale.endpoints.exchange.imports"):
        monkeypatch.setattr(f"{module}.IMMEDIATE", 0)
    monkeypatch.setattr("opale.web.exchange.PREVIEWED_LINES", 0)
    client = house.client(EDITOR)
    content = "code;name;language;time_zone;calendar\nNEW;One;fr;Europe/Paris;Office hours\n"
    shown = send(client, "customers", content)
    assert "you can leave this page" in shown.content.decode()
    page = carry(client, "customers", shown)["Location"]
    assert 'hx-trigger="every 2s"' in client.get(page).content.decode()
    imports.run_import(int(page.rstrip("/").rpartition("/")[2]))
    again = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" not in again
    assert "<html" not in again


def test_a_page_lists_what_could_not_be_taken_back(house: Personas) -> None:
    client = house.client(EDITOR)
    content = "code;name;language;time_zone;calendar\nNEW;One;fr;Europe/Paris;Office hours\n"
    page = carry(client, "customers", send(client, "customers", content))["Location"]
    client.patch(
        f"/api/v1/customers/{Customer.objects.get(code='NEW').pk}",
        {"name": "Two"},
        "application/json",
    )
    client.post(f"{page}taking-back/")
    html = client.get(page).content.decode()
    assert "Changed since the import." in html
    assert "NEW" in html
