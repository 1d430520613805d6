"""Every route, tried by every function, by two customers' contacts and by nobody.

The routes are generated from the URLconf and the OpenAPI document; what each answers to whom is
committed in `routes/<room>.toml` (how a row is written: route_table.py). A route without row fails.
"""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker
from tests.architecture.house import House, standing
from tests.architecture.route_table import API_ROOT, Row, filled, offered, rows
from tests.personas import NAMES

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.xdist_group("routes"),
]


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), standing() as built:
        yield built


def test_every_route_has_its_row() -> None:
    known = set(rows()) | {row.url for row in rows().values()}
    assert sorted(set(offered()) - known) == [], "routes without a row in tests/architecture/routes"


def test_every_row_has_its_route() -> None:
    gone = [name for name, row in rows().items() if not {name, row.url} & set(offered())]
    assert gone == [], "rows of routes that are no more"


def test_each_route_asks_for_the_right_of_its_row() -> None:
    asked = {name: offered().get(name, offered().get(row.url)) for name, row in rows().items()}
    wrong = {
        name: f"{asked[name]}, expected {row.right}"
        for name, row in rows().items()
        if asked[name] != row.right
    }
    assert wrong == {}


@pytest.mark.parametrize("row", rows().values(), ids=lambda row: row.name)
def test_a_route_answers_everybody_as_its_row_says(row: Row, house: House) -> None:
    answers = {name: house.ask(name, row, known=True).status_code for name in NAMES}
    wrong = {
        name: f"{status}, expected {row.expected[name]}"
        for name, status in answers.items()
        if status != row.expected[name]
    }
    assert wrong == {}


PATCHES = [
    row
    for row in rows().values()
    if row.is_api and row.verb == "PATCH" and 200 in row.expected.values()
]


@pytest.mark.parametrize("row", PATCHES, ids=lambda row: row.name)
def test_a_patch_changes_only_what_was_seen(row: Row, house: House) -> None:
    """As the document of the API says of each: with the ETag of what was read, or not at all."""
    name = next(name for name, status in row.expected.items() if status == 200)
    assert house.ask(name, row, if_match='"never"').status_code == 412
    url = filled(row.url, house.things, row.named)
    read = house.clients[name].get(url)
    if read.status_code != 405:
        assert house.ask(name, row, if_match=read["ETag"]).status_code == 200


OWN_PAGES = sorted(
    {row.url for row in rows().values() if not row.url.startswith((f"/{API_ROOT}", "/account/"))}
)


@pytest.mark.parametrize("url", OWN_PAGES)
def test_a_page_refuses_the_verbs_that_have_no_row(url: str, house: House) -> None:
    listed = {row.verb for row in rows().values() if row.url == url}
    sample = next(row for row in rows().values() if row.url == url)
    for verb in {"GET", "POST", "PATCH", "DELETE"} - listed:
        row = Row(verb, url, sample.right, {}, named=sample.named)
        status = house.ask("administrator", row).status_code
        assert status == 405, f"{verb} {url} has no row, and answers {status} instead of 405"
