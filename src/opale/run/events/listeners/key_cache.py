"""Cache of which integration a key stands for: for seconds, so that a revoked key ends soon."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

from django.db import Error, connection

from opale.kernel.clock import now
from opale.kernel.errors import Unavailable
from opale.kernel.reconnection import retry_if_disconnected
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.queries.alerts import digest_of_key, valid_keys

CACHED_SECONDS: Final = 2.0
MAX_CACHED_KEYS: Final = 5_000
MAX_KEY_LENGTH: Final = 200
RETRY: Final = timedelta(seconds=2)


class KeyCache:
    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="keys")
        self.known: dict[str, tuple[float, Sender | None]] = {}
        self.asking: dict[str, asyncio.Future[Sender | None]] = {}

    async def sender(self, key: str) -> Sender | None:
        """Return the sender. Errors: Unavailable (key not cached, and the database is down)."""
        if not key or len(key) > MAX_KEY_LENGTH:
            return None
        digest = digest_of_key(key)
        until, sender = self.known.get(digest, (0.0, None))
        if time.monotonic() < until:
            return sender
        if digest not in self.asking:
            loop = asyncio.get_running_loop()
            self.asking[digest] = loop.run_in_executor(self.thread, self._look_up, digest)
        try:
            # All requests that wait for the same key share one query.
            sender = await asyncio.shield(self.asking[digest])
        finally:
            self.asking.pop(digest, None)
        if len(self.known) >= MAX_CACHED_KEYS:
            self.known.clear()
        self.known[digest] = (time.monotonic() + CACHED_SECONDS, sender)
        return sender

    def stop(self) -> None:
        self.thread.shutdown(wait=False, cancel_futures=True)

    @staticmethod
    def _look_up(digest: str) -> Sender | None:
        try:
            key = retry_if_disconnected(lambda: valid_keys(at=now()).filter(digest=digest).first())
        except Error as error:
            connection.close()
            raise Unavailable(RETRY) from error
        if key is None:
            return None
        of = key.integration
        return Sender(
            of.pk, of.name, of.format, key.pk, of.naming, of.settings, of.events_per_minute
        )
