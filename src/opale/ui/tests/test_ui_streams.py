"""Many who listen are told one after the other, and those who see the same together."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.kernel.actor import ANONYMOUS, EVERYTHING, Actor
from opale.kernel.live_topics import Cursor
from opale.ui import live
from opale.ui.live import (
    CALM_SECONDS,
    LONGEST_CALM_SECONDS,
    ROUNDS,
    SPREAD,
    Listener,
    LiveStreams,
    Round,
    Stream,
)
from opale.ui.live_feed import ChangeBatch, ChangeFeed

HOLDS = 2.0
"""Seconds within which everything is to be seen, the asking and drawing included."""


async def nobody(_cookie: str) -> Listener | None:
    return None


def listening(number: int) -> LiveStreams:
    streams = LiveStreams(ChangeFeed(""), nobody)
    for key in range(number):
        listener = Listener(str(key), ANONYMOUS, f"contact {key}")
        streams.rounds[listener.round].streams.add(Stream(listener, Cursor(0, 0)))
    return streams


def said(number: int, seen: str = "") -> ChangeBatch:
    cursor = Cursor(number, number)
    return ChangeBatch(cursor, [(cursor, f"topic.{number}", None)], seen)


def test_the_calm_grows_with_those_who_listen_and_stays_below_what_is_promised() -> None:
    few, some, many, crowd = (listening(n).calm for n in (3, 20, 150, 2000))
    assert few == CALM_SECONDS
    assert few < some < many == crowd == LONGEST_CALM_SECONDS
    assert crowd * (1 + SPREAD) < HOLDS


def test_those_who_listen_are_told_all_over_the_calm() -> None:
    streams = listening(100)
    assert all(one.streams for one in streams.rounds)
    first, *others = (one.phase for one in streams.rounds)
    later = [(phase - first) % 1 for phase in others]
    assert later == pytest.approx([n / ROUNDS for n in range(1, ROUNDS)])


@given(first=st.integers(1, 4_000_000), processes=st.integers(2, 8))
def test_processes_that_were_started_together_tell_at_moments_of_their_own(
    first: int, processes: int
) -> None:
    moments = sorted(
        LiveStreams(ChangeFeed(""), nobody, first + n).rounds[0].phase for n in range(processes)
    )
    apart = [(late - early) % 1 for early, late in pairwise([*moments, moments[0]])]
    assert min(apart) > 1 / (3 * processes)


def test_languages_that_the_desk_speaks_are_told_at_different_moments() -> None:
    spoken = ("en Europe/Paris", "fr Europe/Paris")
    assert len({Listener("", ANONYMOUS, told_with).round for told_with in spoken}) == 2


class Chance:
    """Hurries: what is to last a minute lasts hundredths of a second."""

    def __init__(self) -> None:
        self.asked: set[tuple[float, float]] = set()

    def uniform(self, least: float, most: float) -> float:
        self.asked.add((least, most))
        return 0.0005


def test_a_stream_asks_whose_it_is_before_that_is_forgotten_and_not_with_all_others(
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


def test_a_round_is_told_once_of_all_that_was_said_until_its_moment() -> None:
    async def story() -> list[list[ChangeBatch]]:
        one, calm = Round(0.5), 0.02
        one.streams = {Stream(Listener(str(n), ANONYMOUS), Cursor(0, 0)) for n in range(3)}
        for number in (1, 2, 3):
            one.hear(said(number, f"{number}:{number}:"), calm)
        told = [[await stream.held.get()] for stream in one.streams]
        one.hear(said(4), calm)
        for stream, heard in zip(one.streams, told, strict=True):
            heard.append(await stream.held.get())
        return told

    for first, second in asyncio.run(story()):
        assert [topic for _, topic, _ in first.changes] == ["topic.1", "topic.2", "topic.3"]
        assert (first.place, first.seen) == (Cursor(3, 3), "3:3:")
        assert [topic for _, topic, _ in second.changes] == ["topic.4"]


def test_who_holds_the_same_rights_hears_what_was_found_out_once() -> None:
    def agent(name: str) -> Listener:
        return Listener(name, Actor("person", name, name, {"topic.read": EVERYTHING}))

    one, other, stranger = agent("a"), agent("b"), Listener("c", ANONYMOUS)
    assert one.rights is other.rights is not stranger.rights
    told = said(1)
    assert one.hears(told) == other.hears(told) == ("topic.1",)
    assert stranger.hears(told) == ()
    assert told.once(one.rights, lambda *_: False) == ("topic.1",)
