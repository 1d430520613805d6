"""After a change most are given what was drawn for one, each with his own, and nobody more."""

import asyncio
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import psycopg
import pytest
from django.conf import settings
from tests.personas import MAKER, Personas
from tests.serving import EventStream, Server, cut, eventually

from opale.kernel.rows import rows_of
from opale.kernel.snapshots import NOW
from opale.run.desk.actions import ownership, ticket_creation, ticket_metadata
from opale.run.desk.models import Source, Ticket
from opale.web.dispatcher import conninfo
from opale.web.giving import Database
from opale.web.tests.test_web_live import house, server, session_of

__all__ = ["house", "server"]
pytestmark = pytest.mark.xdist_group("web-live")
LIST = "/desk/all/"
MOVING = re.compile(
    r'(?<= value=")\d+(?=" aria-label)'  # how far a clock is
    r"|(?<=<span>)[^<]*(?=</span></span><progress)"  # how long it has left
    r"|[^>]*(?=</time>)"  # since when
)
STAFF = ("desk_agent", "run_engineer", "service_manager", "provisioner")


def opened(personas: Personas, subject: str) -> Ticket:
    new = ticket_creation.NewTicket(subject=subject, source=Source.MAIL, customer=personas.customer)
    return ticket_creation.receive_ticket(new, by=MAKER)


class Desk:
    """People who follow a list of a server that runs."""

    def __init__(self, server: Server, house: Personas) -> None:
        self.server, self.house = server, house
        self.streams: list[EventStream] = []

    def browser(self, name: str, language: str = "en") -> dict[str, str]:
        session = session_of(self.house, name)
        self.streams.append(EventStream(self.server, session))
        cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: session})
        cookies[settings.LANGUAGE_COOKIE_NAME] = language
        asked = {"Cookie": cookies.output(header="", sep=";").strip(), "HX-Request": "true"}
        self.redrawn(asked)  # who it is is known from now on
        self.redrawn(asked)
        return asked

    def redrawn(self, browser: dict[str, str], told: str = "now", path: str = LIST) -> str:
        status, body, headers = self.server.ask("GET", path, **browser, Opale_Redrawn=told)
        assert status == 200
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert "\0" not in body.decode()
        return body.decode()

    def given(self) -> int:
        """How many the event loop has given so far."""
        told = self.server.ask("GET", "/metrics")[1].decode()
        found = re.search(r'^opale_redraws_total\{way="given"\} (\d+)', told, re.MULTILINE)
        return int(found[1]) if found else 0


@pytest.fixture
def desk(server: Server, house: Personas) -> Iterator[Desk]:
    desk = Desk(server, house)
    yield desk
    for stream in desk.streams:
        stream.close()


def test_the_second_is_given_what_was_drawn_for_the_first_with_his_own(desk: Desk) -> None:
    mine = opened(desk.house, "Link down")
    ownership.take_ticket(mine, by=desk.house.actor("run_engineer"))
    browsers = {name: desk.browser(name) for name in ("desk_agent", "run_engineer")}
    alone = {name: desk.redrawn(browser) for name, browser in browsers.items()}
    told, before = rows_of(NOW)[0][0], desk.given()
    desk.redrawn(browsers["desk_agent"], told)
    given = {name: desk.redrawn(browser, told) for name, browser in browsers.items()}
    assert given == alone
    assert desk.given() > before
    assert "data-mine" in given["run_engineer"]
    assert "data-mine" not in given["desk_agent"]
    opened(desk.house, "Another one")
    assert "Another one" in desk.redrawn(browsers["desk_agent"], rows_of(NOW)[0][0])


def test_what_became_confidential_is_given_to_nobody_who_asks_after_it(desk: Desk) -> None:
    ticket = opened(desk.house, "Personnel matter")
    ownership.take_ticket(ticket, by=desk.house.actor("run_engineer"))
    first, second = desk.browser("desk_agent"), desk.browser("desk_agent")
    told = rows_of(NOW)[0][0]
    assert "Personnel matter" in desk.redrawn(first, told)
    assert "Personnel matter" in desk.redrawn(second, told)
    ticket_metadata.set_confidential(ticket, True, by=MAKER)
    assert "Personnel matter" not in desk.redrawn(second, told)
    assert "Personnel matter" not in desk.redrawn(first, told)


def test_whoever_sees_a_confidential_ticket_is_given_what_was_drawn_for_his_other_browser(
    desk: Desk,
) -> None:
    ticket = opened(desk.house, "Harassment")
    ownership.take_ticket(ticket, by=desk.house.actor("desk_agent"))
    ticket_metadata.set_confidential(ticket, True, by=MAKER)
    first, second = desk.browser("desk_agent"), desk.browser("desk_agent")
    other = desk.browser("run_engineer")
    told = rows_of(NOW)[0][0]
    alone, before = desk.redrawn(first, told), desk.given()
    assert "Harassment" in alone
    assert "csrfmiddlewaretoken" not in alone, "no form of one browser's"
    assert desk.redrawn(second, told) == alone
    assert desk.given() == before + 1
    assert "Harassment" not in desk.redrawn(other, told)
    opened(desk.house, "One more")
    assert "One more" in desk.redrawn(second, rows_of(NOW)[0][0])


def test_the_rail_counts_for_each_and_is_drawn_once(desk: Desk) -> None:
    rail = f"/ui/rail/?at={LIST}"
    agent = desk.browser("desk_agent")
    first, before = desk.redrawn(agent, path=rail), desk.given()
    opened(desk.house, "Untriaged")
    second = desk.redrawn(agent, path=rail)
    assert desk.redrawn(agent, path=rail) == second
    assert desk.given() > before
    assert second != first
    assert 'class="o-count"' in second


def test_without_its_connection_everybody_is_answered_all_the_same(desk: Desk) -> None:
    opened(desk.house, "Link down")
    agent, told = desk.browser("desk_agent"), rows_of(NOW)[0][0]
    drawn = desk.redrawn(agent, told)
    assert eventually(lambda: cut("application_name = 'opale-redraws'"))
    assert standing_still(desk.redrawn(agent, told)) == standing_still(drawn)
    before = desk.given()
    assert standing_still(desk.redrawn(agent, told)) == standing_still(drawn)
    assert desk.given() == before + 1


def test_questions_that_wait_are_asked_together_and_the_same_once(server: Server) -> None:
    async def story() -> list[Any]:
        database = Database(conninfo(), 5)
        asked = [database.row("SELECT %s::bigint", [number % 3]) for number in range(9)]
        found = await asyncio.gather(*asked)
        wrong = await asyncio.gather(database.row("SELECT nothing"), return_exceptions=True)
        again = await database.row("SELECT count(*) FROM pg_stat_activity WHERE false")
        await database.close()
        return [*found, *wrong, again]

    *found, wrong, again = asyncio.run(story())
    assert found == [(number % 3,) for number in range(9)]
    assert isinstance(wrong, psycopg.Error)
    assert again == (0,)


def standing_still(drawn: str) -> str:
    """Without what moves by the clock alone, which may be some seconds behind."""
    return MOVING.sub("", drawn)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_list_for_many_is_for_each_what_he_would_have_drawn_alone(
    desk: Desk, language: str
) -> None:
    for name in STAFF[:2]:
        ticket = opened(desk.house, f"Of the {name}")
        ownership.take_ticket(ticket, by=desk.house.actor(name))
    hidden = opened(desk.house, "Hidden but from one")
    ownership.take_ticket(hidden, by=desk.house.actor("run_engineer"))
    ticket_metadata.set_confidential(hidden, True, by=MAKER)
    browsers = {name: desk.browser(name, language) for name in STAFF}
    before, told = desk.given(), rows_of(NOW)[0][0]
    for path in ("/desk/", *(f"/desk/{view}/" for view in ("triage", "open", "all", "waiting"))):
        for name in (*STAFF, *STAFF):
            alone = desk.server.ask("GET", path, **browsers[name])[1].decode()
            given = desk.redrawn(browsers[name], told, path)
            assert standing_still(given) == standing_still(alone), (path, name)
    assert desk.given() > before
