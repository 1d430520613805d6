"""Options of the catalogue: kept under keys, read under names in both languages."""

import json
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override
from tests.personas import Personas, make_personas

from opale.customers.actions import services
from opale.customers.models import Offering
from opale.customers.queries import options as option_queries
from opale.customers.tests.builders import make_offering
from opale.kernel.errors import Invalid

POWER = {"key": "power_kw", "name_en": "Power", "name_fr": "Puissance", "unit": "kW"}
MEMORY = {"key": "mem", "name_en": "Memory", "name_fr": "Mémoire", "unit": "GiB"}


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


def cabinet(*options: dict[str, str]) -> Offering:
    return Offering(code="colo", options=list(options))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Power: 4.5\xa0kW", "Memory: 64\xa0GiB", "Site: Lille", "Port: 10,000\xa0Mbit/s"]),
        (
            "fr",
            [
                "Puissance\xa0: 4,5\xa0kW",
                "Mémoire\xa0: 64\xa0Gio",
                "Site\xa0: Lille",
                "Port\xa0: 10\xa0000\xa0Mbit/s",
            ],
        ),
    ],
)
def test_an_option_reads_under_its_name_with_its_unit(language: str, said: list[str]) -> None:
    values = {"power_kw": "4.5", "mem": 64, "site": "Lille", "port_mbps": 10000}
    with override(language):
        assert option_queries.format_options(values, cabinet(POWER, MEMORY)) == said


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("height_u", 42, "Height: 42\xa0U"),
        ("height_u", "as today", "Height: as today\xa0U"),
        ("feeds", "A+B", "Feeds: A+B"),
        ("row", "0042", "Row: 0042"),
        ("redundant", True, "Redundant: yes"),
        ("nte", None, "Nte: –"),
        ("_", "x", "_: x"),
        ("vlan", {"id": 4}, 'Vlan: {"id": 4}'),
        ("u", "3", "U: 3"),
    ],
)
def test_what_no_offering_names_reads_by_its_key(key: str, value: Any, said: str) -> None:
    assert option_queries.format_options({key: value}, None) == [said]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_a_form_shows_is_read_back_as_it_was(language: str) -> None:
    values = {"power_kw": 4, "mem": "64", "site": "Lille", "Power": "twice", "vlan": {"id": 4}}
    offering = cabinet(POWER, MEMORY)
    with override(language):
        typed = option_queries.options_for_form(values, offering)
        assert typed[{"en": "Memory (GiB)", "fr": "Mémoire (Gio)"}[language]] == "64"
        assert option_queries.parse_options(typed, offering, before=values) == values


def test_names_of_both_languages_and_keys_are_read() -> None:
    for name in ("power_kw", "Power", "puissance", "Puissance (kW)", "POWER (KW)"):
        assert option_queries.parse_options({name: "4"}, cabinet(POWER), before={}) == {
            "power_kw": "4"
        }
    assert option_queries.parse_options({"Power": "4"}, None, before={}) == {"Power": "4"}


def test_the_catalogue_says_how_options_are_called(house: Personas) -> None:
    client = house.client("service_manager")
    fields = {"code": "x-1", "family": "vpn", "name_en": "X", "name_fr": "Y"}
    written = "power_kw: Power / Puissance (kW)\nfeeds: Feeds"
    sent = client.post(reverse("customers_create_offering"), fields | {"options": written})
    assert sent.status_code == 302
    made = Offering.objects.get(code="x-1")
    assert made.options == [
        POWER,
        {"key": "feeds", "name_en": "Feeds", "name_fr": "Feeds", "unit": ""},
    ]
    page = reverse("customers_edit_offering", args=[made.pk])
    assert "power_kw: Power / Puissance (kW)\nfeeds: Feeds / Feeds" in (
        client.get(page).content.decode()
    )
    for wrong in ("power_kw", "a: A\na: B", "a: A\nb: A", ": Power", "a: (kW)"):
        assert client.post(page, fields | {"options": wrong}).status_code == 422, wrong
    made.refresh_from_db()
    assert made.options[0] == POWER


def test_programs_say_how_options_are_called(house: Personas) -> None:
    client = house.client("service_manager")
    made = make_offering()
    path = f"/api/v1/offerings/{made.pk}"
    body = json.dumps({"options": [POWER]})
    answer = client.patch(path, body, "application/json")
    assert answer.status_code == 200, answer.content
    (shown,) = client.get(path).json()["options"]
    assert shown.items() >= POWER.items()
    refused = client.patch(path, json.dumps({"options": [POWER, POWER]}), "application/json")
    assert refused.status_code == 422
    assert "Two options" in refused.content.decode()


def test_what_is_said_of_options_stays_within_bounds(house: Personas) -> None:
    by, made = house.actor("service_manager"), make_offering()
    for wrong in (
        [POWER | {"key": ""}],
        [POWER | {"name_fr": "Puissance (crête)"}],
        [POWER | {"name_en": "x" * 101}],
        [POWER | {"key": f"k{n}", "name_en": f"n{n}", "name_fr": f"n{n}"} for n in range(41)],
    ):
        with pytest.raises(Invalid):
            services.edit_offering(made, by=by, options=wrong)
