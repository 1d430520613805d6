"""Every route, tried by every function, by two customers' contacts and by nobody.

The routes are generated from the URLconf and the OpenAPI document; what each answers to whom is
committed in `routes/<room>.toml` (how a row is written: route_table.py). A route without row fails.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker
from tests.architecture.route_table import API_ROOT, Row, filled, filled_body, offered, rows
from tests.architecture.subjects import subjects
from tests.personas import NAMES, Personas, make_personas

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@dataclass
class House:
    personas: Personas
    things: dict[str, object]
    clients: dict[str, Client]

    def ask(self, name: str, row: Row) -> HttpResponseBase:
        """One request of one persona, of which nothing remains."""
        client = self.clients[name]
        cookies = deepcopy(client.cookies)
        url = filled(row.url, self.things, row.named)
        if row.query:
            url += f"?{filled(row.query, self.things, row.named)}"
        options: dict[str, Any] = {"headers": {"HX-Request": "true"} if row.htmx else {}}
        if row.verb != "GET":
            options["data"] = filled_body(row.body, self.things)
        if row.is_api and row.verb != "GET":
            options["content_type"] = "application/json"
        with transaction.atomic():
            response: HttpResponseBase = getattr(client, row.verb.lower())(url, **options)
            transaction.set_rollback(True)
        client.cookies = cookies
        return response


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), transaction.atomic():
        personas = make_personas()
        clients = {name: personas.client(name) for name in NAMES}
        yield House(personas, subjects(personas), clients)
        transaction.set_rollback(True)


def test_every_route_has_its_row() -> None:
    known = set(rows()) | {row.url for row in rows().values()}
    assert sorted(set(offered()) - known) == [], "routes without a row in tests/architecture/routes"


def test_every_row_has_its_route() -> None:
    gone = [name for name, row in rows().items() if not {name, row.url} & set(offered())]
    assert gone == [], "rows of routes that are no more"


@pytest.mark.parametrize("row", rows().values(), ids=lambda row: row.name)
def test_a_route_asks_for_the_right_of_its_row(row: Row) -> None:
    right = offered().get(row.name, offered().get(row.url))
    assert right == row.right


@pytest.mark.parametrize("row", rows().values(), ids=lambda row: row.name)
def test_a_route_answers_everybody_as_its_row_says(row: Row, house: House) -> None:
    answers = {name: house.ask(name, row).status_code for name in NAMES}
    wrong = {
        name: f"{status}, expected {row.expected[name]}"
        for name, status in answers.items()
        if status != row.expected[name]
    }
    assert wrong == {}


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
