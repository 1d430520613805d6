"""The live stream over a real socket: nothing is missed, nothing is told to the wrong people."""

import asyncio
import json
import math
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker
from tests.personas import Personas, make_personas
from tests.serving import PATIENCE, EventStream, Server, cut, eventually, serving

from opale.kernel import live_topics
from opale.kernel.attribution import attributed
from opale.kernel.clock import travel
from opale.organisation.models import User
from opale.ui import live_feed
from opale.web.dispatcher import conninfo

pytestmark = pytest.mark.xdist_group("web-live")

QUICK = 10.0


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    with django_db_blocker.unblock(), serving() as served:
        yield served


@pytest.fixture(scope="module")
def house(server: Server) -> Personas:
    return make_personas()


def session_of(house: Personas, name: str) -> str:
    return house.client(name).cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def agent(server: Server, house: Personas) -> Iterator[EventStream]:
    stream = EventStream(server, session_of(house, "desk_agent"))
    yield stream
    stream.close()


def test_a_change_is_heard_at_once(agent: EventStream) -> None:
    live_topics.publish("desk.ticket:1")
    assert agent.hears("desk.ticket:1", QUICK)


@pytest.mark.django_db(transaction=True)
def test_what_follows_a_waking_is_read_though_nobody_wakes_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_feed, "POLL_SECONDS", 3_600.0)
    monkeypatch.setattr(live_topics, "NOTIFY_EVERY_SECONDS", 3_600.0)
    heard: list[str] = []

    async def listening() -> None:
        feed = live_feed.ChangeFeed(conninfo())
        feed.subscribe(lambda said: heard.extend(topic for _, topic, _ in said.changes))
        feed.listen(anybody=True)
        feed.start()
        await feed.ready.wait()
        monkeypatch.setattr(live_topics.LastNotification, "at", -math.inf)
        await asyncio.to_thread(touch_twice)
        while len(heard) < 2:
            await asyncio.sleep(0.01)
        await feed.stop()

    def touch_twice() -> None:
        live_topics.publish("desk.ticket:5")
        live_topics.publish("desk.ticket:6")
        connection.close()

    asyncio.run(asyncio.wait_for(listening(), PATIENCE))
    assert heard == ["desk.ticket:5", "desk.ticket:6"]


@pytest.mark.django_db(transaction=True)
def test_who_comes_to_listen_hears_what_nobody_was_there_to_hear(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_feed, "POLL_SECONDS", 3_600.0)
    heard: list[str] = []

    async def listening() -> None:
        feed = live_feed.ChangeFeed(conninfo())
        feed.subscribe(lambda said: heard.extend(topic for _, topic, _ in said.changes))
        feed.start()
        await feed.ready.wait()
        monkeypatch.setattr(live_topics.LastNotification, "at", -math.inf)
        await asyncio.to_thread(touch)
        assert not heard, "nobody listens"
        feed.listen(anybody=True)
        while not heard:
            await asyncio.sleep(0.01)
        await feed.stop()

    def touch() -> None:
        live_topics.publish("desk.ticket:7")
        connection.close()

    asyncio.run(asyncio.wait_for(listening(), PATIENCE))
    assert heard == ["desk.ticket:7"]


def test_nobody_hears_without_a_session(server: Server) -> None:
    assert server.ask("GET", "/live")[0] == 401
    assert server.ask("GET", "/live", Cookie=f"{settings.SESSION_COOKIE_NAME}=guess")[0] == 401
    assert server.ask("POST", "/live")[0] == 405


def test_what_was_missed_is_told_after_a_reconnect(server: Server, house: Personas) -> None:
    session = session_of(house, "desk_agent")
    first = EventStream(server, session)
    live_topics.publish("desk.ticket:2")
    assert first.hears("desk.ticket:2")
    first.close()
    live_topics.publish("desk.ticket:3")
    again = EventStream(server, session, last=first.last)
    assert again.hears("desk.ticket:3", QUICK)
    again.close()
    by_address = EventStream(server, session, path=f"/live?after={first.last}")
    assert by_address.hears("desk.ticket:3", QUICK)
    by_address.close()


def test_a_late_commit_is_not_missed(server: Server, house: Personas) -> None:
    stream = EventStream(server, session_of(house, "desk_agent"))
    with psycopg.connect(conninfo()) as slow:
        slow.execute("INSERT INTO kernel_change (topic) VALUES ('desk.ticket:10')")
        live_topics.publish("desk.ticket:11")
        assert stream.hears("desk.ticket:11", QUICK), "a slow transaction holds nobody up"
        place = stream.last
        slow.commit()
    assert stream.hears("desk.ticket:10", QUICK)
    stream.close()
    again = EventStream(server, session_of(house, "desk_agent"), last=place)
    assert again.hears("desk.ticket:10", QUICK)
    again.close()


@pytest.mark.parametrize("place", ["nonsense", "1-", "99999999999-1", "²-²", "1" * 60 + "-1"])
def test_an_unknown_place_means_reading_everything_again(
    server: Server, house: Personas, place: str
) -> None:
    session = session_of(house, "desk_agent")
    stream = EventStream(server, session, last=place)
    assert stream.next()[0] == "reset"
    stream.close()


def test_a_place_from_before_what_was_forgotten_means_reading_everything_again(
    server: Server, house: Personas
) -> None:
    session = session_of(house, "desk_agent")
    first = EventStream(server, session)
    first.close()
    live_topics.publish("desk.ticket:20")
    with travel(live_topics.KEPT_FOR * 2):
        live_topics.delete_expired()
    again = EventStream(server, session, last=first.last)
    assert again.next()[0] == "reset"
    again.close()


def test_a_contact_hears_only_of_its_own_customer(server: Server, house: Personas) -> None:
    own = EventStream(server, session_of(house, "customer_contact"))
    foreign = EventStream(server, session_of(house, "foreign_contact"))
    live_topics.publish("desk.ticket:30")
    live_topics.publish("desk.ticket:31", customer_id=house.customer.pk)
    live_topics.publish("desk.ticket:32", customer_id=house.other_customer.pk)
    assert own.next()[1]["topics"] == ["desk.ticket:31"]
    assert foreign.next()[1]["topics"] == ["desk.ticket:32"]
    own.close()
    foreign.close()


def test_a_topic_is_heard_with_the_right_to_read_it(server: Server, house: Personas) -> None:
    colleague = EventStream(server, session_of(house, "group_colleague"))
    live_topics.publish("events.board", "organisation.teams")
    assert colleague.next()[1]["topics"] == ["organisation.teams"]
    colleague.close()


def test_a_revoked_session_loses_its_stream_at_once(server: Server, house: Personas) -> None:
    session = session_of(house, "desk_agent")
    stream = EventStream(server, session)
    with transaction.atomic():
        Session.objects.filter(session_key=session).delete()
        live_topics.publish(f"session:{session}")
    # What others changed meanwhile may be told before the end, and nothing after it.
    heard = list(iter(lambda: stream.next(QUICK)[0], ""))
    assert heard[-1] == "session-ended"
    assert set(heard[:-1]) <= {"change"}


def test_a_deactivated_user_loses_the_stream_at_once(server: Server, house: Personas) -> None:
    user = house.users["provisioner"]
    stream = EventStream(server, session_of(house, "provisioner"))
    with attributed(house.actor("administrator")):
        User.objects.filter(pk=user.pk).update(is_active=False)
        live_topics.publish(f"organisation.user:{user.pk}")
    heard = [stream.next(QUICK)[0], stream.next(QUICK)[0]]
    assert "session-ended" in heard


def test_the_stream_heals_when_its_connection_is_cut(server: Server, agent: EventStream) -> None:
    assert cut("application_name = 'opale-live'") >= 1
    live_topics.publish("desk.ticket:40")
    assert agent.hears("desk.ticket:40")


def test_the_process_lives_and_says_what_it_lacks(server: Server) -> None:
    assert server.ask("GET", "/healthz")[0] == 200
    status, body, _ = server.ask("GET", "/readyz")
    assert (status, b'"database": "ok"' in body, b'"migrations": "ok"' in body) == (503, True, True)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
        cursor.execute(
            "INSERT INTO kernel_heartbeat (process, kind, started_at, beaten_at)"
            " VALUES ('worker@here', 'worker', now(), now())"
        )
    assert eventually(lambda: server.ask("GET", "/readyz")[0] == 200)


def test_metrics_are_told_as_prometheus_reads_them(server: Server) -> None:
    status, body, headers = server.ask("GET", "/metrics")
    assert status == 200
    assert headers["content-type"].startswith("text/plain; version=0.0.4")
    assert b"opale_http_request_seconds_bucket" in body
    assert b"opale_database_up 1.0" in body


def test_a_page_is_answered_by_django_and_a_chunked_body_arrives(server: Server) -> None:
    status, _page, headers = server.ask("GET", "/account/login/")
    assert status == 200
    cookie = headers["set-cookie"].partition(";")[0]
    form = f"csrfmiddlewaretoken={cookie.partition('=')[2]}&login=a%40b.example&password=x"
    chunks = iter([form[:20].encode(), form[20:].encode()])
    status, page, _ = server.ask(
        "POST",
        "/account/login/",
        chunks,
        Content_Type="application/x-www-form-urlencoded",
        Cookie=cookie,
    )
    assert (status, b"a@b.example" in page) == (200, True), "the form came with what was typed"


def test_a_body_that_is_too_large_is_refused_before_it_is_read(server: Server) -> None:
    announced = str(settings.BODY_LIMIT + 1)
    assert server.ask("POST", "/account/login/", b"", Content_Length=announced)[0] == 413


@pytest.mark.parametrize("announced", [True, False])
def test_who_sends_fifty_megabytes_to_the_last_byte_reads_why_they_are_refused(
    server: Server, announced: bool
) -> None:
    chunk, count = b"x" * (1 << 20), 50
    body = chunk * count if announced else (chunk for _number in range(count))
    status, said, headers = server.ask("POST", "/api/v1/tickets/1/attachments", body)
    problem = json.loads(said)
    assert (status, problem["status"], problem["code"]) == (413, 413, "too_large")
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"
    assert server.answers()
