"""What browsers ask for by themselves is shared by the processes of this machine, also after one of
them died.

Whoever loses its process comes at once to those that live, and stays: a stream has no end, and a
connection is kept. The process that follows the dead one would have no part in them. So one that
has many more of them than its share lets some go at a time, until chance has shared them out: it
ends streams, and closes connections after the answer to a part that was drawn again.
Source: docs/decisions/0013-told-in-turn.md.
"""

import asyncio
import logging
import os
from collections.abc import Collection
from dataclasses import dataclass, field
from mmap import mmap
from time import monotonic
from typing import Final

from opale.ui.live import LiveStreams

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 2.0
BELIEVED_SECONDS: Final = 1.5 * LOOK_SECONDS
"""What a process said longer ago is of one that died, or of one that is too busy to take more."""
AT_ONCE: Final = 20
"""So many streams and as many connections are let go at one look: whoever opens a stream is asked
who it is and told what it missed."""
CHANCE: Final = 2.0
"""Roots of a share, which is what chance alone makes of it: so much above it is left alone."""
PROCESSES: Final = 64


@dataclass(frozen=True)
class Table:
    """A number of each process, and when it said so: memory that those share who were forked from
    the one that loaded this."""

    said: "memoryview[float]" = field(default_factory=lambda: _shared(PROCESSES))
    at: "memoryview[float]" = field(default_factory=lambda: _shared(PROCESSES))

    def say(self, process: int, number: int) -> None:
        self.said[process % PROCESSES] = number
        self.at[process % PROCESSES] = monotonic()

    def believed(self) -> list[int]:
        since = monotonic() - BELIEVED_SECONDS
        return [int(said) for said, at in zip(self.said, self.at, strict=True) if at > since]


def _shared(size: int) -> "memoryview[float]":
    return memoryview(mmap(-1, size * 8)).cast("d")


STREAMS: Final = Table()
CONNECTIONS: Final = Table()


class Shares:
    """What one process has of them."""

    def __init__(
        self,
        live: LiveStreams,
        streams: Table = STREAMS,
        connections: Table = CONNECTIONS,
        process: int | None = None,
    ) -> None:
        self.live = live
        self.streams, self.connections = streams, connections
        self.process = os.getpid() if process is None else process
        self.redrawn_for: set[object] = set()
        self.closing = 0
        self.looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.looking = asyncio.create_task(self._keep_looking(), name="shares of what browsers ask")

    async def stop(self) -> None:
        if self.looking:
            self.looking.cancel()
            await asyncio.gather(self.looking, return_exceptions=True)

    async def _keep_looking(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Let go what is too much since the last look."""
        asked = len(self.redrawn_for)
        self.redrawn_for.clear()
        self.connections.say(self.process, asked)
        self.closing = min(AT_ONCE, above(asked, self.connections.believed()))
        held = len(self.live.streams)
        self.streams.say(self.process, held)
        if surplus := above(held, self.streams.believed()):
            let_go = self.live.let_go(min(AT_ONCE, surplus))
            log.info("lets %s of %s live streams go to other processes", let_go, held)

    def keeps(self, client: object) -> bool:
        """Whether the connection over which a part is drawn again stays open after it.

        `client` is where it comes from, as ASGI says it.
        """
        self.redrawn_for.add(client)
        if not self.closing:
            return True
        self.closing -= 1
        return False


def above(own: int, of_all: Collection[int]) -> int:
    """How many more than its share a process has, 0 where it may be chance."""
    share = sum(of_all) / len(of_all)
    return int(own - share) if own - share > CHANCE * share**0.5 else 0
