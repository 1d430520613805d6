"""What the pages of the organisation cost."""

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
