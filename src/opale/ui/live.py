"""Live stream: one per browser, which tells it what changed and never misses a change.

Server-sent events: `change` with topics and the time between two events to a browser (`calm`, in
milliseconds), `reset` when the place from which the client wants to go on is unknown (it then reads
everything again), `session-ended` when its session is over. The id of an event is a place in the
stream: everything up to it was sent. A change may be sent twice.
"""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from random import Random
from typing import Final
from urllib.parse import parse_qs

import psycopg

from opale.kernel import actor as actors
from opale.kernel.actor import Actor
from opale.kernel.asgi import Receive, Scope, Send, answer_json, header
from opale.kernel.errors import TooMany, Unavailable
from opale.kernel.live_topics import Cursor
from opale.ui.live_feed import ChangeBatch, ChangeFeed

log = logging.getLogger(__name__)

KEEP_ALIVE_SECONDS: Final = 15.0
REAUTHORISE_SECONDS: Final = 60.0
REAUTHORISE_SPREAD: Final = (0.6, 0.9)
"""Shares of the period after which a stream looks up its login again, so that streams opened
together after a restart do not look up together for ever."""
CALM_SECONDS: Final = 0.1
"""Shortest time between events to a stream: a storm is some events a second, not hundreds."""
CALM_OF_EACH: Final = 0.01
"""Further time between events for each stream of the process."""
LONGEST_CALM_SECONDS: Final = 1.2
RETRY_SECONDS: Final = (0.4, 1.2)
"""Time after which a browser reopens a lost stream: by default, all would after three seconds."""
LIFETIME_SECONDS: Final = (600.0, 1_200.0)
"""Time after which a stream ends and its browser opens another one, at any process: otherwise all
streams of a dead process would stay with the surviving ones."""
QUEUED_EVENTS: Final = 100
SENT_AT_ONCE: Final = 5_000
"""Changes beyond which reading everything again is cheaper."""
STREAMS: Final = 2_000
STREAMS_PER_SESSION: Final = 10
"""A browser has one, or one for the page that is looked at."""
STREAMS_PER_LOGIN: Final = 40
"""Nobody takes the streams of all others."""
PRIVATE: Final = ("session:",)
"""Topics that concern the stream itself and are never sent."""
LOGINS: Final = (*PRIVATE, "organisation.user:", "organisation.person:")
"""Topics after which a stream looks up its login again."""
OWN: Final = "own.person"
"""`own.person:12` is sent to that person alone, about that person's own requests."""

RIGHTS: Mapping[str, str] = {"messaging": "desk.read", "assist": "desk.assist", "kernel": ""}
"""Topic prefix -> the right to receive it, where it is not `<prefix>.read`; "" is never sent."""
_further_rights: dict[str, str] = {}
"""Topic name -> a further right to receive it, on the customer that the change names."""


def require_further(name: str, right: str) -> None:
    """Let topics of this name (`discussions.project`) reach only who holds a further right on their
    customer, or on some teams, sites or own rows: of those a change does not say which it concerns.
    """
    _further_rights[name] = right


Grants = frozenset[tuple[str, actors.Scope]]


@lru_cache(4_000)
def one_of_all(grants: Grants) -> Grants:
    """Return the same object for all equal ones, so that later look-ups are fast."""
    return grants


@dataclass(frozen=True)
class Listener:
    """Reader of a live stream, found by the session: once, and again from time to time."""

    session_key: str
    actor: Actor

    @cached_property
    def private_topics(self) -> frozenset[str]:
        """Topics of this session and this login, published when their user may have changed."""
        return frozenset(
            {
                f"session:{self.session_key}",
                f"organisation.user:{self.actor.user_id}",
                f"organisation.person:{self.actor.person_id}",
            }
        )

    @cached_property
    def rights(self) -> Grants:
        """Rights of the listener: those with the same rights hear the same, but for personal
        topics.
        """
        return one_of_all(frozenset(self.actor.grants.items()))

    def hears(self, said: ChangeBatch) -> tuple[str, ...]:
        """Return the topics of the changes that this listener may read."""
        own = f"{OWN}:{self.actor.person_id}"
        heard = said.once(self.rights, partial(may_receive, self.actor))
        told = said.once(OWN, lambda topic, _customer: topic.startswith(f"{OWN}:"))
        return (*heard, own) if own in told else heard


CHANCE: Final = Random()  # noqa: S311  # spreads load, guards nothing
Authenticate = Callable[[str], Awaitable[Listener | None]]
"""Function from a Cookie header to its listener, or None. Errors: Unavailable."""


def may_receive(actor: Actor, topic: str, customer_id: int | None) -> bool:
    """Return whether a change concerns what this actor may read, beside the actor's own rows."""
    name = topic.partition(":")[0]
    if topic.startswith(PRIVATE) or name == OWN:
        return False
    prefix = name.partition(".")[0]
    scope = actor.grants.get(RIGHTS.get(prefix, f"{prefix}.read"))
    if scope is None or not _holds_further(actor, name, customer_id):
        return False
    return scope.everything or customer_id in scope.customers or _team_of(topic) in scope.teams


def _holds_further(actor: Actor, name: str, customer_id: int | None) -> bool:
    right = _further_rights.get(name)
    scope = actor.grants.get(right) if right else actors.EVERYTHING
    if scope is None:
        return False
    if scope.everything or customer_id in scope.customers:
        return True
    return bool(scope.teams or scope.sites or scope.own or scope.shared)


def _team_of(topic: str) -> int | None:
    """Return the team that a topic such as `assist.team:12` is about."""
    name, _, key = topic.partition(":")
    return int(key) if name.endswith(".team") and key.isdecimal() else None


def login_topics_in(said: ChangeBatch) -> frozenset[str]:
    """Return the topics of sessions and logins whose user may have changed."""
    return frozenset(topic for _, topic, _ in said.changes if topic.startswith(LOGINS))


@dataclass(eq=False)
class Stream:
    """Client of the live stream, with its pending events, HELD_EVENTS at most."""

    listener: Listener
    began: Cursor
    held: asyncio.Queue[ChangeBatch] = field(default_factory=lambda: asyncio.Queue(QUEUED_EVENTS))
    overflowed: bool = False
    recheck: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, said: ChangeBatch) -> None:
        try:
            self.held.put_nowait(said)
        except asyncio.QueueFull:
            self.overflowed = True

    def all_held(self, first: ChangeBatch) -> list[ChangeBatch]:
        """Return the first event together with all that wait behind it."""
        said = [first]
        while not self.held.empty():
            said.append(self.held.get_nowait())
        return said


class LiveStreams:
    """Raw ASGI application behind /live."""

    def __init__(self, feed: ChangeFeed, authenticate: Authenticate) -> None:
        self.feed = feed
        self.authenticate = authenticate
        self.streams: set[Stream] = set()
        self.open: Counter[str] = Counter()
        """Streams of each session and of each login."""
        self.stopping = False
        feed.subscribe(self.tell)

    def tell(self, said: ChangeBatch) -> None:
        for stream in self.streams:
            stream.offer(said)
        logins = login_topics_in(said)
        if logins:
            for stream in self.streams:
                if not logins.isdisjoint(stream.listener.private_topics):
                    stream.recheck.set()

    def stop(self) -> None:
        self.stopping = True
        for stream in self.streams:
            stream.over.set()

    @property
    def calm(self) -> float:
        """Time between two events to one stream: the more listeners, the longer.

        A browser that gets an event requests its regions again. Spread over this time, those
        requests leave room for other pages, and what comes meanwhile joins the same event.
        Source: docs/decisions/0032-cache-regions-per-rights-class.md.
        """
        return min(max(CALM_SECONDS, len(self.streams) * CALM_OF_EACH), LONGEST_CALM_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await answer_json(send, 405, {"code": "method_not_allowed"}, {"Allow": "GET"})
            return
        cookie = header(scope, b"cookie")
        try:
            listener = await self.authenticate(cookie)
        except Unavailable:
            await answer_json(send, 503, {"code": Unavailable.code}, {"Retry-After": "2"})
            return
        if listener is None:
            await answer_json(send, 401, {"code": "not_authenticated"})
            return
        if len(self.streams) >= STREAMS or self.stopping:
            await answer_json(send, 503, {"code": Unavailable.code}, {"Retry-After": "5"})
            return
        session, login = f"session:{listener.session_key}", f"user:{listener.actor.user_id}"
        if self.open[session] >= STREAMS_PER_SESSION or self.open[login] >= STREAMS_PER_LOGIN:
            await answer_json(send, 429, {"code": TooMany.code}, {"Retry-After": "30"})
            return
        stream = Stream(listener, self.feed.place)
        self.streams.add(stream)
        self.open.update((session, login))
        self.feed.listen(anybody=True)
        try:
            await self._run(stream, cookie, requested_cursor(scope), receive, send)
        except OSError:
            return  # the client left between two events
        finally:
            self.streams.discard(stream)
            self.open.subtract((session, login))
            self.open = +self.open  # those without streams are forgotten
            self.feed.listen(anybody=bool(self.streams))

    async def _run(
        self, stream: Stream, cookie: str, after: str, receive: Receive, send: Send
    ) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        said = asyncio.create_task(self._say(stream, after, send))
        others = [
            asyncio.create_task(work)
            for work in (_departure(receive), self._watch(stream, cookie), stream.over.wait())
        ]
        try:
            lifetime = CHANCE.uniform(*LIFETIME_SECONDS)
            tasks = [said, *others]
            await asyncio.wait(tasks, timeout=lifetime, return_when=asyncio.FIRST_COMPLETED)
            ended = others[1].done()
        finally:
            await _end(said, *others)
        if ended:
            await send(event("session-ended", {}, None))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _watch(self, stream: Stream, cookie: str) -> None:
        """Look up the session again: every minute, and at once when it may have changed."""
        while True:
            try:
                async with asyncio.timeout(
                    REAUTHORISE_SECONDS * CHANCE.uniform(*REAUTHORISE_SPREAD)
                ):
                    await stream.recheck.wait()
            except TimeoutError:
                pass
            stream.recheck.clear()
            try:
                listener = await self.authenticate(cookie)
            except Unavailable as error:
                # Nothing is sent while the database is away, so nothing leaks meanwhile.
                await asyncio.sleep(error.retry_after.total_seconds())
                stream.recheck.set()
                continue
            if listener is None or listener.actor.user_id != stream.listener.actor.user_id:
                return
            stream.listener = listener

    async def _say(self, stream: Stream, after: str, send: Send) -> None:
        """Send what was missed since `after`, then each change as it comes, and heartbeats."""
        # Never a place beyond what was sent: the connection may end after any of these lines.
        retry = int(CHANCE.uniform(*RETRY_SECONDS) * 1000)
        await send(comment("welcome", None if after else stream.began, retry=retry))
        if after:
            missed = await self.feed.missed_since(after)
            await send(reset(stream.began) if missed is None else self._told(stream, [missed]))
        moment = CHANCE.random()
        while True:
            try:
                async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                    said = await stream.held.get()
            except TimeoutError:
                place = self.feed.place if stream.held.empty() else None
                await send(comment("still here", place))
                continue
            await asyncio.sleep(self.calm * moment)
            held = stream.all_held(said)
            if stream.overflowed or sum(len(one.changes) for one in held) > SENT_AT_ONCE:
                stream.overflowed = False
                await send(reset(held[-1].place))
            else:
                await send(self._told(stream, held))
            await asyncio.sleep(self.calm * (1 - moment))

    def _told(self, stream: Stream, held: Sequence[ChangeBatch]) -> dict[str, object]:
        place = held[-1].place
        heard = dict.fromkeys(topic for said in held for topic in stream.listener.hears(said))
        calm = round(self.calm * 1000)
        return change(tuple(heard), place, calm) if heard else comment("", place)


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _end(*tasks: "asyncio.Task[object] | asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception) and not isinstance(outcome, (OSError, psycopg.Error)):
            raise outcome


HEADERS: Sequence[tuple[bytes, bytes]] = [
    (b"connection", b"close"),  # a client whose stream ends reconnects, to any process
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


def requested_cursor(scope: Scope) -> str:
    """Return the place to go on from: the one the browser remembers, else the page's own."""
    remembered = header(scope, b"last-event-id")
    return remembered or parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]


@lru_cache(100)
def change(topics: Sequence[str], place: Cursor, calm: int) -> dict[str, object]:
    """Return the event of a change, the same bytes for all who receive it."""
    return event("change", {"topics": topics, "calm": calm}, place)


def event(name: str, content: object, place: Cursor | None) -> dict[str, object]:
    head = f"id: {place}\n" if place else ""
    text = f"{head}event: {name}\ndata: {json.dumps(content, separators=(',', ':'))}\n\n"
    return {"type": "http.response.body", "body": text.encode(), "more_body": True}


def comment(words: str, place: Cursor | None, *, retry: int = 0) -> dict[str, object]:
    """Return an event without effect, with which the browser keeps the place and the retry time."""
    head = f"id: {place}\n" if place and place.transaction else ""
    head += f"retry: {retry}\n" if retry else ""
    return {
        "type": "http.response.body",
        "body": f": {words}\n{head}\n".encode(),
        "more_body": True,
    }


def reset(place: Cursor) -> dict[str, object]:
    return event("reset", {}, place)
