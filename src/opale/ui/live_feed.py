"""Reader of the table of changes: one per process, for all of its live streams.

A transaction may take its number early and commit late. Changes are therefore sent as soon as they
are seen, while the place sent with them only advances over ended transactions: a client that comes
back with a place may receive a change twice, and misses none. A notification only wakes the reader;
what counts is the table.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import psycopg

from opale.kernel.live_topics import CHANNEL, HEAD, SINCE, Cursor

log = logging.getLogger(__name__)

NEWEST: Final = 2**63 - 1
"""Greater than every id: a place after all the changes of its transaction."""
CURSOR_LENGTH: Final = 40
PAGE: Final = 1_000
POLL_SECONDS: Final = 5.0
UNSETTLED_SECONDS: Final = 0.1
GAP_SECONDS: Final = 0.1
REPLAYED: Final = 5_000
"""Missed changes beyond which reading everything again is cheaper."""

FRESH = """
    SELECT transaction, id, topic, customer_id FROM kernel_change
    WHERE id > %s ORDER BY id LIMIT %s
"""
ANY_SINCE = """
    SELECT transaction, id, topic, customer_id FROM kernel_change
    WHERE (transaction, id) > (%s, %s) ORDER BY transaction, id LIMIT %s
"""
FORGOTTEN = """
    SELECT EXISTS (SELECT FROM kernel_change WHERE topic = '' AND (transaction, id) > (%s, %s))
        OR %s >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""

Change = tuple[Cursor, str, int | None]


@dataclass(frozen=True)
class ChangeBatch:
    """Changes, and the place up to which everything has been sent with them."""

    place: Cursor
    changes: Sequence[Change]
    _kept: dict[Hashable, tuple[str, ...]] = field(default_factory=dict, compare=False)

    def once(self, who: Hashable, hears: Callable[[str, int | None], bool]) -> tuple[str, ...]:
        """Return the topics that `who` may hear, each once; computed once for all with the same
        rights.
        """
        if who not in self._kept:
            heard = (topic for topic, customer in self._topics if hears(topic, customer))
            self._kept[who] = tuple(dict.fromkeys(heard))
        return self._kept[who]

    @cached_property
    def _topics(self) -> Sequence[tuple[str, int | None]]:
        """Topics of the changes, each once."""
        return tuple(dict.fromkeys((topic, customer) for _, topic, customer in self.changes))


class ChangeFeed:
    """Reader of changes, on a connection of its own outside any pool, reopened when lost."""

    def __init__(self, conninfo: str) -> None:
        self.conninfo = conninfo
        self.place = Cursor(0, 0)
        self.newest_id = 0
        self.early: dict[int, Cursor] = {}
        self.tellers: list[Callable[[ChangeBatch], None]] = []
        self.ready = asyncio.Event()
        self.listened = asyncio.Event()
        self.reading: asyncio.Task[None] | None = None
        self.behind: psycopg.AsyncConnection[Any] | None = None
        self.turn = asyncio.Lock()
        self.waiting = 0

    def subscribe(self, teller: Callable[[ChangeBatch], None]) -> None:
        self.tellers.append(teller)

    def listen(self, *, anybody: bool) -> None:
        """Note whether any stream listens; without one, changes are not read one by one."""
        if anybody:
            self.listened.set()
        else:
            self.listened.clear()

    def start(self) -> None:
        self.reading = asyncio.create_task(self._keep_reading(), name="live changes")

    async def stop(self) -> None:
        if self.reading:
            self.reading.cancel()
            await asyncio.gather(self.reading, return_exceptions=True)

    async def missed_since(self, text: str) -> ChangeBatch | None:
        """Return the changes after a place; None if the place is unknown or they are too many."""
        cursor = Cursor.parse(text) if text.isascii() and len(text) <= CURSOR_LENGTH else None
        if cursor is None or max(cursor.transaction, cursor.id) > NEWEST:
            return None
        await self.ready.wait()
        async with self._looking_back() as connection:
            forgotten = await _one(
                connection, FORGOTTEN, [cursor.transaction, cursor.id, cursor.transaction]
            )
            if forgotten:
                return None
            place = self.place
            rows = await _rows(connection, ANY_SINCE, [cursor.transaction, cursor.id, REPLAYED + 1])
        return ChangeBatch(max(place, cursor), rows) if len(rows) <= REPLAYED else None

    @asynccontextmanager
    async def _looking_back(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """Share one connection among all streams that read missed changes, one after the other, as
        long as any do.

        After the death of a process, hundreds of streams come at once.
        """
        self.waiting += 1
        try:
            async with self.turn:
                if self.behind is None or self.behind.closed:
                    self.behind = await self._connect()
                yield self.behind
        finally:
            self.waiting -= 1
            behind = self.behind
            if not self.waiting and behind is not None:
                self.behind = None
                await behind.close()

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            self.conninfo, autocommit=True, application_name="opale-live", connect_timeout=5
        )

    async def _keep_reading(self) -> None:
        pause = 0.1
        while True:
            try:
                async with await self._connect() as connection:
                    await connection.execute(f"LISTEN {CHANNEL}".encode())
                    if not self.ready.is_set():
                        await self._begin(connection)
                    pause = 0.1
                    await self._read_for_ever(connection)
            except psycopg.Error as error:
                log.warning("live changes wait for the database: %s", type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)

    async def _begin(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self.place = Cursor(await _one(connection, HEAD, []), NEWEST)
        self.newest_id = await _one(
            connection, "SELECT coalesce(max(id), 0) FROM kernel_change", []
        )
        # Committed, but not yet below the oldest running transaction: not news to new streams.
        late = await _rows(connection, ANY_SINCE, [self.place.transaction, NEWEST, NEWEST])
        self.early = {c.id: c for c, _, _ in late if c.id <= self.newest_id}
        self.ready.set()

    async def _read_for_ever(self, connection: psycopg.AsyncConnection[Any]) -> None:
        woken = True
        while True:
            while await self._read(connection):
                pass
            if not self.listened.is_set():
                await self._somebody()
                woken = await _is_woken(connection, 0)
                continue
            read = asyncio.get_running_loop().time()
            # A process that woke this reader does not notify again for a commit a moment later.
            seconds = UNSETTLED_SECONDS if self.early or woken else POLL_SECONDS
            woken = await _is_woken(connection, seconds, at_first=True)
            # The first of many changes is sent at once, the others together a moment later.
            await asyncio.sleep(read + GAP_SECONDS - asyncio.get_running_loop().time())
            woken |= await _is_woken(connection, 0)

    async def _somebody(self) -> None:
        """Wait for a listener, or until a read is due anyway, so that no place gets old."""
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self.listened.wait()

    async def _read(self, connection: psycopg.AsyncConnection[Any]) -> bool:
        """Read one page of new and one of settled changes; return whether there may be more."""
        head = await _one(connection, HEAD, [])
        fresh = await _rows(connection, FRESH, [self.newest_id, PAGE])
        settled = await _rows(connection, SINCE, [self.place.transaction, self.place.id, PAGE])
        known = self.early | {c.id: c for c, _, _ in fresh}
        late = [change for change in settled if change[0].id not in known]
        self.newest_id = max([self.newest_id, *(c.id for c, _, _ in fresh)])
        if settled:
            self.place = settled[-1][0]
        if len(settled) < PAGE:
            self.place = max(self.place, Cursor(head, NEWEST))
        self.early = {pk: cursor for pk, cursor in known.items() if cursor > self.place}
        if fresh or late:
            said = ChangeBatch(self.place, fresh + late)
            for tell in self.tellers:
                tell(said)
        return len(fresh) == PAGE or len(settled) == PAGE


async def _is_woken(
    connection: psycopg.AsyncConnection[Any], seconds: float, *, at_first: bool = False
) -> bool:
    """Wait for notifications and return whether any came; with `at_first`, return at the first."""
    woken = False
    async for _ in connection.notifies(timeout=seconds, stop_after=1 if at_first else None):
        woken = True
    return woken


async def _rows(
    connection: psycopg.AsyncConnection[Any], query: str, parameters: list[Any]
) -> list[Change]:
    cursor = await connection.execute(query.encode(), parameters)
    return [(Cursor(row[0], row[1]), row[2], row[3]) for row in await cursor.fetchall()]


async def _one(connection: psycopg.AsyncConnection[Any], query: str, parameters: list[Any]) -> Any:
    row = await (await connection.execute(query.encode(), parameters)).fetchone()
    return row[0] if row else None
