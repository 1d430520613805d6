"""What is asked of a person stands on the home: a wrong "nothing waits" is a fault."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from pytest_django.plugin import DjangoDbBlocker
from tests.architecture.home_subjects import ask_everybody
from tests.architecture.house import House, standing
from tests.personas import FUNCTIONS

from opale.kernel import clock
from opale.ui import work_items

STAFF = [str(function) for function in FUNCTIONS]
MOST_QUERIES = 25
NOTHING = "No work assigned to you"


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), standing() as built:
        ask_everybody(built)
        yield built


def test_each_source_of_work_asks_something_of_somebody(house: House) -> None:
    at = clock.now()
    silent = [
        source.name
        for source in work_items.sources()
        if not any(
            list(source.read(actor, at, 5))
            for actor in house.actors.values()
            if not source.right or actor.can(source.right)
        )
    ]
    assert not silent, silent


@pytest.mark.parametrize("name", STAFF)
def test_what_is_asked_stands_on_the_home_and_leads_somewhere(house: House, name: str) -> None:
    work = work_items.work_of(house.actors[name], clock.now()).items
    client = house.clients[name]
    whole = client.get("/my-work/").content.decode()
    home = client.get("/").content.decode()
    assert (NOTHING in home) == (not work)
    assert [one.name for one in work if escape(one.name) not in whole] == []
    assert [one.name for one in work[:12] if one.url not in home] == []
    answers = {one.url: client.get(one.url).status_code for one in work}
    assert {url: status for url, status in answers.items() if status != 200} == {}


@pytest.mark.parametrize("name", STAFF)
def test_the_home_asks_few_queries(house: House, name: str) -> None:
    house.clients[name].get("/")
    with CaptureQueriesContext(connection) as asked:
        house.clients[name].get("/")
    assert len(asked) <= MOST_QUERIES
