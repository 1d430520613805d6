"""Whose turn it is at the threads of pages: whoever clicked goes first.

What pages ask for by themselves comes in hundreds at a time. What comes while anybody's click is
under way, in this process or another one, waits for its end, if not for long. The rest has two
threads at most and leaves one free, so that a click finds it and shares the interpreter with few;
while anybody clicked it has a single one.
Source: docs/decisions/0013-told-in-turn.md.
"""

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from mmap import mmap
from time import monotonic
from typing import Final

PATIENCE_SECONDS: Final = 0.1
"""A page takes a quarter of it; where one click follows another, redraws go on beside them."""
LOOK_SECONDS: Final = 0.004
AT_ONCE: Final = 2
"""One works while another waits for the database. What is begun goes on when somebody clicks: of
seven, each would take the interpreter from the click as often as the click itself has it."""
PROCESSES: Final = 64
SHARED: Final = memoryview(mmap(-1, PROCESSES * 8)).cast("d")
"""When each process began with a click, 0 where none is under way: memory that those share who were
forked from the one that loaded this."""


class Clicks:
    """Those under way in the processes of this machine. One that was killed in the middle of a
    click is believed as long as redraws have patience."""

    def __init__(self, shared: "memoryview[float]", process: int) -> None:
        self.shared, self.own = shared, process % len(shared)

    def say(self, *, begun: bool) -> None:
        self.shared[self.own] = monotonic() if begun else 0.0

    def elsewhere(self) -> bool:
        since = monotonic() - PATIENCE_SECONDS
        return any(began > since for n, began in enumerate(self.shared) if n != self.own)


class Turns:
    """Belongs to one event loop."""

    def __init__(self, threads: int, told: Clicks | None = None) -> None:
        self.most = max(1, min(AT_ONCE, threads - 1))
        self.told = told or Clicks(SHARED, os.getpid())
        self.clicks = 0
        self.quiet = asyncio.Event()
        self.quiet.set()
        self.looking: asyncio.Task[None] | None = None
        self.redraws = 0
        self.waiting: deque[asyncio.Future[None]] = deque()

    @contextmanager
    def click(self) -> Iterator[None]:
        self.clicks += 1
        self.quiet.clear()
        self.told.say(begun=True)
        try:
            yield
        finally:
            self.clicks -= 1
            if not self.clicks:
                self.quiet.set()
                self.told.say(begun=False)
            self._go_on()

    async def after_clicks(self) -> None:
        """Wait until nobody's click is under way, but no longer than `PATIENCE_SECONDS`.

        One looks for all who wait: each by himself, they would take from the click what they leave
        to it.
        """
        if not (self.clicks or self.told.elsewhere()):
            return
        if self.looking is None or self.looking.done():
            self.looking = asyncio.create_task(self._look(), name="until nobody clicked")
        await asyncio.shield(self.looking)

    async def _look(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.quiet.wait()
                while self.clicks or self.told.elsewhere():
                    await asyncio.sleep(LOOK_SECONDS)

    @asynccontextmanager
    async def redraw(self) -> AsyncIterator[None]:
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        self._go_on()
        try:
            await turn
            yield
        finally:
            if turn.done() and not turn.cancelled():
                self.redraws -= 1
                self._go_on()

    def _go_on(self) -> None:
        while self.waiting and self.redraws < (1 if self.clicks else self.most):
            turn = self.waiting.popleft()
            if not turn.cancelled():
                self.redraws += 1
                turn.set_result(None)
