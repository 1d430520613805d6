"""Many who listen are told at moments of their own, and none more often than the calm."""

import asyncio
import json
from typing import Any, cast

import pytest

from opale.kernel.actor import ANONYMOUS, EVERYTHING, Actor
from opale.kernel.live_topics import Cursor
from opale.ui import live
from opale.ui.live import CALM_SECONDS, LONGEST_CALM_SECONDS, Listener, LiveStreams, Stream
from opale.ui.live_feed import ChangeBatch, ChangeFeed

HOLDS = 3.0
"""Seconds within which everything is to be seen, the asking and drawing included."""
READER = Listener("", Actor("person", "a", "a", {"topic.read": EVERYTHING}))


async def nobody(_cookie: str) -> Listener | None:
    return None


def listening(number: int) -> LiveStreams:
    streams = LiveStreams(ChangeFeed(""), nobody)
    streams.streams = {Stream(READER, Cursor(0, 0)) for _ in range(number)}
    return streams


def said(number: int) -> ChangeBatch:
    cursor = Cursor(number, number)
    return ChangeBatch(cursor, [(cursor, f"topic.{number}", None)])


def test_the_calm_grows_with_those_who_listen_and_stays_below_what_is_promised() -> None:
    few, some, many, crowd = (listening(n).calm for n in (3, 50, 150, 2000))
    assert few == CALM_SECONDS
    assert few < some < many == crowd == LONGEST_CALM_SECONDS
    assert 2 * crowd < HOLDS


class Chance:
    """Hurries: what is to last a minute lasts hundredths of a second."""

    def __init__(self, moment: float = 0.5) -> None:
        self.asked: set[tuple[float, float]] = set()
        self.moment = moment

    def uniform(self, least: float, most: float) -> float:
        self.asked.add((least, most))
        return 0.0005

    def random(self) -> float:
        return self.moment


def test_a_stream_asks_whose_it_is_before_a_minute_is_over_and_not_with_all_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance, listener = Chance(), Listener("", ANONYMOUS)
    monkeypatch.setattr(live, "CHANCE", chance)

    async def story() -> None:
        asked = asyncio.Semaphore(0)

        async def authenticate(_cookie: str) -> Listener | None:
            asked.release()
            return listener

        streams = LiveStreams(ChangeFeed(""), authenticate)
        watching = asyncio.create_task(streams._watch(Stream(listener, Cursor(0, 0)), ""))
        async with asyncio.timeout(20):
            await asked.acquire()
            await asked.acquire()
        watching.cancel()

    asyncio.run(story())
    ((least, most),) = chance.asked
    assert 0.5 <= least < most < 1


@pytest.mark.parametrize("moment", [0.0, 0.3, 1.0])
def test_a_stream_is_told_in_its_moment_of_the_calm_of_all_that_was_said_until_then(
    monkeypatch: pytest.MonkeyPatch, moment: float
) -> None:
    monkeypatch.setattr(live, "CHANCE", Chance(moment))
    streams = listening(40)
    slept: list[float] = []
    told: list[dict[str, Any]] = []

    async def sleep(seconds: float) -> None:
        """While the stream waits for its moment, more is said."""
        slept.append(seconds)
        if len(slept) == 1:
            streams.tell(said(2))

    async def story() -> None:
        one = next(iter(streams.streams))
        done = asyncio.Event()

        async def send(message: Any) -> None:
            head, _, data = message["body"].decode().partition("data: ")
            if "event: change" in head:
                told.append(json.loads(data) | {"place": head.split()[1]})
                streams.tell(said(3)) if len(told) == 1 else done.set()

        monkeypatch.setattr(asyncio, "sleep", sleep)
        saying = asyncio.create_task(streams._say(one, "", cast(Any, send)))
        streams.tell(said(1))
        async with asyncio.timeout(20):
            await done.wait()
        saying.cancel()

    asyncio.run(story())
    assert [one["topics"] for one in told] == [["topic.1", "topic.2"], ["topic.3"]]
    assert told[0]["place"] == "2-2"
    assert told[0]["calm"] == round(streams.calm * 1000)
    assert slept[:2] == pytest.approx([streams.calm * moment, streams.calm * (1 - moment)])


def test_who_holds_the_same_rights_hears_what_was_found_out_once() -> None:
    def agent(name: str) -> Listener:
        return Listener(name, Actor("person", name, name, {"topic.read": EVERYTHING}))

    one, other, stranger = agent("a"), agent("b"), Listener("c", ANONYMOUS)
    assert one.rights is other.rights is not stranger.rights
    told = said(1)
    assert one.hears(told) == other.hears(told) == ("topic.1",)
    assert stranger.hears(told) == ()
    assert told.once(one.rights, lambda *_: False) == ("topic.1",)


def test_one_login_leaves_the_streams_to_the_others() -> None:
    """Listeners are named by the cookie: `2.1` is the first session of the second login."""

    async def authenticate(cookie: str) -> Listener:
        user, _, _session = cookie.partition(".")
        return Listener(cookie, Actor("contact", user, user, {}, user_id=int(user)))

    async def story() -> None:
        streams = LiveStreams(ChangeFeed(""), authenticate)
        open_: list[asyncio.Task[None]] = []

        async def status(cookie: str) -> int:
            """Open a stream, which goes on where it is not refused."""
            found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

            async def send(message: Any) -> None:
                if message["type"] == "http.response.start":
                    found.set_result(message["status"])

            async def receive() -> Any:
                await asyncio.Event().wait()

            scope = {
                "method": "GET",
                "query_string": b"",
                "headers": [(b"cookie", cookie.encode())],
            }
            open_.append(asyncio.create_task(streams(scope, receive, send)))
            return await asyncio.wait_for(found, 20)

        per_session = [await status("1.1") for _ in range(live.STREAMS_PER_SESSION + 1)]
        assert per_session == [200] * live.STREAMS_PER_SESSION + [429]
        others = live.STREAMS_PER_LOGIN - live.STREAMS_PER_SESSION
        assert {await status(f"1.{number + 2}") for number in range(others)} == {200}
        assert await status("1.1000") == 429
        assert await status("2.1") == 200, "others are not concerned"
        streams.stop()
        await asyncio.wait_for(asyncio.gather(*open_), 20)
        assert not streams.open
        streams.stopping = False
        assert await status("1.1") == 200
        streams.stop()
        await asyncio.gather(*open_)

    asyncio.run(story())
