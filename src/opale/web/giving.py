"""What was drawn for another is given by the event loop: no thread, no template, one question.

Whoever was told of a change asks at the same moment as all who were told with him. The first of
them draws, in a thread; the others wait for it here, and get it with what is their own in it.
Source: docs/decisions/0013-told-in-turn.md.
"""

import asyncio
from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

import psycopg

from opale.endpoints import health
from opale.kernel.asgi import Scope, Send
from opale.kernel.capped_counts import CountStatement
from opale.kernel.live_topics import CHANGED_AFTER
from opale.kernel.prepared_statements import number_placeholders, typed
from opale.kernel.reference_cache import REVISION
from opale.ui.redrawing import Owned, joined
from opale.web.drawings import REVISION_SECONDS, SHOWN_IN, Drawn, Wanted
from opale.web.redraws import Redraws

GIVEN, MADE = (health.REDRAWS.labels(way) for way in ("given", "made"))
HASTE: Final = 2.0
"""Seconds for a question; who waits longer goes the whole way."""


@dataclass(frozen=True, slots=True)
class Question:
    statement: bytes
    values: Sequence[Any]
    answer: asyncio.Future[tuple[Any, ...]]

    def tell(self, row: tuple[Any, ...]) -> None:
        if not self.answer.done():  # who asked may have gone
            self.answer.set_result(row)

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Database:
    """Questions on one connection, outside any pool: all that wait are asked together, and what
    several ask once.

    On a busy machine the way there and back takes longer than an answer.
    """

    def __init__(self, conninfo: str, prepares: int | None) -> None:
        self.conninfo = conninfo
        self.prepares = prepares
        self.connection: psycopg.AsyncConnection[Any] | None = None
        self.waiting: dict[Hashable, Question] = {}
        self.asking: asyncio.Task[None] | None = None

    async def row(self, statement: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
        """The one row that is found. Errors: psycopg.Error, TimeoutError; after one of them the
        next question opens another connection."""
        key = (statement, *values)
        if key not in self.waiting:
            answer = asyncio.get_running_loop().create_future()
            self.waiting[key] = Question(number_placeholders(statement), typed(values), answer)
        waiting = self.waiting[key]
        if self.asking is None or self.asking.done():
            self.asking = asyncio.create_task(self.ask(), name="what is each reader's own")
        return await asyncio.shield(waiting.answer)

    async def ask(self) -> None:
        while self.waiting:
            asked, self.waiting = list(self.waiting.values()), {}
            try:
                async with asyncio.timeout(HASTE):
                    rows = await self.together(asked)
            except (psycopg.Error, TimeoutError) as error:
                await self.close()
                for one in asked:
                    one.fail(error)
                continue
            for one, row in zip(asked, rows, strict=True):
                one.tell(row)

    async def together(self, asked: Sequence[Question]) -> list[tuple[Any, ...]]:
        if self.connection is None:
            self.connection = await self.connect()
        cursors = [psycopg.AsyncRawCursor(self.connection) for _ in asked]
        async with self.connection.pipeline():
            for cursor, one in zip(cursors, asked, strict=True):
                await cursor.execute(one.statement, one.values, prepare=True)
        return [await anext(aiter(cursor)) for cursor in cursors]

    async def connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            self.conninfo,
            autocommit=True,
            application_name="opale-redraws",
            connect_timeout=5,
            prepare_threshold=self.prepares,
        )

    async def close(self) -> None:
        closing, self.connection = self.connection, None
        if closing is not None:
            with suppress(psycopg.Error):
                await closing.close()


@dataclass(frozen=True, slots=True)
class Given:
    headers: Sequence[tuple[str, str]]
    body: bytes

    async def send(self, send: Send) -> None:
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers]
        headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


class Giver:
    """Belongs to one event loop."""

    def __init__(self, redraws: Redraws, database: Database) -> None:
        self.redraws = redraws
        self.drawings = redraws.drawings
        self.database = database
        self.drawing: dict[Hashable, asyncio.Future[None]] = {}

    @asynccontextmanager
    async def given(self, scope: Scope) -> AsyncIterator[Given | None]:
        """The answer, or None for whoever goes the whole way: where he is not known or nothing is
        known of what is his own, or to draw it for all who see the same, and wait for him."""
        asked = self.wanted(scope)
        known = await self.known(asked) if asked else None
        if known is None:
            MADE.inc()
            yield None
            return
        wanted, owned = known
        drawn = self.drawings.fitting(wanted)
        while drawn is None and wanted.key in self.drawing:
            await asyncio.shield(self.drawing[wanted.key])
            drawn = self.drawings.fitting(wanted)
        if drawn is not None and await self.revoked(wanted, drawn):
            drawn = None
        if drawn is not None:
            GIVEN.inc()
            yield Given(drawn.headers, joined(drawn.parts, owned))
            return
        MADE.inc()
        async with self.drawing_alone(wanted.key):
            yield None

    def wanted(self, scope: Scope) -> Wanted | None:
        if scope["method"] != "GET":
            return None
        cookies = [value for name, value in scope["headers"] if name == b"cookie"]
        reader = self.redraws.known(b"; ".join(cookies).decode("latin-1"))
        if reader is None:
            return None
        named = {name.encode(): name for name in (*SHOWN_IN, "opale-redrawn")}
        headers = {
            named[name]: value.decode("latin-1")
            for name, value in scope["headers"]
            if name in named
        }
        return Wanted.of(reader, scope["path"], scope["query_string"].decode("latin-1"), headers)

    @asynccontextmanager
    async def drawing_alone(self, key: Hashable) -> AsyncIterator[None]:
        if key in self.drawing:  # what two were to be given was taken back: both draw
            yield
            return
        drawing = self.drawing[key] = asyncio.get_running_loop().create_future()
        try:
            yield
        finally:
            del self.drawing[key]
            drawing.set_result(None)

    async def revoked(self, wanted: Wanted, drawn: Drawn) -> bool:
        """Whether it shows what some may see no more; also where the database does not say."""
        topic = wanted.part.revoked_by
        if not topic:
            return False
        try:
            (said,) = await self.database.row(CHANGED_AFTER, drawn.since(topic))
        except (psycopg.Error, TimeoutError):
            return True
        if said:
            self.drawings.drop(wanted, drawn)
        return bool(said)

    async def known(self, wanted: Wanted) -> tuple[Wanted, Owned] | None:
        """Which drawing, and what is the reader's own in it. None where the question has not been
        made, and where the database does not answer: Django says in its own way what is wrong."""
        try:
            asked = self.drawings.question(wanted, wanted.made_in(await self.revision()))
            if asked is None or not asked.counting.few:
                return None
            owned = asked.owned(await self.counts(asked.counting))
        except (psycopg.Error, TimeoutError):
            return None
        return (wanted.by_himself(), {}) if owned is None else (wanted, owned)

    async def revision(self) -> int:
        """Of reference data. Errors: those of the database."""
        until, revision = self.drawings.revision
        if monotonic() >= until:
            (revision,) = await self.database.row(REVISION)
            self.drawings.revision = (monotonic() + REVISION_SECONDS, int(revision))
        return int(revision)

    async def counts(self, counting: CountStatement) -> Sequence[int]:
        if not counting.statement:
            return [0] * counting.lists
        found: Sequence[int] = await self.database.row(counting.statement, counting.values)
        return found

    async def stop(self) -> None:
        await self.database.close()
