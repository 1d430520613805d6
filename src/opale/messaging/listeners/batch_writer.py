"""Writing of incoming mails to the database from an asyncio process, many in one transaction.

Waiting mails are few and small: a large one is read from disk when its turn has come, one at a
time. So memory depends on the largest mail, not on their number.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

from django.db import InterfaceError, OperationalError, close_old_connections

from opale.kernel.errors import NotFound, Unavailable
from opale.messaging.actions.store_incoming import NewMail, store_mails

SMALL_BYTES = 256 * 1024
"""The largest mail kept in memory while it waits."""
BATCH_SIZE = 50
WRITERS = 2
RETRY_AFTER = timedelta(seconds=5)
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Waiting:
    mail: NewMail
    kept: asyncio.Future[None]


class BatchWriter:
    """Writer of incoming mails; used within `running`."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._waiting: deque[_Waiting] = deque()
        self._more = asyncio.Event()
        self._large = asyncio.Semaphore(1)

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator["BatchWriter"]:
        with ThreadPoolExecutor(WRITERS, thread_name_prefix="keeper") as threads:
            keeper = cls(threads)
            writers = [asyncio.create_task(keeper._write()) for _ in range(WRITERS)]
            try:
                yield keeper
            finally:
                for writer in writers:
                    writer.cancel()
                await asyncio.gather(*writers, return_exceptions=True)

    async def keep(self, mail: NewMail) -> None:
        """Store a mail and wait for the commit. Errors: NotFound (no such mailbox), Unavailable."""
        waiting = _Waiting(mail, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._more.set()
        await waiting.kept

    async def keep_from(self, spool: IO[bytes], mail: NewMail) -> None:
        """Store a mail whose bytes are in a file, as `keep` does. Errors: those of `keep`."""
        spool.seek(0)
        if spool.seek(0, 2) <= SMALL_BYTES:
            spool.seek(0)
            await self.keep(_with(mail, spool.read()))
            return
        async with self._large:
            spool.seek(0)
            await self.keep(_with(mail, spool.read()))

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._more.wait()
            batch = self._next()
            if not batch:
                self._more.clear()
                continue
            results = await loop.run_in_executor(
                self._threads, _keep_together, [one.mail for one in batch]
            )
            for one, error in zip(batch, results, strict=True):
                if one.kept.done():  # Its source is gone; the mail is stored all the same.
                    continue
                if error:
                    one.kept.set_exception(error)
                else:
                    one.kept.set_result(None)

    def _next(self) -> list[_Waiting]:
        """Return some waiting mails; a large one alone."""
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < BATCH_SIZE:
            if len(self._waiting[0].mail.raw) > SMALL_BYTES and batch:
                break
            batch.append(self._waiting.popleft())
            if len(batch[-1].mail.raw) > SMALL_BYTES:
                break
        return batch


def _with(mail: NewMail, raw: bytes) -> NewMail:
    return NewMail(raw, mail.mailbox, mail.source, mail.envelope_from, mail.envelope_to)


def _keep_together(mails: list[NewMail]) -> list[Exception | None]:
    """Store mails; return the error of each. If the transaction fails, each is tried alone."""
    with fresh_connection():
        try:
            store_mails(mails)
        except Exception as error:  # noqa: BLE001  # answered to whoever brought them
            if len(mails) == 1:
                return [_answer(error, mails[0])]
            if isinstance(error, OSError) or _is_away(error):
                return [_answer(error, mail) for mail in mails]
        else:
            return [None] * len(mails)
    return [_keep_together([mail])[0] for mail in mails]


def _answer(error: Exception, mail: NewMail) -> Exception:
    if isinstance(error, NotFound):
        return error
    logger.warning(
        "a mail for %s stays at its source: %s: %s", mail.mailbox, type(error).__name__, error
    )
    return Unavailable(RETRY_AFTER, type(error).__name__)


def _is_away(error: Exception) -> bool:
    """Return whether the error is about the database itself, not about this mail."""
    return isinstance(error, OperationalError | InterfaceError)


@contextmanager
def fresh_connection() -> Iterator[None]:
    """Close database connections broken by a restart, before and after the block."""
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()
