"""Brings mails into the database from one asyncio process: many in one transaction when many wait.

Mails that wait are few and small: a large one is read from disk when its turn has come, one at a
time. So memory goes by the largest mail, not by their number.
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
"""Up to here a mail is kept in memory while it waits."""
BATCH_SIZE = 50
WRITERS = 2
RETRY_AFTER = timedelta(seconds=5)
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Waiting:
    mail: NewMail
    kept: asyncio.Future[None]


class BatchWriter:
    """Used within `running`."""

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
        """Returns when it is committed. Errors: NotFound (no such mailbox), Unavailable."""
        waiting = _Waiting(mail, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._more.set()
        await waiting.kept

    async def keep_from(self, spool: IO[bytes], mail: NewMail) -> None:
        """The same, for a mail whose bytes lie in a file. Errors: those of `keep`."""
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
                if one.kept.done():  # whoever brought it is gone; it is kept all the same
                    continue
                if error:
                    one.kept.set_exception(error)
                else:
                    one.kept.set_result(None)

    def _next(self) -> list[_Waiting]:
        """Some that wait; a large one alone."""
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
    """For each of them what is in its way; when they fail together, each is tried alone."""
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
    """Whether it is the database itself, and not this mail."""
    return isinstance(error, OperationalError | InterfaceError)


@contextmanager
def fresh_connection() -> Iterator[None]:
    """A thread begins and ends without a connection that a restart of the database broke."""
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()
