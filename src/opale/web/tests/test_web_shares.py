"""Live streams are shared by the processes that answer, also after one of them died."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import psutil
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.plugin import DjangoDbBlocker
from tests.personas import make_personas
from tests.serving import EventStream, Server, eventually, serving

from opale.kernel import live_topics
from opale.kernel.actor import ANONYMOUS
from opale.kernel.asgi import Message, Receive, Scope, Send, answer_json
from opale.kernel.live_topics import Cursor
from opale.ui.live import Listener, LiveStreams, Stream
from opale.ui.live_feed import ChangeFeed
from opale.web import shares
from opale.web.dispatcher import Dispatcher
from opale.web.shares import AT_ONCE, BELIEVED_SECONDS, CHANCE, Shares, Table, above

HOLDS = st.integers(0, 2_000)


@given(st.lists(HOLDS, min_size=1, max_size=16))
def test_some_are_let_go_where_one_holds_many_more_than_its_share(by_all: list[int]) -> None:
    share = sum(by_all) / len(by_all)
    found = [above(held, by_all) for held in by_all]
    assert all(held - let_go >= share for held, let_go in zip(by_all, found, strict=True) if let_go)
    if max(by_all) - share > CHANCE * share**0.5 + 1:
        assert any(found)


@given(HOLDS)
def test_who_is_alone_keeps_all(held: int) -> None:
    assert above(held, [held]) == 0


def test_what_chance_makes_of_shares_is_left_alone() -> None:
    assert above(173, [173, 127]) == 0
    assert above(175, [175, 125]) == 25
    assert above(9, [9, 0]) == 4
    assert above(8, [8, 0]) == 0


async def nobody(_cookie: str) -> Listener | None:
    return None


def holding(number: int, tables: "tuple[Table, Table]", process: int) -> Shares:
    live = LiveStreams(ChangeFeed(""), nobody, process)
    for key in range(number):
        add(live, key)
    return Shares(live, *tables, process)


def add(live: LiveStreams, key: int) -> None:
    listener = Listener(str(key), ANONYMOUS, f"contact {key}")
    live.rounds[listener.round].streams.add(Stream(listener, Cursor(0, 0)))


def over(held: Shares) -> int:
    """How many were let go: they are gone then."""
    gone = 0
    for one in held.live.rounds:
        ended = {stream for stream in one.streams if stream.over.is_set()}
        one.streams -= ended
        gone += len(ended)
    return gone


@given(st.integers(0, 9_999))
def test_a_process_that_follows_a_dead_one_has_its_share_after_a_while(seed: int) -> None:
    chance, tables = Random(seed), (Table(), Table())
    old, new = holding(300, tables, 7), holding(0, tables, 8)
    for looks in range(60):
        new.look()
        old.look()
        gone = over(old)
        assert gone <= AT_ONCE
        assert over(new) == 0
        if looks and not gone:
            break
        for key in range(gone):
            add(chance.choice((old, new)).live, key)
    left = len(old.live.streams)
    assert left + len(new.live.streams) == 300
    assert 0 <= left - 150 <= CHANCE * 150**0.5


@given(st.integers(0, 9_999))
def test_so_have_the_connections_over_which_parts_are_drawn_again(seed: int) -> None:
    chance, tables = Random(seed), (Table(), Table())
    old, new = holding(0, tables, 7), holding(0, tables, 8)
    by = dict.fromkeys(range(300), old)
    for looks in range(60):
        kept = 0
        for client, process in by.items():
            if process.keeps(("192.0.2.1", client)):
                kept += 1
            else:
                by[client] = chance.choice((old, new))
        assert 300 - kept <= AT_ONCE
        if looks > 1 and kept == 300:
            break
        new.look()
        old.look()
    assert abs(list(by.values()).count(old) - 150) <= CHANCE * 150**0.5


def test_what_a_dead_process_said_is_believed_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    tables, now = (Table(), Table()), 1_000.0
    monkeypatch.setattr(shares, "monotonic", lambda: now)
    dead, alive = holding(0, tables, 7), holding(100, tables, 8)
    dead.look()
    alive.look()
    assert over(alive) == AT_ONCE
    now += BELIEVED_SECONDS
    alive.look()
    assert over(alive) == 0


def test_a_process_with_too_many_of_them_closes_connections_after_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def page(_scope: Scope, _receive: Receive, send: Send) -> None:
        await answer_json(send, 200, {})

    async def receive() -> Message:
        raise AssertionError("a page without a body")

    served = Dispatcher(lambda _environ, _start: [])
    monkeypatch.setattr(served, "pages", page)

    def connection(*headers: tuple[bytes, bytes]) -> bytes | None:
        told: list[Message] = []

        async def send(message: Message) -> None:
            told.append(message)

        asked = {"type": "http", "method": "GET", "path": "/", "query_string": b""}
        asyncio.run(served(asked | {"headers": headers}, receive, send))
        return dict(told[0]["headers"]).get(b"connection")

    redrawn = (b"opale-redrawn", b"now")
    assert connection(redrawn) is None
    served.shares.closing = 1
    assert connection() is None
    assert connection(redrawn) == b"close"
    assert connection(redrawn) is None


def taken(server: Server, status: str = psutil.CONN_ESTABLISHED) -> dict[int, int]:
    """Connections of the server's port by process, where there are any."""
    assert server.process
    return Counter(
        child.pid
        for child in psutil.Process(server.process.pid).children()
        for one in child.net_connections("tcp4")
        if one.status == status and one.laddr[1] == server.port
    )


def opened_again(streams: list[EventStream], server: Server, session: str) -> dict[int, int]:
    """Streams that ended, as by browsers; what is taken then."""
    for place, stream in enumerate(streams):
        if not stream.thread.is_alive():
            streams[place] = EventStream(server, session, last=stream.last)
    return taken(server)


@contextmanager
def stopped(process: int) -> Iterator[None]:
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")
def test_browsers_of_a_process_that_died_come_to_the_one_that_follows_it(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> None:
    with django_db_blocker.unblock(), serving(2, OPALE_DATA=str(tmp_path)) as server:
        assert server.process
        session = make_personas().client("desk_agent").cookies[settings.SESSION_COOKIE_NAME].value
        assert eventually(lambda: len(taken(server, psutil.CONN_LISTEN)) == 2)
        dead, lives = taken(server, psutil.CONN_LISTEN)
        streams = [EventStream(server, session) for _ in range(24)]
        with stopped(server.process.pid):  # so that all of them are there before the next is
            os.kill(dead, signal.SIGKILL)
            assert eventually(lambda: opened_again(streams, server, session) == {lives: 24})
        assert eventually(
            lambda: sum((now := opened_again(streams, server, session)).values()) - now[lives] >= 5
        )
        assert eventually(lambda: sum(opened_again(streams, server, session).values()) == 24)
        live_topics.publish("desk.ticket:1")
        assert all(stream.hears("desk.ticket:1") for stream in streams)
        for stream in streams:
            stream.close()
