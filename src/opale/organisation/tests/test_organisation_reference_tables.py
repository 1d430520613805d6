"""The kit of reference tables, tried on skills: list, page of a row, endpoints and file."""

from typing import Any

import pytest
from django import forms
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.personas import Personas

from opale.endpoints.exchange.comparison import compare_file
from opale.endpoints.exchange.registry import get_table
from opale.endpoints.exchange.tables import CellError
from opale.kernel.errors import NotAllowed
from opale.organisation.listings import COMPANIES
from opale.organisation.models import Company, Person, Skill
from opale.reference_tables.exchange import exchange_table
from opale.reference_tables.pages import said

pytestmark = pytest.mark.django_db


def body(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def made(client: Client, **fields: str) -> Any:
    return client.post("/api/v1/skills", fields, "application/json")


def test_a_row_is_made_changed_and_told_by_its_history(personas: Personas) -> None:
    client = personas.client("administrator")
    answer = client.post(reverse("organisation_create_skill"), {"name": "BGP", "family": "Core"})
    skill = Skill.objects.get()
    page = reverse("organisation_skill", args=[skill.pk])
    assert answer["Location"] == page
    client.post(reverse("organisation_edit_skill", args=[skill.pk]), {"name": "BGP 4"})
    shown = body(client, page)
    assert "BGP 4" in shown
    assert "Core" in shown, "the family that it had stands in its history"
    assert reverse("organisation_edit_skill", args=[skill.pk]) in shown
    reader = body(personas.client("desk_agent"), page)
    assert reverse("organisation_edit_skill", args=[skill.pk]) not in reader
    listed = body(client, "/skills/?q=core")
    assert page not in listed
    assert page in body(client, "/skills/?q=bgp&sort=-people")


def test_the_button_of_a_line_has_the_key_that_it_has_on_the_page_of_the_row(
    personas: Personas,
) -> None:
    client, key = personas.client("administrator"), 'data-key="e"'
    edit = reverse("organisation_edit_company", args=[personas.company.pk])
    listed = body(client, "/companies/")
    assert edit in listed
    assert key in listed, "pressed on the present line (static/opale/keys.js)"
    assert key in body(client, reverse("organisation_company", args=[personas.company.pk]))


def test_programs_read_and_write_the_same_rows(personas: Personas) -> None:
    client = personas.client("administrator")
    skill = made(client, name="BGP").json()
    assert client.get(f"/api/v1/skills/{skill['id']}").json() == skill
    assert made(client, name="BGP").status_code == 422
    assert made(personas.client("desk_agent"), name="OSPF").status_code == 403
    listed = client.get("/api/v1/skills?sort=-name").json()["items"]
    assert [row["name"] for row in listed] == ["BGP"]


def test_the_columns_of_its_file_are_those_of_the_form(personas: Personas) -> None:
    client, by = personas.client("administrator"), personas.actor("administrator")
    made(client, name="BGP", family="Core")
    table = get_table("skills", by, change=True)
    assert [(one.name, one.required) for one in table.columns] == [
        ("name", True),
        ("family", False),
    ]
    found = compare_file(table, b"name;family\nBGP;Network\nOSPF;\n", by)
    assert [(line.state, line.key) for line in found.lines] == [
        ("changed", ("BGP",)),
        ("new", ("OSPF",)),
    ]
    table.change(found.lines[0].row, found.lines[0].values, by)
    row = table.create(found.lines[1].values, by)
    assert set(Skill.objects.values_list("name", "family")) == {("BGP", "Network"), ("OSPF", "")}
    table.discard(row, by)
    assert not Skill.objects.filter(name="OSPF").exists()
    with pytest.raises(NotAllowed):
        table.create({"name": "OSPF"}, personas.actor("desk_agent"))
    long = compare_file(table, f"name\n{'x' * 101}\n".encode(), by)
    assert long.lines[0].state == "wrong", "the form refuses it"


def test_a_file_names_rows_of_other_tables_and_reads_cells_as_the_form_does(
    personas: Personas,
) -> None:
    by = personas.actor("administrator")
    table = exchange_table(COMPANIES)
    columns = {one.name: one for one in table.columns}
    row = table.rows(by).get(pk=personas.company.pk)
    assert columns["calendar"].text(row) == personas.calendar.name
    assert columns["operates"].parse("oui") is True
    with pytest.raises(CellError, match="fr, en"):
        columns["language"].parse("xx")
    head = "name;country;language;time_zone;calendar\n"
    lines = (
        f"Opale Nord;be;fr;Europe/Brussels;{personas.calendar.name}\nOpale Sud;ES;fr;UTC;Nights\n"
    )
    new, unknown = compare_file(table, f"{head}{lines}".encode(), by).lines
    assert (new.state, unknown.state) == ("new", "wrong")
    table.create(new.values, by)
    company = Company.objects.get(name="Opale Nord")
    assert (company.country, company.calendar, company.operates) == ("BE", personas.calendar, False)


def test_naming_the_value_of_a_field_reads_its_row_alone(personas: Personas) -> None:
    field = forms.ModelChoiceField(Person.objects.all())
    person = Person.objects.first()
    assert person is not None
    with CaptureQueriesContext(connection) as captured:
        assert said(field, person.pk) == field.label_from_instance(person)
        assert said(field, None) == ""
    assert len(captured) == 1
