"""One cache of drawn live regions, shared by all readers who hold the same rights.

After a change every browser that follows a list asks for it again. The first request draws it in
Django, in a thread; all others with the same rights wait for it and get the same bytes from the
event loop. All that confidentiality needs is in this module:

- A region is drawn for an audience (`SharedRegion.audience`): an actor without a person, so nothing
  that only the first reader may see can be in it.
- Whose session it is was looked for since the session, the login or any right last changed.
- A region is given only in the state that its topics have at the moment it is asked for.

The last two are read from the database with every request (`TopicStates`), so they hold in every
process and do not depend on a notification.
Source: docs/decisions/0032-cache-regions-per-rights-class.md.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any, Final, TypeVar, cast

import psycopg
from django.http import QueryDict

from opale.endpoints import health
from opale.endpoints.django_bridge import ENVIRON
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.asgi import App, Message, Receive, Scope, Send, has_no_body, header
from opale.kernel.errors import Unavailable
from opale.kernel.live_topics import HEAD
from opale.kernel.reference_cache import REVISION
from opale.organisation.web.middleware import KNOWN_LOGIN
from opale.ui.shared_regions import region_at
from opale.web.session_cache import Reader, SessionCache

T = TypeVar("T")

HIT, MISS, UNCACHED = (health.REGIONS.labels(kind) for kind in ("hit", "miss", "uncached"))
KEPT: Final = 200
READERS: Final = 4_000
BASE_SECONDS: Final = 30.0
"""Time after which regions are drawn and sessions looked up again."""
TIMEOUT_SECONDS: Final = 2.0
SHOWN_IN: Final = (b"accept-language", b"hx-target", b"opale-beside", b"host")
"""Further headers that an answer depends on."""
FOR_ONE_BROWSER: Final = frozenset({b"set-cookie", b"hx-trigger"})
SAID_SINCE: Final = f"""
    SELECT topic, count(*), sum(id) FROM kernel_change
    WHERE transaction > %s AND topic = ANY(%s) GROUP BY topic
    UNION ALL SELECT '', 0, ({REVISION})
"""  # noqa: S608  # written in the kernel


@dataclass(frozen=True, slots=True)
class TopicState:
    """State of topics. `said` counts their changes since a transaction before which all have ended,
    so that a late commit of an early number is another state too.
    """

    base: int
    revision: int
    said: Mapping[str, Hashable]

    def of(self, topics: Iterable[str]) -> Hashable:
        return self.base, self.revision, tuple(self.said.get(topic) for topic in topics)


class TopicStates:
    """Reader of the state of topics, on one connection; waiting requests share a statement."""

    def __init__(self, conninfo: str, prepare_threshold: int | None) -> None:
        self.conninfo, self.prepare_threshold = conninfo, prepare_threshold
        self.connection: psycopg.AsyncConnection[Any] | None = None
        self.base, self.base_until = 0, 0.0
        self.wanted: set[str] = set()
        self.next: asyncio.Task[TopicState] | None = None
        self.turn = asyncio.Lock()

    async def now(self, topics: Iterable[str]) -> TopicState:
        """Return the state of this moment or later. Errors: psycopg.Error, TimeoutError."""
        self.wanted.update(topics)
        if self.next is None:
            self.next = asyncio.create_task(self._read_next())
        return await asyncio.shield(self.next)

    async def _read_next(self) -> TopicState:
        async with self.turn:
            # Requests from here on need a later statement.
            wanted, self.wanted, self.next = list(self.wanted), set(), None
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    return await self._read(wanted)
            except BaseException:
                await self.close()
                raise

    async def _read(self, topics: Sequence[str]) -> TopicState:
        if self.connection is None:
            self.connection = await psycopg.AsyncConnection.connect(
                self.conninfo,
                autocommit=True,
                application_name="opale-regions",
                connect_timeout=5,
                prepare_threshold=self.prepare_threshold,
            )
        if monotonic() >= self.base_until:
            ((self.base,),) = await self._rows(HEAD)
            self.base_until = monotonic() + BASE_SECONDS
        rows = await self._rows(SAID_SINCE, self.base, topics)
        said = {topic: (count, total) for topic, count, total in rows}
        _, revision = said.pop("")
        return TopicState(self.base, int(revision), said)

    async def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        cursor = await cast(Any, self.connection).execute(statement.encode(), values or None)
        return cast(list[tuple[Any, ...]], await cursor.fetchall())

    async def close(self) -> None:
        closing, self.connection = self.connection, None
        if closing is not None:
            with suppress(psycopg.Error):
                await closing.close()


@dataclass(frozen=True, slots=True)
class Region:
    """Drawn region."""

    headers: Sequence[tuple[bytes, bytes]]
    body: bytes

    @classmethod
    def of(cls, messages: Sequence[Message]) -> "Region | None":
        """Return the region of an application's answer; None for what must not be shared."""
        start, *parts = messages
        headers = [(k, v) for k, v in start["headers"] if k != b"content-length"]
        if start["status"] != 200 or not FOR_ONE_BROWSER.isdisjoint(name for name, _ in headers):
            return None
        body = b"".join(part.get("body", b"") for part in parts)
        return cls([*headers, (b"content-length", str(len(body)).encode())], body)

    async def send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


class RegionCache:
    """Cache before Django for regions requested by pages themselves. Belongs to one event loop."""

    def __init__(self, pages: App, door: SessionCache, states: TopicStates, threads: int) -> None:
        self.pages, self.door, self.states = pages, door, states
        self.kept: dict[Hashable, tuple[Hashable, asyncio.Future[Any]]] = {}
        self.readers: dict[str, tuple[Hashable, Reader]] = {}
        self.drawing = asyncio.Semaphore(max(1, threads // 2))
        """Regions leave the other threads to requests of people."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            region = await self.region(scope)
        except (psycopg.Error, TimeoutError, Unavailable):
            region = None  # Django answers the error in its own way
        if region is not None:
            await region.send(send)
            return
        UNCACHED.inc()
        async with self.drawing:
            await self.pages(scope, receive, send)

    async def region(self, scope: Scope) -> Region | None:
        """Return the requested region; None where its reader draws it alone."""
        path, query = scope["path"], scope["query_string"].decode("latin-1")
        found = region_at(path)
        if found is None or scope["method"] != "GET" or not has_no_body(scope):
            return None
        shared, kwargs = found
        if not shared.is_shared(QueryDict(query), **kwargs):
            return None
        reader, topics = await self.reader(cookies_of(scope), shared.topics)
        audience = shared.audience(reader.listener.actor) if reader else None
        if reader is None or audience is None:
            return None
        rights = frozenset(audience.grants.items())
        state = topics.of(shared.topics), clock.now().replace(second=0, microsecond=0)
        look = partial(self.door.in_thread, partial(shared.readers_apart, audience))
        apart = await self.once((shared, rights), state, look)
        if reader.listener.actor.person_id in apart:
            return None
        shown = (path, query, *(header(scope, name) for name in SHOWN_IN))
        draw = partial(self.draw, scope, reader, audience)
        return await self.once((shown, rights, reader.spoken), state, draw)

    async def reader(self, cookie: str, topics: Sequence[str]) -> tuple[Reader | None, TopicState]:
        """Return the reader, and the present state of these topics. Errors: as `TopicStates`,
        Unavailable.

        The session is looked up again if it, its login or any reference data changed since the last
        look-up.
        """
        state, reader = self.readers.get(cookie) or (None, await self.door.reader(cookie))
        private = sorted(reader.listener.private_topics) if reader else []
        now = await self.states.now([*topics, *private])
        if reader is None or state == now.of(private):
            return reader, now
        self.readers.pop(cookie, None)
        reader = await self.door.reader(cookie)
        if reader is None or sorted(reader.listener.private_topics) != private:
            return None, now
        if len(self.readers) >= READERS:
            self.readers.clear()
        self.readers[cookie] = now.of(private), reader
        return reader, now

    async def once(self, key: Hashable, state: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """Return what the first request made in this state; all others wait for it."""
        kept = self.kept.pop(key, None)
        if kept is None or kept[0] != state:
            MISS.inc()
            kept = state, asyncio.ensure_future(make())
        else:
            HIT.inc()
        self.kept[key] = kept  # the most recently requested region is dropped last
        while len(self.kept) > KEPT:
            del self.kept[next(iter(self.kept))]
        try:
            return cast(T, await asyncio.shield(kept[1]))
        except BaseException:
            if kept[1].done() and self.kept.get(key) is kept:
                del self.kept[key]
            raise

    async def draw(self, scope: Scope, reader: Reader, audience: Actor) -> Region | None:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        asked = {**scope, ENVIRON: {KNOWN_LOGIN: (reader.user, audience)}}
        async with self.drawing:
            await self.pages(asked, no_body, keep)
        return Region.of(messages)


def cookies_of(scope: Scope) -> str:
    found = [value for name, value in scope["headers"] if name == b"cookie"]
    return b"; ".join(found).decode("latin-1")


async def no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
