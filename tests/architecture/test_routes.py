"""Every route, tried by functions of each class of rights, by two customers' contacts, by nobody.

The routes are generated from the URLconf and the OpenAPI document; what each answers to whom is
committed in `routes/<room>.toml` (how a row is written: route_table.py). A route without row fails.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from conftest import ROOT
from pytest_django.plugin import DjangoDbBlocker
from tests.architecture.house import House, standing
from tests.architecture.persona_classes import asked, is_personal
from tests.architecture.route_table import API_ROOT, Row, filled, filled_body, offered, rows
from tests.once import SECOND
from tests.personas import FUNCTIONS
from tests.profiles import is_thorough

from opale.kernel.actor import EVERYTHING, Scope

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
FUNCTIONS_READ = re.compile(r"\bimport (?:.*\b)?Function\b|\bFunction\.\w|\bfunctions_of\b")
GROUPS = 2
"""In how many processes the routes are tried beside each other, each with a house of its own."""


def shared_out(found: Iterable[Row | str]) -> list[Any]:
    """Return parameters of a test, every second one for another process.

    Pages are drawn on the second Python and PostgreSQL too; what they send is asked for once.
    """
    return [
        pytest.param(one, marks=[pytest.mark.xdist_group(f"routes-{at % GROUPS}"), *_once(one)])
        for at, one in enumerate(found)
    ]


def _once(route: Row | str) -> list[pytest.MarkDecorator]:
    page = isinstance(route, Row) and route.verb == "GET" and not route.is_api
    return [] if page or is_thorough() else [pytest.mark.once]


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), standing() as built:
        yield built


@pytest.mark.xdist_group("routes-1")
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


def one_reader_of_each_kind(row: Row, house: House) -> list[str]:
    """Return an employee and a contact for whom the page is drawn; nobody where it never is."""
    drawn = [name for name in asked(row, house.actors) if row.expected[name] == 200]
    return list({house.actors[name].kind: name for name in drawn}.values())


def wrong_answers(row: Row, house: House, personas: Iterable[str] = ()) -> dict[str, str]:
    """Return what a route answers otherwise than its row says, by persona."""
    answers = {
        name: house.ask(name, row, known=True).status_code
        for name in personas or asked(row, house.actors)
    }
    return {
        name: f"{status}, expected {row.expected[name]}"
        for name, status in answers.items()
        if status != row.expected[name]
    }


@pytest.mark.parametrize("row", shared_out(rows().values()), ids=lambda row: row.name)
def test_a_route_answers_everybody_as_its_row_says(
    row: Row, house: House, pytestconfig: pytest.Config
) -> None:
    """On the second Python and PostgreSQL it is about what draws the pages, not about rights."""
    second = pytestconfig.option.markexpr == SECOND and not is_thorough()
    assert wrong_answers(row, house, one_reader_of_each_kind(row, house) if second else ()) == {}


def with_rights(house: House, name: str, grants: Mapping[str, Scope]) -> House:
    """Return the house in which the persona holds these rights instead of its own."""
    actor = replace(house.actors[name], grants=grants)
    return replace(house, actors={**house.actors, name: actor})


ONE_OF_EACH = list({(row.right, row.is_api): row for row in rows().values()}.values())
LENT = (("core_engineer", "desk_agent"), ("employee", "service_manager"))


@pytest.mark.xdist_group("routes-0")
def test_rights_alone_decide_what_a_route_answers(house: House) -> None:
    """Why one persona may stand for its class: whoever holds another's rights is answered as he is.

    What is held on one's own teams or things alone says little of somebody else's.
    """
    wrong = {}
    for row in ONE_OF_EACH:
        for name, other in LENT:
            scope = house.actors[other].scope(row.right)
            if is_personal(row, house.actors) or (scope and not scope.everything):
                continue
            lent = with_rights(house, name, house.actors[other].grants)
            status = lent.ask(name, row, known=True).status_code
            if status != row.expected[other]:
                wrong[f"{row.name} as {name} with the rights of {other}"] = status
    assert wrong == {}


def without_subject(things: Mapping[str, object]) -> set[str]:
    """Return the routes with a parameter, in the address or what is sent, that names nothing."""
    found = set()
    for row in rows().values():
        try:
            filled(row.url, things, row.named)
            filled_body(row.body, things)
        except KeyError:
            found.add(row.name)
    return found


@pytest.mark.xdist_group("routes-0")
def test_a_route_without_a_subject_is_found(house: House) -> None:
    assert without_subject(house.things) == set()
    team = {name: thing for name, thing in house.things.items() if name != "team_id"}
    assert {"GET /teams/<int:team_id>/", "PATCH /api/v1/teams/{team_id}"} <= without_subject(team)


PLANTED_IN = ("POST /tickets/<int:number>/wait/", "PATCH /api/v1/teams/{team_id}")


@pytest.mark.xdist_group("routes-0")
@pytest.mark.parametrize("route", PLANTED_IN)
@pytest.mark.parametrize("name", [str(one) for one in FUNCTIONS])
def test_a_right_more_or_less_than_its_class_has_is_found(
    name: str, route: str, house: House
) -> None:
    row = rows()[route]
    grants = dict(house.actors[name].grants)
    if grants.pop(row.right, None) is None:
        grants[row.right] = EVERYTHING
    assert wrong_answers(row, house) == {}
    assert set(wrong_answers(row, with_rights(house, name, grants))) == {name}


def test_no_room_asks_for_a_function() -> None:
    """What somebody may do is said by rights: organisation and the demo alone know more."""
    package = ROOT / "src" / "opale"
    readers = {
        path.relative_to(package).parts[0]
        for path in package.rglob("*.py")
        if FUNCTIONS_READ.search(path.read_text(encoding="utf-8")) and "tests" not in path.parts
    }
    assert readers - {"organisation", "demo"} == set()
    assert "organisation" in readers


PATCHES = [
    row
    for row in rows().values()
    if row.is_api and row.verb == "PATCH" and 200 in row.expected.values()
]


@pytest.mark.parametrize("row", shared_out(PATCHES), ids=lambda row: row.name)
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


@pytest.mark.parametrize("url", shared_out(OWN_PAGES))
def test_a_page_refuses_the_verbs_that_have_no_row(url: str, house: House) -> None:
    listed = {row.verb for row in rows().values() if row.url == url}
    sample = next(row for row in rows().values() if row.url == url)
    for verb in {"GET", "POST", "PATCH", "DELETE"} - listed:
        row = Row(verb, url, sample.right, {}, named=sample.named)
        status = house.ask("administrator", row).status_code
        assert status == 405, f"{verb} {url} has no row, and answers {status} instead of 405"
