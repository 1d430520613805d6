"""Options have kinds: a number within limits, a choice, a text; the catalogue says which."""

import string
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.personas import Personas

from opale.customers.actions import services
from opale.customers.actions.offering_options import kept_option
from opale.customers.domain.options import Option, fault_of, plain_value
from opale.customers.forms.offerings import read_option, write_option
from opale.customers.models import Offering
from opale.customers.queries.option_values import checked_values
from opale.customers.tests.builders import make_offering
from opale.kernel.errors import Invalid

POWER = "power_kw*: Power / Puissance (kW) [0.5..20.0]"
ACCESS = "access: Access / Accès [fibre = Fibre optics / Fibre optique | 4G]"
CORES = "vcpu: Processors / Processeurs [1..64]"


def offering(*lines: str) -> Offering:
    options = [kept_option(read_option(line)) for line in lines]
    return Offering(code="x", name_en="Cabinet", name_fr="Baie", options=options)


words = st.text(string.ascii_letters + "éàç", min_size=1, max_size=8)
limits = st.decimals(-1000, 1000, places=2)


@st.composite
def written_options(draw: st.DrawFn) -> dict[str, Any]:
    said: dict[str, Any] = {name: draw(words) for name in ("key", "name_en", "name_fr")}
    said["unit"] = draw(st.sampled_from(["", "kW", "Mbit/s"]))
    kind = draw(st.sampled_from(["text", "number", "choice"]))
    if kind == "number":
        said |= {"kind": kind, "least": str(draw(limits)), "most": str(draw(limits)), "decimals": 2}
    if kind == "choice":
        values = draw(st.lists(words, min_size=1, max_size=4, unique=True))
        said["kind"] = kind
        said["choices"] = [
            {"value": value, "name_en": draw(words), "name_fr": draw(words)} for value in values
        ]
    return said | ({"required": True} if draw(st.booleans()) else {})


@given(written_options())
def test_a_written_option_reads_as_the_same_option(option: dict[str, Any]) -> None:
    assert Option.of(kept_option(read_option(write_option(option)))) == Option.of(option)


@pytest.mark.parametrize(
    "line", ["power_kw", "a: A [1..x]", "a: A [..", "a: A [1;2..3]", "a: A [ | x]", "a: A []"]
)
def test_what_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(ValidationError):
        read_option(line)


@pytest.mark.parametrize(
    ("line", "typed", "kept", "fault"),
    [
        (POWER, "5 kW", "5", None),
        (POWER, "4,5", "4.5", None),
        (POWER, 4, 4, None),
        (POWER, "a lot", "a lot", "no_number"),
        (POWER, "0.4", "0.4", "too_small"),
        (POWER, "90", "90", "too_large"),
        (POWER, "4.55", "4.55", "too_fine"),
        (POWER, True, True, "no_number"),
        (POWER, "NaN", "NaN", "no_number"),
        (POWER, {"kW": 4}, {"kW": 4}, "no_number"),
        (POWER, "", "", "missing"),
        (CORES, "2.5", "2.5", "too_fine"),
        (CORES, "", "", None),
        (ACCESS, "Fibre optique", "fibre", None),
        (ACCESS, "FIBRE", "fibre", None),
        (ACCESS, "pigeon", "pigeon", "no_choice"),
        (ACCESS, ["fibre"], ["fibre"], "no_choice"),
        ("room: Room / Salle", "B2", "B2", None),
    ],
)
def test_a_value_fits_its_option(line: str, typed: object, kept: object, fault: str | None) -> None:
    option = Option.of(kept_option(read_option(line)))
    assert plain_value(option, typed) == kept
    assert fault_of(option, plain_value(option, typed)) == fault


@given(st.decimals(0.5, 20, places=1))
def test_numbers_within_the_limits_stand(value: Decimal) -> None:
    option = Option.of(kept_option(read_option(POWER)))
    assert fault_of(option, plain_value(option, f"{value} kw")) is None


def test_what_is_wrong_is_said_with_what_is_right() -> None:
    cabinet = offering(POWER, ACCESS)
    values = {"power_kw": "90", "access": "pigeon", "colour": "red"}
    _found, wrong = checked_values(values, cabinet)
    assert wrong == [
        "Power: enter a number, 0.5 to 20\xa0kW.",
        "Access: choose one of Fibre optics, 4G.",
        "“colour” is not an option of Cabinet, which has: Power, Access.",
    ]
    assert checked_values({"access": "4g"}, cabinet)[1] == ["Power: required."]
    assert checked_values({"access": "4g"}, cabinet, whole=False) == ({"access": "4G"}, [])


def test_a_value_of_before_stands_when_the_catalogue_changes() -> None:
    before = {"access": "pigeon", "colour": "red"}
    values = before | {"power_kw": "4"}
    assert checked_values(values, offering(POWER, ACCESS), before=before) == (values, [])
    assert checked_values(values, Offering(code="y", options=[])) == (values, [])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "colour"}, "the kind is"),
        ({"kind": "number", "least": "two"}, "a limit is a number"),
        ({"kind": "number", "least": "5", "most": "4"}, "above the upper"),
        ({"kind": "number", "decimals": 9}, "decimals"),
        ({"kind": "choice"}, "choices"),
        ({"kind": "choice", "choices": [{"value": "", "name_en": "A", "name_fr": "A"}]}, "choice"),
        (
            {
                "kind": "choice",
                "choices": [{"value": n, "name_en": "A", "name_fr": n} for n in "xy"],
            },
            "same value",
        ),
    ],
)
@pytest.mark.django_db
def test_the_catalogue_refuses_options_that_take_nothing(
    personas: Personas, changed: dict[str, Any], said: str
) -> None:
    option = {"key": "k", "name_en": "K", "name_fr": "K", **changed}
    with pytest.raises(Invalid, match=said):
        services.edit_offering(
            make_offering(), by=personas.actor("service_manager"), options=[option]
        )


@pytest.mark.django_db
def test_the_catalogue_is_edited_as_it_is_written_and_by_programs(personas: Personas) -> None:
    client, made = personas.client("service_manager"), make_offering()
    path = reverse("customers_edit_offering", args=[made.pk])
    body = {"code": made.code, "family": made.family, "name_en": "A", "name_fr": "B"}
    written = f"{POWER}\n{ACCESS}\n{CORES}"
    assert client.post(path, body | {"options": written}).status_code == 302
    made.refresh_from_db()
    shown = client.get(path).content.decode()
    assert written in shown.replace("&#x27;", "'")
    api = f"/api/v1/offerings/{made.pk}"
    options = client.get(api).json()["options"]
    assert [one["kind"] for one in options] == ["number", "choice", "number"]
    assert client.patch(api, {"options": options}, "application/json").status_code == 200
    kept = made.options
    made.refresh_from_db()
    assert made.options == kept


@pytest.mark.django_db
def test_a_form_draws_the_options_of_what_is_chosen(personas: Personas) -> None:
    client, made = personas.client("project_manager"), make_offering()
    by = personas.actor("service_manager")
    options = [read_option(one) for one in (POWER, ACCESS)]
    services.edit_offering(made, by=by, options=options)

    def drawn(**said: Any) -> str:
        asked: dict[str, Any] = {"values_of": "options", "values_by": "offering,service", **said}
        answer = client.get(reverse("customers_option_values"), asked)
        assert answer.status_code == 200
        return answer.content.decode()

    found = drawn(offering=made.pk, **{"options-power_kw": "7", "options-access": "4G"})
    assert 'name="options-power_kw"' in found
    assert 'value="7"' in found
    assert "0.5 to 20" in found
    assert '<option value="4G" selected>' in found
    for nothing in ("", "0", "x", "9" * 30):
        assert "Choose an offering" in drawn(offering=nothing)
    assert "&lt;script&gt;" in drawn(offering=made.pk, **{"options-<script>": "x"})


@pytest.mark.django_db
def test_a_hidden_service_says_nothing_of_its_offering(client: Client, personas: Personas) -> None:
    assert client.get(reverse("customers_option_values")).status_code == 302
