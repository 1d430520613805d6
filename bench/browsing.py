"""A browser's session without a browser: live regions, and what is asked for after a change.

What `static/opale/live.js` and `live-worker.js` do, so that hundreds fit into one process: one
event stream, each region that a topic concerns asked for again after a short calm, again after a
failure, and everything after a reconnection that says so.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from random import Random
from time import monotonic
from typing import Final

DEBOUNCE: Final = 0.12
RETRY: Final = 3.0
"""What a browser waits before it opens a lost stream again, unless the server told."""
AGAIN: Final = (0.5, 1.0, 2.0, 5.0)
"""Seconds before a region whose request failed is asked for again."""
PATIENCE: Final = 20.0
REDRAW: Final = {"HX-Request": "true", "Opale-Redrawn": "1"}
PERSONAL: Final = 5
"""A region of one's own figures is asked for after so many times the calm."""
LOST: Final = (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError)

TAG = re.compile(r"<[a-z]+ [^>]*data-live=\"[^>]*>")
ATTRIBUTE = re.compile(r"([\w-]+)=\"([^\"]*)\"")
AFTER = re.compile(r'data-live-after="([^"]*)"')


@dataclass
class Region:
    """A part of the page that follows topics."""

    url: str
    topics: frozenset[str]
    calm: float
    personal: bool = False
    due: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


class Line:
    """One connection that stays open, asked one thing after the other, as by a browser."""

    def __init__(self, host: str, port: int, cookies: str) -> None:
        self.host, self.port, self.cookies = host, port, cookies
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None
        self.turn = asyncio.Lock()
        self.asking = 0

    async def get(self, path: str, **headers: str) -> Answer:
        """Errors: those of LOST."""
        self.asking += 1
        try:
            async with self.turn, asyncio.timeout(PATIENCE):
                return await self._answer(path, headers)
        finally:
            self.asking -= 1

    async def _answer(self, path: str, headers: Mapping[str, str]) -> Answer:
        try:
            reader = await self.ask(path, headers)
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            body = await reader.readexactly(int(length[1])) if length else b""
            if b"\r\nconnection: close\r\n" in head.lower():
                self.close()
        except BaseException:
            self.close()
            raise
        return Answer(int(head.split(None, 2)[1]), body)

    async def ask(self, path: str, headers: Mapping[str, str]) -> asyncio.StreamReader:
        if self.reader is None or self.writer is None or self.reader.at_eof():
            self.reader, self.writer = await asyncio.open_connection(
                self.host, self.port, limit=1 << 20
            )
        told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
            f"Cookie: {self.cookies}\r\n{told}\r\n".encode()
        )
        return self.reader

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


@dataclass
class Session:
    """One browser that looks at one page; `saw` is told all that it is shown, and when it asked."""

    name: str
    page: str
    host: str
    port: int
    cookies: str
    language: str
    saw: Callable[["Session", bytes, float], None]
    topics: frozenset[str] = frozenset()
    """For a program's list, which is no page: the topics after which it is asked for again."""
    regions: list[Region] = field(default_factory=list)
    after: str = ""
    calm: float = 0.0
    retry: float = RETRY
    asked: int = 0
    failed: int = 0
    lost: int = 0
    chance: Random = field(default_factory=Random)

    def __post_init__(self) -> None:
        self.line = Line(self.host, self.port, self.cookies)
        self.tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Ask for the page and find its live regions."""
        began = monotonic()
        answer = await self.line.get(self.page, Accept="text/html", **self._spoken())
        if answer.status != 200:
            raise ValueError(f"{self.name}: {self.page} was answered by {answer.status}.")
        self.saw(self, answer.body, began)
        if self.topics:
            self.regions = [Region(self.page, self.topics, DEBOUNCE)]
            return
        text = answer.body.decode()
        self.after = (AFTER.search(text) or ["", ""])[1]
        for tag in TAG.findall(text):
            named = {name: unescape(value) for name, value in ATTRIBUTE.findall(tag)}
            calm = int(named.get("data-live-calm", DEBOUNCE * 1000)) / 1000
            if "hx-get" in named:
                topics = frozenset(named["data-live"].split())
                personal = "data-live-personal" in tag
                self.regions.append(Region(named["hx-get"], topics, calm, personal))

    async def follow(self) -> None:
        """Listen for ever."""
        while True:
            stream = self._connection()
            try:
                await self._listen(stream)
            except LOST:
                pass
            finally:
                stream.close()
            self.lost += 1
            await asyncio.sleep(self.retry)

    def _connection(self) -> Line:
        """One that is kept and idle comes first; parts are then asked for on another."""
        if self.line.asking:
            return Line(self.host, self.port, self.cookies)
        kept, self.line = self.line, Line(self.host, self.port, self.cookies)
        return kept

    async def _listen(self, stream: Line) -> None:
        reader = await stream.ask(f"/live?after={self.after}", {"Accept": "text/event-stream"})
        head = await reader.readuntil(b"\r\n\r\n")
        if head.split(None, 2)[1] != b"200":
            raise OSError(head[:40])
        event: dict[str, str] = {}
        # The body comes in chunks: their lengths stand on lines of their own.
        while line := await reader.readline():
            text = line.decode().rstrip("\r\n")
            name, colon, value = text.partition(": ")
            if colon and name in ("event", "data", "id", "retry"):
                event[name] = value
            elif not text and event:
                self._told(event)
                event = {}
        raise EOFError

    def _told(self, event: Mapping[str, str]) -> None:
        self.after = event.get("id", self.after)
        if "retry" in event:
            self.retry = int(event["retry"]) / 1000
        if event.get("event") == "change":
            told = json.loads(event["data"])
            said, self.calm = set(told["topics"]), told["calm"] / 1000
            self._changed(lambda region: not said.isdisjoint(region.topics))
        elif event.get("event") == "reset":
            self._changed(lambda region: True)

    def _changed(self, concerned: Callable[[Region], bool]) -> None:
        for region in self.regions:
            if not region.due and concerned(region):
                region.due = True
                task = asyncio.create_task(self._ask_again(region))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)

    async def _ask_again(self, region: Region) -> None:
        await asyncio.sleep(max(region.calm, self.calm * PERSONAL if region.personal else 0))
        waits = iter(AGAIN)
        while True:
            region.due = False
            self.asked += 1
            began = monotonic()
            try:
                answer = await self.line.get(region.url, **REDRAW, **self._spoken())
            except LOST:
                answer = Answer(0, b"")
            if 0 < answer.status < 500:
                self.saw(self, answer.body, began)
                return
            self.failed += 1
            region.due = True
            await asyncio.sleep(next(waits, AGAIN[-1]) * self.chance.uniform(0.75, 1.25))

    def _spoken(self) -> dict[str, str]:
        return {"Accept-Language": self.language}
