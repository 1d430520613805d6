"""Limits of the statements of one request: their longest time, and their end when the client left.

PostgreSQL ends a statement that takes longer than its request may (`statement_timeout`, set on the
connection when the request takes it), and `cancel` ends the running one at once. Both raise
OperationalError, which is answered 503. Jobs and commands have no limits.
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from datetime import timedelta
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.db import connection as thread_connection
from django.db.backends.base.base import BaseDatabaseWrapper

from opale.kernel.asgi import Receive, has_left
from opale.kernel.concurrency_limits import ConcurrencyLimit
from opale.kernel.context_vars import override_var

SAFE: Final = frozenset({"GET", "HEAD"})
"""Methods of requests that change nothing: they are ended when their client leaves. What others
began is finished, since whoever sent it and left may count on it."""
WATCH_AFTER_SECONDS: Final = 1.0
"""Time after which it is watched whether the client is still there: most requests take less."""
CANCEL_SECONDS: Final = 2.0
CANCEL_AGAIN_SECONDS: Final = 1.0
REPORTS: Final = ConcurrencyLimit(max(1, settings.WEB_THREADS // 2), timedelta(seconds=30))
"""Reports that a process makes at the same time: they leave the other threads to pages."""

NOT_KNOWN: Final = -1.0
_timeouts: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
"""Seconds that each connection was last set to, so that it is told only of a change."""


class QueryLimits:
    """Limits of the statements of one request, which is answered in one thread."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        """Longest time of one statement; 0 for no limit."""
        self.left = False
        """Whether the client left, so that nobody reads an answer."""
        self._connection: Any = None
        self._lock = Lock()
        self._places = ExitStack()
        self._is_report = False

    def apply(self, connection: Any) -> None:
        """Limit the statements of a connection that the request has taken, until it is released."""
        with self._lock:
            self._connection = connection
        _set_timeout(connection, self.seconds)

    def begin_report(self) -> None:
        """Take a place of a report, until the request is over. Errors: Unavailable."""
        if not self._is_report:
            self._places.enter_context(REPORTS.place())
            self._is_report = True

    def release(self) -> None:
        """Let go of the connection before another request can take it."""
        with self._lock:
            self._connection = None
        self._places.close()

    def cancel(self) -> None:
        """End the running statement, from another thread; nothing where none runs.

        The request cannot give its connection back meanwhile, so no other one is hit.
        """
        with self._lock, suppress(psycopg.Error, OSError):
            if self._connection is not None and not self._connection.closed:
                self._connection.cancel_safe(timeout=CANCEL_SECONDS)


def _set_timeout(connection: Any, seconds: float) -> None:
    if _timeouts.get(connection, 0) != seconds:
        connection.execute(f"SET statement_timeout = {round(seconds * 1000)}")
        _timeouts[connection] = seconds


_current: ContextVar[QueryLimits | None] = ContextVar("query_limits", default=None)


def client_left() -> bool:
    """Return whether the client of the present request left, so that nobody reads its answer."""
    limits = _current.get()
    return limits is not None and limits.left


@contextmanager
def limited(limits: QueryLimits) -> Iterator[None]:
    """Run the block, in which a request is answered, within these limits."""
    with override_var(_current, limits):
        try:
            if thread_connection.connection is not None:
                limits.apply(thread_connection.connection)
            yield
        finally:
            limits.release()


def limit_connection(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """Apply the limits of the present request to a connection that it takes; what is no request has
    none, whoever had the connection before. A receiver of Django's `connection_created`.
    """
    limits = _current.get()
    if limits is not None:
        limits.apply(connection.connection)
    else:
        _set_timeout(connection.connection, 0)


def allow_report() -> None:
    """Give the statements of a request the time of a report, from here on.

    Errors: Unavailable (as many reports are being made as may be).
    """
    limits = _current.get()
    if limits is None:
        return
    limits.begin_report()
    if not 0 < limits.seconds < settings.REPORT_STATEMENT_SECONDS:
        return
    limits.seconds = settings.REPORT_STATEMENT_SECONDS
    held = thread_connection.connection
    if held is None:
        return
    limits.apply(held)
    if thread_connection.in_atomic_block:
        # A rollback takes the setting back: the next request must not rely on it.
        _timeouts[held] = NOT_KNOWN


@contextmanager
def watched(method: str, receive: Receive, limits: QueryLimits) -> Iterator[None]:
    """End the statements of a request that only reads when its client leaves during the block."""
    if method not in SAFE:
        yield
        return
    loop = asyncio.get_running_loop()
    tasks: list[asyncio.Task[None]] = []
    timer = loop.call_later(
        WATCH_AFTER_SECONDS,
        lambda: tasks.append(loop.create_task(_cancel_when_left(receive, limits))),
    )
    try:
        yield
    finally:
        timer.cancel()
        for task in tasks:
            task.cancel()


async def _cancel_when_left(receive: Receive, limits: QueryLimits) -> None:
    """End each statement once the client has left; what did not begin sees that it did."""
    limits.left = await has_left(receive)
    while limits.left:
        await asyncio.to_thread(limits.cancel)
        await asyncio.sleep(CANCEL_AGAIN_SECONDS)
