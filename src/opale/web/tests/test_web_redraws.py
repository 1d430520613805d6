"""What is asked for after a change: drawn once for all who see the same, and for nobody else."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import QueryDict
from tests.personas import Personas
from tests.serving import EventStream, eventually

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.capped_counts import CountStatement
from opale.kernel.live_topics import Cursor
from opale.kernel.rows import rows_of
from opale.kernel.snapshots import NOW
from opale.organisation.web.middleware import KNOWN_LOGIN
from opale.ui import redrawing
from opale.ui.live import REAUTHORISE_SECONDS
from opale.ui.live_feed import ChangeBatch
from opale.web import drawings, redraws, session_cache
from opale.web.drawings import Wanted
from opale.web.redraws import Redraws
from opale.web.session_cache import SessionCache
from opale.web.tests.test_web_live import house, server, session_of

__all__ = ["house", "server"]
RAIL = "/ui/rail/"


class Pages:
    """Django's place: each answer is another one, and says for whom it was drawn."""

    def __init__(self) -> None:
        self.drawn = 0
        self.headers: list[tuple[str, str]] = []
        self.known: list[Any] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.drawn += 1
        self.known.append(environ.get(KNOWN_LOGIN))
        start("200 OK", [("Content-Type", "text/html"), *self.headers])
        marked = redrawing.mark("number") if redrawing.FOR_MANY in environ else "its own"
        return [f"drawing {self.drawn}: {marked}".encode()]


class Front:
    """Redraws before such pages, and browsers that ask it."""

    def __init__(self, personas: Personas) -> None:
        self.personas, self.pages, self.listened = personas, Pages(), True
        self.redraws = Redraws(self.pages, SessionCache(), lambda: self.listened)
        self.told = rows_of(NOW)[0][0]

    def browser(self, persona: str, *, language: str = "en") -> str:
        session = self.personas.client(persona).cookies[settings.SESSION_COOKIE_NAME].value
        name = settings.LANGUAGE_COOKIE_NAME
        return f"{settings.SESSION_COOKIE_NAME}={session}; {name}={language}"

    def ask(self, cookie: str, path: str = RAIL, **more: str) -> str:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "at=/desk/"}
        environ |= {"HTTP_OPALE_REDRAWN": self.told, "HTTP_COOKIE": cookie, **more}
        return b"".join(self.redraws(environ, lambda *_: None)).decode()

    def known(self, persona: str, *, language: str = "en") -> str:
        """A browser that has been seen already."""
        cookie = self.browser(persona, language=language)
        self.ask(cookie, "/ui/offline/")
        self.pages.drawn = 0
        return cookie


class Counts:
    """What the rail counts, instead of a question to the database."""

    shown = 1
    alone = False
    """Whether whoever asks reads alone."""

    def ask(self) -> Sequence[int]:
        return [self.shown]


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counts:
    """The number of whoever asks stands in the place of the mark, however old the drawing."""
    found = Counts()

    def his(said: Sequence[int]) -> redrawing.Owned | None:
        return None if found.alone else {"number": str(said[0])}

    def owned(_actor: Actor, _query: QueryDict) -> redrawing.Asked:
        return redrawing.Asked(cast(CountStatement, found), his)

    part = redrawing.Part(lambda actor: tuple(actor.grants), owned, revoked_by="rail.tried")
    monkeypatch.setitem(redrawing._parts, "ui_rail", part)
    return found


@pytest.fixture
def front(personas: Personas, monkeypatch: pytest.MonkeyPatch, counts: Counts) -> Front:
    class Kept:
        @staticmethod
        def close() -> None:
            """The transaction of the test goes on."""

    monkeypatch.setattr(redraws, "connection", Kept)
    monkeypatch.setattr(session_cache, "connection", Kept)
    return Front(personas)


@pytest.mark.django_db
def test_one_drawing_is_for_all_who_see_the_same_with_what_is_their_own(
    front: Front, counts: Counts
) -> None:
    first, second = front.known("desk_agent"), front.known("desk_agent")
    assert [front.ask(first), front.ask(second), front.ask(first)] == ["drawing 1: 1"] * 3
    counts.shown = 2
    assert [front.ask(second), front.ask(first)] == ["drawing 1: 2"] * 2


@pytest.mark.django_db
def test_whoever_was_told_of_more_than_a_drawing_shows_gets_another(front: Front) -> None:
    agent, (xmin, xmax, _running) = front.known("desk_agent"), front.told.split(":")
    assert front.ask(agent) == front.ask(agent) == "drawing 1: 1"
    front.told = f"{xmin}:{int(xmax) + 1_000_000}:"
    assert front.ask(agent) == "drawing 2: 1"


@pytest.mark.django_db
@pytest.mark.parametrize("told", ["now", "1", "", "x:y:"])
def test_whoever_wants_what_is_now_gets_what_was_drawn_since(front: Front, told: str) -> None:
    agent = front.known("desk_agent")
    front.told = told
    assert [front.ask(agent), front.ask(agent)] == ["drawing 1: 1", "drawing 2: 1"]


@pytest.mark.django_db
def test_a_drawing_gets_old(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = front.known("desk_agent")
    front.ask(agent)
    later = monotonic() + drawings.KEPT_SECONDS
    monkeypatch.setattr(drawings, "monotonic", lambda: later)
    assert front.ask(agent) == "drawing 2: 1"


@pytest.mark.django_db
def test_a_part_that_is_still_is_new_enough_for_all(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = replace(redrawing._parts["ui_rail"], still=True)
    monkeypatch.setitem(redrawing._parts, "ui_rail", part)
    agent = front.known("desk_agent")
    front.ask(agent)
    front.told = "now"
    assert front.ask(agent) == "drawing 1: 1"


@pytest.mark.django_db
@pytest.mark.parametrize("still", [True, False])
def test_whoever_reads_alone_shares_with_his_own_browsers_and_with_nobody_else(
    front: Front, counts: Counts, monkeypatch: pytest.MonkeyPatch, still: bool
) -> None:
    part = replace(redrawing._parts["ui_rail"], alike=lambda _actor: "all", still=still)
    monkeypatch.setitem(redrawing._parts, "ui_rail", part)
    first, second = front.known("desk_agent"), front.known("desk_agent")
    other = front.known("service_manager")
    assert front.ask(other) == "drawing 1: 1"
    counts.alone = True
    assert [front.ask(first), front.ask(second)] == ["drawing 2: its own"] * 2
    assert front.ask(other) == "drawing 3: its own"
    front.told = "now"
    assert front.ask(first) == "drawing 4: its own"
    counts.alone = False
    assert front.ask(first) == ("drawing 1: 1" if still else "drawing 5: 1")


@pytest.mark.django_db(transaction=True)  # what a transaction wrote itself is in its snapshots
def test_what_some_may_see_no_more_is_drawn_again(front: Front) -> None:
    agent = front.known("desk_agent")
    front.ask(agent)
    live_topics.publish("rail.others")
    assert front.ask(agent) == "drawing 1: 1"
    live_topics.publish("rail.tried")
    assert front.ask(agent) == "drawing 2: 1"


@pytest.mark.django_db
def test_other_rights_another_language_and_another_place_are_another_drawing(front: Front) -> None:
    agent, french = front.known("desk_agent"), front.known("desk_agent", language="fr")
    manager = front.known("service_manager")
    answers = [front.ask(agent), front.ask(french), front.ask(manager)]
    answers.append(front.ask(agent, QUERY_STRING="at=/alerts/"))
    answers.append(front.ask(agent, HTTP_HX_TARGET="o-beside"))
    assert len(set(answers)) == len(answers)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Set-Cookie", "HX-Trigger"])
def test_what_is_meant_for_one_browser_is_given_to_no_other(front: Front, name: str) -> None:
    front.pages.headers = [(name, "its own")]
    agent = front.known("desk_agent")
    assert [front.ask(agent), front.ask(agent)] == ["drawing 1: 1", "drawing 2: 1"]


@pytest.mark.django_db
def test_a_part_of_which_nobody_said_that_it_is_shared_is_drawn_for_each(front: Front) -> None:
    agent = front.known("desk_agent")
    assert front.ask(agent, "/desk/presence/") != front.ask(agent, "/desk/presence/")
    user, actor = front.pages.known[-1]
    assert (user.pk, actor.user_id) == (front.personas.users["desk_agent"].pk,) * 2


@pytest.mark.django_db
def test_what_a_customers_contact_sees_is_read_under_its_own_role(front: Front) -> None:
    contact = front.known("customer_contact")
    assert front.ask(contact) != front.ask(contact)


@pytest.mark.django_db
def test_whoever_is_not_known_goes_the_whole_way(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = front.browser("desk_agent")
    front.ask(agent)
    front.ask(agent)
    assert [known is not None for known in front.pages.known] == [False, True]
    later = monotonic() + REAUTHORISE_SECONDS
    monkeypatch.setattr(session_cache, "monotonic", lambda: later)
    front.ask(agent)
    assert front.pages.known[-1] is None, "who it is has not been asked for a minute"


def test_what_each_asks_is_made_anew_each_minute_and_not_for_all_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [datetime(2026, 11, 28, 12, tzinfo=UTC)]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    changed: dict[int, list[int]] = {}
    states: dict[int, object] = {}
    for second in range(121):
        for pk in range(20):
            reader: Any = SimpleNamespace(user=SimpleNamespace(pk=pk))
            wanted = Wanted(cast("Any", None), {}, reader, RAIL, "", (), None, 0.0)
            state = wanted.made_in(7)
            assert wanted.made_in(8) != state
            if states.setdefault(pk, state) != state:
                states[pk] = state
                changed.setdefault(pk, []).append(second)
        now[0] += timedelta(seconds=1)
    assert {len(seconds) for seconds in changed.values()} == {2}
    assert {late - early for early, late in changed.values()} == {60}
    assert len({early for early, _late in changed.values()}) > 5


@pytest.mark.django_db
def test_where_nobody_hears_of_a_login_nobody_is_known(front: Front) -> None:
    agent = front.known("desk_agent")
    front.listened = False
    assert front.ask(agent) != front.ask(agent)
    assert front.pages.known[-2:] == [None, None]


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["session:{session}", "organisation.user:{user}"])
def test_a_login_that_changed_is_looked_at_again(front: Front, said: str) -> None:
    agent, other = front.known("desk_agent"), front.known("service_manager")
    door = front.redraws.door
    reader = door.readers[agent]
    topic = said.format(session=reader.listener.session_key, user=reader.user.pk)
    door.forget(ChangeBatch(Cursor(2, 1), [(Cursor(1, 1), topic, None)]))
    assert (agent in door.readers, other in door.readers) == (
        False,
        True,
    )


@pytest.mark.django_db
def test_what_was_read_before_a_login_changed_is_not_kept_after_it(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, door = front.browser("desk_agent"), front.redraws.door
    read = door.login

    def overtaken(cookie: str) -> Any:
        found = read(cookie)
        door.forget(ChangeBatch(Cursor(2, 1), [(Cursor(1, 1), "organisation.user:0", None)]))
        return found

    monkeypatch.setattr(door, "login", overtaken)
    assert door.look(agent) is not None
    assert door.known(agent) is None


@pytest.mark.django_db
def test_whoever_opened_a_stream_is_known(front: Front) -> None:
    agent = front.browser("desk_agent")
    front.redraws.door.identify(agent)
    front.ask(agent, "/desk/all/")
    assert front.pages.known[-1] is not None


def test_a_revoked_session_is_answered_no_more(server: Any, house: Personas) -> None:
    session = session_of(house, "desk_agent")
    stream = EventStream(server, session)
    asked = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}
    asked |= {"Opale-Redrawn": "1", "HX-Request": "true"}

    def rail() -> bytes:
        return bytes(server.ask("GET", f"{RAIL}?at=/desk/", **asked)[1])

    whole_way = rail()
    assert b'href="/desk/"' in whole_way
    assert rail() == rail() == whole_way
    Session.objects.filter(session_key=session).delete()
    live_topics.publish(f"session:{session}")
    assert eventually(lambda: b'href="/desk/"' not in rail())
    stream.close()
