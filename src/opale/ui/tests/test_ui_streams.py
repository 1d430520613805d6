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
