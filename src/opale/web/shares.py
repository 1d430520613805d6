"""Live streams are shared by the processes of this machine, also after one of them died.

Whoever loses its process comes at once to those that live, and stays: its stream has no end, and
its browser keeps its connections. The process that follows the dead one would have no part in it.
So one that holds many more streams than its share lets some of them go at a time, and closes each
connection after its answer, until chance has shared them out.
Source: docs/decisions/0013-told-in-turn.md.
"""

import asyncio
import logging
import os
from mmap import mmap
from time import monotonic
from typing import Final

from opale.ui.live import LiveStreams

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 2.0
BELIEVED_SECONDS: Final = 1.5 * LOOK_SECONDS
"""What a process said longer ago is of one that died, or of one that is too busy to take more."""
AT_ONCE: Final = 20
"""So many are let go at one look: each of them asks who it is and what it missed."""
CHANCE: Final = 2.0
"""Roots of a share, which is what chance alone makes of it: so much above it is left alone."""
PROCESSES: Final = 64
SHARED: Final = memoryview(mmap(-1, 2 * PROCESSES * 8)).cast("d")
"""How many streams each process holds, and when it said so: memory that those share who were forked
from the one that loaded this."""


class Shares:
    """What one process holds beside the others."""

    def __init__(
        self, streams: LiveStreams, shared: "memoryview[float]" = SHARED, process: int | None = None
    ) -> None:
        self.streams = streams
        self.shared, self.processes = shared, len(shared) // 2
        self.own = (os.getpid() if process is None else process) % self.processes
        self.surplus = 0
        self.looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.looking = asyncio.create_task(self._keep_looking(), name="shares of streams")

    async def stop(self) -> None:
        if self.looking:
            self.looking.cancel()
            await asyncio.gather(self.looking, return_exceptions=True)

    async def _keep_looking(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(LOOK_SECONDS)

    def look(self) -> None:
        held, now = len(self.streams.streams), monotonic()
        self.shared[self.own], self.shared[self.processes + self.own] = held, now
        self.surplus = above(held, self._held_by_all(now))
        if self.surplus:
            let_go = self.streams.let_go(min(self.surplus, AT_ONCE))
            log.info("lets %s of %s live streams go to other processes", let_go, held)

    def _held_by_all(self, now: float) -> list[int]:
        said = self.shared[self.processes :]
        return [int(self.shared[n]) for n, at in enumerate(said) if now - at < BELIEVED_SECONDS]


def above(held: int, by_all: list[int]) -> int:
    """How many more than its share a process holds, 0 where it may be chance."""
    share = sum(by_all) / len(by_all)
    return int(held - share) if held - share > CHANCE * share**0.5 else 0
