"""What the pages of the organisation cost."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.personas import Personas

MOST = 25


@pytest.mark.parametrize(
    "path",
    [
        "/teams/",
        "/teams/{team}/",
        "/people/",
        "/people/{person}/",
        "/companies/",
        "/skills/",
        "/calendars/",
        "/tokens/",
    ],
)
def test_a_page_asks_the_database_a_bounded_number_of_times(personas: Personas, path: str) -> None:
    client = personas.client("administrator")
    client.get("/preferences/")
    url = path.format(team=personas.teams["desk_agent"].pk, person=personas.people["desk_agent"].pk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    assert len(queries) <= MOST, [query["sql"][:100] for query in queries]


@pytest.mark.parametrize(("redrawn", "asks_for_its_place"), [(False, True), (True, False)])
def test_a_whole_page_says_where_in_the_stream_of_changes_it_begins(
    personas: Personas, *, redrawn: bool, asks_for_its_place: bool
) -> None:
    client = personas.client("administrator")
    headers = {"Accept": "text/html"} | ({"HX-Request": "true"} if redrawn else {})
    client.get("/teams/", headers=headers)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/teams/", headers=headers)
    asked = [query["sql"] for query in queries]
    assert sum("kernel_referencechange" in statement for statement in asked) == 1
    assert sum("pg_snapshot_xip" in statement for statement in asked) == int(asks_for_its_place)
    marked = re.search(rb'data-live-after="\d+-\d+"', page.content)
    assert bool(marked) is asks_for_its_place
