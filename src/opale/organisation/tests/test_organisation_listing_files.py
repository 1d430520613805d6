"""What lists give to spreadsheets and to programs."""

from datetime import date

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from ninja import Router, Schema
from tests.personas import MAKER, Personas

from opale.endpoints.paging import Window
from opale.kernel.attribution import attributed
from opale.listings import exports
from opale.listings.cells import text
from opale.listings.endpoints import list_endpoint
from opale.organisation.models import Person
from opale.organisation.tests.listing_helpers import (
    AGENT,
    MANAGER,
    STAFF,
    cells,
    lines,
    names,
    said,
    selected,
)

pytestmark = pytest.mark.django_db


def test_what_people_typed_is_no_formula_in_a_file(personas: Personas) -> None:
    formula = '=HYPERLINK("http://example.net","Click")'
    with attributed(MAKER):
        Person.objects.filter(pk=personas.people[AGENT].pk).update(job_title=formula)
    selection = selected(personas.actor(AGENT), "q=desk&columns=job")
    assert lines(selection)[1][1] == f"'{formula}"
    cell = cells(selection)["B2"]
    assert said(cell) == formula
    assert cell.attrib["t"] == "inlineStr"
    assert not [part for part in cell.iter() if part.tag.endswith("}f")]


def test_a_spreadsheet_keeps_days_as_days(personas: Personas) -> None:
    with attributed(MAKER):
        Person.objects.filter(pk=personas.people[MANAGER].pk).update(left_on=date(2026, 3, 5))
    selection = selected(personas.actor(AGENT), "left=1&q=manager&columns=left&sort=left")
    assert lines(selection)[1][1] == "2026-03-05"
    assert said(cells(selection)["B2"]) == str((date(2026, 3, 5) - date(1899, 12, 30)).days)


def test_a_file_is_read_in_parts_and_holds_every_line(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 3)
    selection = selected(personas.actor(AGENT), "sort=-name")
    with CaptureQueriesContext(connection) as asked:
        told = [row[0] for row in lines(selection)[1:]]
    assert told == names(personas.actor(AGENT), "sort=-name")
    assert len(told) > 9
    of_people = [one["sql"] for one in asked if 'FROM "organisation_person"' in one["sql"]]
    assert len(of_people) > 4
    assert sum("ORDER BY" in sql for sql in of_people) == 1, "sorted anew for each part"


def test_values_are_written_without_the_language(personas: Personas) -> None:
    assert text([date(2026, 1, 2), None, 3, True]) == "2026-01-02, , 3, yes"


def test_a_program_walks_a_list_in_the_order_it_asks_for(personas: Personas) -> None:
    client, path = personas.client(AGENT), "/api/v1/people?limit=4&sort=-name"
    seen: list[str] = []
    after = ""
    while True:
        part = client.get(f"{path}&after={after}").json()
        seen += [row["name"] for row in part["items"]]
        after = part["next"]
        if after is None:
            break
    assert seen == names(personas.actor(AGENT), "sort=-name")
    assert client.get("/api/v1/people?sort=phone").status_code == 422
    assert client.get("/api/v1/people?function=desk_agent").json()["items"][0]["name"] == (
        "Desk Agent"
    )


def test_a_cursor_of_another_order_is_refused(personas: Personas) -> None:
    client = personas.client(AGENT)
    after = client.get("/api/v1/people?limit=1&sort=company").json()["next"]
    assert client.get(f"/api/v1/people?after={after}").status_code == 422
    assert client.get(f"/api/v1/people?sort=company&after={after}").status_code == 200


def test_an_endpoint_gives_items_as_their_reader_may_see_them(personas: Personas) -> None:
    class Named(Schema):
        name: str

    router = Router()
    items = [{"name": "hidden"}]
    list_endpoint(router, "/staff", STAFF, Named, name="list_staff", items=lambda _rows, _by: items)
    (view,) = (one.view_func for one in router.path_operations["/staff"].operations)
    request = RequestFactory().get("/staff")
    request.actor = personas.actor(AGENT)  # type: ignore[attr-defined]  # as the door sets it
    answer = view(request, Window(limit=1))
    assert answer.items == items
    assert answer.next
