"""Regions kept per rights: drawn once, never stale, and never with what is somebody else's."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from tests.personas import MAKER, Personas
from tests.serving import Server, cut, eventually

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotFound
from opale.organisation.models import Membership, Person, User
from opale.run.desk.actions import ownership, ticket_metadata
from opale.run.desk.models import Ticket
from opale.ui import shared_regions
from opale.ui.shared_regions import SharedRegion
from opale.web import region_cache
from opale.web.dispatcher import conninfo
from opale.web.tests.region_readers import RAIL, Desk, Front, cookies, standing_still, sync, told
from opale.web.tests.test_web_live import house, server, session_of

__all__ = ["house", "server"]
pytestmark = pytest.mark.xdist_group("web-live")


STAFF = ("desk_agent", "run_engineer", "service_manager", "provisioner")


class Apart:
    """Who sees rows of his own."""

    def __init__(self) -> None:
        self.people: set[int | None] = set()
        self.asked = 0

    def __call__(self, audience: Actor) -> frozenset[int]:
        assert audience.person_id is None
        self.asked += 1
        return frozenset(one for one in self.people if one is not None)


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> Apart:
    """The rail is a shared region, but for an address that asks for one's own."""
    found = Apart()
    rights = ("desk.read", "desk.console", "desk.confidential")
    region = SharedRegion(("rail.tried",), rights, lambda query: "own" not in query, found)
    monkeypatch.setitem(shared_regions._regions, "ui_rail", region)
    return found


@pytest.fixture
def front(server: Server, house: Personas, apart: Apart) -> Front:
    return Front(house)


def test_three_hundred_who_ask_at_once_are_given_one_drawing(front: Front) -> None:
    browsers = [front.browser(name) for name in ("desk_agent", "run_engineer")]

    async def story() -> Sequence[str]:
        return await asyncio.gather(*(front.ask(one) for one in browsers * 150))

    # A minute may end meanwhile: what is drawn in the next one is another region.
    assert set(told(front, story)) <= {"drawing 1 for all", "drawing 2 for all"}
    audience = front.pages.drawn[0]
    assert audience is not None
    assert (audience.person_id, audience.user_id, audience.name) == (None, None, "")
    assert set(audience.grants) == {"desk.read", "desk.console"}


def test_whoever_asks_after_a_change_is_given_another_drawing(front: Front, apart: Apart) -> None:
    agent = front.browser("desk_agent")

    async def story() -> Sequence[str]:
        found = [await front.ask(agent), await front.ask(agent)]
        await sync(live_topics.publish, "rail.others")
        found.append(await front.ask(agent))
        await sync(live_topics.publish, "rail.tried")
        return [*found, await front.ask(agent), await front.ask(agent)]

    assert told(front, story) == [*["drawing 1 for all"] * 3, *["drawing 2 for all"] * 2]
    assert apart.asked == 2


def test_a_late_commit_of_an_early_number_is_a_change_too(front: Front) -> None:
    agent = front.browser("desk_agent")

    async def story() -> Sequence[str]:
        async with await psycopg.AsyncConnection.connect(conninfo()) as slow:
            await slow.execute("INSERT INTO kernel_change (topic) VALUES ('rail.tried')")
            await sync(live_topics.publish, "rail.tried")
            found = [await front.ask(agent), await front.ask(agent)]
            await slow.commit()
        return [*found, await front.ask(agent)]

    assert told(front, story) == [*["drawing 1 for all"] * 2, "drawing 2 for all"]


def test_other_rights_another_language_and_another_place_are_other_drawings(front: Front) -> None:
    agent, french = front.browser("desk_agent"), front.browser("desk_agent", "fr")
    manager, employee = front.browser("service_manager"), front.browser("employee")

    async def story() -> Sequence[str]:
        return [
            await front.ask(agent),
            await front.ask(french),
            await front.ask(manager),
            await front.ask(employee),
            await front.ask(agent, query="at=/alerts/"),
            await front.ask(agent, hx_target="o-beside"),
            await front.ask(agent, host="another.example"),
        ]

    found = told(front, story)
    assert len(set(found)) == len(found)


def test_whoever_sees_rows_of_his_own_draws_for_himself(front: Front, apart: Apart) -> None:
    agent, engineer = front.browser("desk_agent"), front.browser("run_engineer")
    apart.people.add(front.personas.actor("run_engineer").person_id)

    async def story() -> Sequence[str]:
        return [await front.ask(one) for one in (engineer, agent, engineer, agent)]

    assert told(front, story) == [
        "drawing 1 for one",
        "drawing 2 for all",
        "drawing 3 for one",
        "drawing 2 for all",
    ]


@pytest.mark.parametrize(
    ("name", "path", "query"),
    [
        ("desk_agent", RAIL, "own=1"),
        ("desk_agent", "/desk/presence/", ""),
        ("customer_contact", RAIL, ""),
        ("anonymous", RAIL, ""),
    ],
)
def test_what_is_nobody_elses_is_drawn_for_each(
    front: Front, name: str, path: str, query: str
) -> None:
    cookie = "" if name == "anonymous" else front.browser(name)

    async def story() -> Sequence[str]:
        return [await front.ask(cookie, path, query) for _ in range(2)]

    assert told(front, story) == ["drawing 1 for one", "drawing 2 for one"]


@pytest.mark.parametrize("header", ["set-cookie", "hx-trigger"])
def test_what_is_meant_for_one_browser_is_given_to_no_other(front: Front, header: str) -> None:
    front.pages.headers = [(header.encode(), b"its own")]
    agent = front.browser("desk_agent")

    async def story() -> Sequence[str]:
        return [await front.ask(agent), await front.ask(agent)]

    assert told(front, story) == ["drawing 2 for one", "drawing 3 for one"]


def test_a_refusal_is_kept_for_nobody(front: Front) -> None:
    front.pages.status = 403
    agent = front.browser("desk_agent")

    async def story() -> Sequence[str]:
        return [await front.ask(agent), await front.ask(agent)]

    assert told(front, story) == ["drawing 2 for one", "drawing 3 for one"]


def test_what_could_not_be_drawn_is_drawn_for_the_next(front: Front) -> None:
    agent = front.browser("desk_agent")

    async def story() -> str:
        front.pages.fails = True
        with pytest.raises(OSError, match="not drawn"):
            await front.ask(agent)
        front.pages.fails = False
        return await front.ask(agent)

    assert told(front, story) == "drawing 2 for all"


def test_so_many_regions_are_kept_and_the_one_asked_for_last_longest(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(region_cache, "KEPT", 3)
    agent = front.browser("desk_agent")

    async def story() -> Sequence[str]:
        return [await front.ask(agent, query=f"at={at}") for at in "ababcab"]

    drawn = [one.split()[1] for one in told(front, story)]
    # One place is that of who sees rows of his own; "a" and "b" were let go, one for the other.
    assert drawn == ["1", "2", "1", "2", "3", "4", "5"]
    assert len(front.cache.kept) == 3


def test_without_its_connection_everybody_is_answered_all_the_same(front: Front) -> None:
    agent = front.browser("desk_agent")

    async def story() -> Sequence[str]:
        found = [await front.ask(agent)]
        await sync(lambda: eventually(lambda: cut("application_name = 'opale-regions'")))
        return [*found, await front.ask(agent), await front.ask(agent)]

    assert told(front, story) == ["drawing 1 for all", "drawing 2 for one", "drawing 1 for all"]


def end_session(session: str) -> None:
    Session.objects.filter(session_key=session).delete()
    live_topics.publish(f"session:{session}")


def test_a_session_that_ended_is_given_nothing_more(front: Front) -> None:
    session = session_of(front.personas, "desk_agent")
    agent, other = cookies(session, "en"), front.browser("desk_agent")

    async def story() -> Sequence[str]:
        found = [await front.ask(agent), await front.ask(other)]
        await sync(end_session, session)
        return [*found, await front.ask(agent), await front.ask(other)]

    assert told(front, story) == [
        "drawing 1 for all",
        "drawing 1 for all",
        "drawing 2 for one",
        "drawing 1 for all",
    ]


def deactivate(user: User) -> None:
    with attributed(MAKER):
        User.objects.filter(pk=user.pk).update(is_active=False)


def end_memberships(person: Person) -> None:
    with attributed(MAKER):
        for place in Membership.objects.filter(person=person):
            place.period = DateTimeTZRange(place.period.lower, clock.now())
            place.save(update_fields=["period"])


def test_a_login_that_was_closed_is_given_nothing_more(front: Front) -> None:
    agent = front.browser("build_engineer")

    async def story() -> str:
        await front.ask(agent)
        await sync(deactivate, front.personas.users["build_engineer"])
        return await front.ask(agent)

    assert told(front, story) == "drawing 2 for one"


def test_whoever_lost_a_right_is_given_nothing_more_of_it(front: Front) -> None:
    engineer, agent = front.browser("core_engineer"), front.browser("desk_agent")

    async def story() -> Sequence[str]:
        found = [await front.ask(engineer), await front.ask(engineer)]
        await sync(end_memberships, front.personas.people["core_engineer"])
        return [*found, await front.ask(engineer), await front.ask(agent)]

    first, again, after, _another = told(front, story)
    assert first == again == "drawing 1 for all"
    assert after == "drawing 2 for one"
    before, _alone, now = front.pages.drawn
    assert before is not None
    assert now is not None


def test_rights_on_rows_of_ones_own_are_no_audiences(front: Front) -> None:
    region = SharedRegion((), ("desk.read",), lambda _query: True, lambda _actor: ())
    actor = front.personas.actor("desk_agent")
    scope = actor.grants["desk.read"]
    held = [
        replace(actor, grants={"desk.read": one, "desk.work": scope})
        for one in (scope, replace(scope, own=True), replace(scope, everything=False, own=True))
    ]
    first, same, none = map(region.audience, held)
    assert first == same
    assert none is None


@pytest.fixture
def desk(server: Server, house: Personas) -> Iterator[Desk]:
    yield Desk(server, house)
    with attributed(MAKER):
        for ticket in Ticket.objects.filter(confidential=True):
            ticket_metadata.set_confidential(ticket, False, by=MAKER)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_list_is_for_each_as_he_would_have_drawn_it(desk: Desk, language: str) -> None:
    for name in STAFF[:2]:
        ticket = desk.opened(f"Of the {name}")
        ownership.take_ticket(ticket, by=desk.house.actor(name))
    hidden = desk.opened("Hidden but from one")
    ownership.take_ticket(hidden, by=desk.house.actor("run_engineer"))
    ticket_metadata.set_confidential(hidden, True, by=MAKER)
    before = desk.hits()
    lists = ("triage", "open", "open/?stream=none", "all", "all/?q=of", "mine", "waiting")
    for path in ("/desk/", *(f"/desk/{view.rstrip('/')}" for view in lists)):
        path = path if "?" in path or path.endswith("/") else f"{path}/"
        for name in (*STAFF, *STAFF):
            browser = desk.browser(name, language)
            alone, given = desk.ask(browser, path), desk.redrawn(browser, path)
            assert standing_still(given) == standing_still(alone), (path, name)
            assert "csrfmiddlewaretoken" not in given
    assert desk.hits() > before


def test_a_list_says_whose_rows_are_and_shows_a_change_at_once(desk: Desk) -> None:
    mine = desk.opened("Link down")
    ownership.take_ticket(mine, by=desk.house.actor("run_engineer"))
    browsers = [desk.browser(name) for name in ("run_engineer", "desk_agent")]
    first, second = (desk.redrawn(one) for one in browsers)
    assert first == second
    assert f'data-owner="{desk.house.people["run_engineer"].pk}"' in first
    assert "data-mine" not in first
    desk.opened("Another one")
    assert all("Another one" in desk.redrawn(one) for one in browsers)


READERS = ("desk_agent", "run_engineer")
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["open", "take", "hide", "show", "watch"]),
        st.sampled_from(READERS),
        st.integers(0, 3),
    ),
    min_size=3,
    max_size=7,
)


@tried(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_nobody_is_ever_shown_what_he_may_not_see_or_misses_what_he_may(
    desk: Desk, acts: list[tuple[str, str, int]]
) -> None:
    tickets = [desk.opened(f"Story {number}") for number in range(2)]
    browsers = {name: [desk.browser(name), desk.browser(name, "fr")] for name in READERS}
    for act, name, place in acts:
        ticket, by = tickets[place % len(tickets)], desk.house.actor(name)
        if act == "open":
            tickets.append(desk.opened(f"Story {len(tickets)}"))
        elif act == "take":
            with suppress(NotFound, Conflict):
                ownership.take_ticket(ticket, by=by)
        elif act in ("hide", "show"):
            ticket_metadata.set_confidential(ticket, act == "hide", by=MAKER)
        elif act == "watch":
            ticket_metadata.add_watcher(ticket, by=MAKER, person=desk.house.people[name])
        for reader, own in browsers.items():
            seen = Ticket.objects.visible_to(desk.house.actor(reader))
            expected = set(seen.filter(pk__in=[one.pk for one in tickets]).values_list("pk"))
            for browser in own:
                drawn = desk.redrawn(browser)
                shown = {(one.pk,) for one in tickets if f'"desk-ticket-{one.pk}-line"' in drawn}
                assert shown == expected, (act, name, reader)
