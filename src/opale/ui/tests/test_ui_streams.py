"""Many who listen are told one after the other, and few at once."""

import asyncio

import pytest

from opale.kernel.actor import ANONYMOUS
from opale.kernel.changes import Cursor
from opale.ui.live import CALM_SECONDS, LONGEST_CALM_SECONDS, Listener, LiveStreams, Stream
from opale.ui.live_feed import ChangeFeed

HOLDS = 2.0
"""Seconds within which everything is to be seen, the asking and drawing included."""


async def nobody(_cookie: str) -> Listener | None:
    return None


def listening(number: int) -> LiveStreams:
    live = LiveStreams(ChangeFeed(""), nobody)
    live.streams = {Stream(Listener(str(n), ANONYMOUS), Cursor(0, 0)) for n in range(number)}
    return live


def test_the_calm_grows_with_those_who_listen_and_stays_below_what_is_promised() -> None:
    few, some, many, crowd = (listening(n).calm for n in (3, 20, 150, 2000))
    assert few == CALM_SECONDS
    assert few < some < many == crowd == LONGEST_CALM_SECONDS
    assert crowd < HOLDS * 0.75


def test_those_who_listen_are_told_all_over_the_calm(monkeypatch: pytest.MonkeyPatch) -> None:
    live, waits = listening(40), []

    async def wait(seconds: float) -> None:
        waits.append(seconds / live.calm)

    monkeypatch.setattr("opale.ui.live.asyncio.sleep", wait)

    async def turns() -> None:
        for stream in live.streams:
            await live._turn(stream)

    asyncio.run(turns())
    assert all(0 <= share < 1 for share in waits)
    # In each half of it some of forty, but for one time in a million million.
    assert min(waits) < 0.5 < max(waits)
