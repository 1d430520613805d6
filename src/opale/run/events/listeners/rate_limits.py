"""Rate limits of keys over all processes: each process counts for itself and tells the others.

Every second a process tells what it took. What several took in the same second beyond the limit is
paid off after.
"""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from django.db import Error, connection

from opale.run.events.actions.rate_limits import take_tokens
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.domain.token_bucket import TokenBuckets, TokenRequest

log = logging.getLogger(__name__)

SYNC_SECONDS: Final = 1.0


class RateLimiter:
    """The rate limits, for the event loop of one process."""

    def __init__(self) -> None:
        self.buckets = TokenBuckets()
        self._settling: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._settling = asyncio.create_task(self._settle_for_ever())

    async def stop(self) -> None:
        """Stop, after telling the others what was taken."""
        if self._settling:
            self._settling.cancel()
            with suppress(asyncio.CancelledError):
                await self._settling
        await self.settle()

    def wait_for(self, sender: Sender, weight: int) -> int:
        """Return in how many seconds the key may bring so many; 0 for now, and they are taken."""
        limit = sender.events_per_minute
        return self.buckets.wait_for(sender.key_id, weight, limit) if limit and weight else 0

    def give_back(self, sender: Sender, weight: int) -> None:
        self.buckets.give_back(sender.key_id, weight)

    async def settle(self) -> None:
        """Tell the others what was taken here, and go on with what all have left."""
        asked = self.buckets.asked()
        if not asked:
            return
        try:
            left = await asyncio.to_thread(_take, asked)
        except Error as error:
            log.warning("limits were not settled: %s", type(error.__cause__).__name__)
            self.buckets.ask_again(asked)
        else:
            self.buckets.settle(left)

    async def _settle_for_ever(self) -> None:
        while True:
            await asyncio.sleep(SYNC_SECONDS)
            await self.settle()


def _take(asked: dict[int, TokenRequest]) -> dict[int, float]:
    """Take tokens from the shared buckets, in a pooled thread that keeps no connection."""
    try:
        return take_tokens(asked)
    finally:
        connection.close()
