"""Django's pages and API in threads, shielded from slow clients on both sides.

A thread is scarce: it is taken when the whole request body has arrived, and given back when the
response is made, not when the client has read it; one login has less than half of them. A long
response is written to the disk, and sent from there as fast as its client reads. A page switches
twice between thread and event loop, at its begin and at its end: each further switch costs as much
as some database queries.
"""

import asyncio
import contextvars
import logging
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import timedelta
from io import BytesIO
from threading import Lock
from typing import IO, Any, Final

from a2wsgi.wsgi import build_environ
from django.conf import settings
from django.http import HttpResponse

from opale.endpoints.http import READER
from opale.endpoints.thread_shares import ThreadShares, caller_of
from opale.kernel.asgi import (
    ClientGone,
    Message,
    Receive,
    Scope,
    Send,
    TooLarge,
    TooSlow,
    chunks_of,
    drop_connection,
    has_no_body,
    refuse,
    refuse_announced,
)
from opale.kernel.errors import OpaleError, TooMany
from opale.kernel.query_limits import QueryLimits, limited, watched

log = logging.getLogger(__name__)

IN_MEMORY = 1 << 20
BODY_SECONDS = 60.0
AT_ONCE = 1 << 18
"""Longer responses are sent while they are made, through the disk."""
CHUNK_BYTES: Final = 1 << 16
CHUNK_SECONDS: Final = 30.0
"""Time for a client to take one chunk. One that takes longer is disconnected."""
LONG_PER_LOGIN: Final = 20
"""Long responses that one login may have unread at the same time."""
RETRY: Final = timedelta(seconds=CHUNK_SECONDS)
API_ROOTS: Final = ("/api/", "/tmf-api/")

ENVIRON = "opale.environ"
"""Key of a scope for what Opale adds to the request's environment. No client can set it."""

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Refuse = Callable[[dict[str, Any], OpaleError, str], HttpResponse]
"""Function from the environment of a request, its error and the language of its reader to the
response."""


class DjangoBridge:
    def __init__(
        self, application: WsgiApp, *, threads: int, body_limit: int, refuse: Refuse
    ) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="pages")
        self.shares = ThreadShares(threads)
        self.files = ThreadPoolExecutor(2, thread_name_prefix="responses")
        self.body_limit = body_limit
        self.refuse = refuse
        self.unread = UnreadResponses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if has_no_body(scope):
            await self.answer(scope, BytesIO(), 0, receive, send)
            return
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            try:
                refuse_announced(scope, self.body_limit)
                length = await chunks_of(
                    receive, body.write, limit=self.body_limit, seconds=BODY_SECONDS
                )
            except (TooLarge, TooSlow, ClientGone) as error:
                await refuse(send, error, receive)
                return
            body.seek(0)
            await self.answer(scope, body, length, receive, send)

    async def answer(
        self, scope: Scope, body: IO[bytes], length: int, receive: Receive, send: Send
    ) -> None:
        is_api = scope["path"].startswith(API_ROOTS)
        limits = QueryLimits(
            settings.API_STATEMENT_SECONDS if is_api else settings.PAGE_STATEMENT_SECONDS
        )
        answer = Answer(self, scope, send, limits)
        environ = _environ(scope, body, length)
        run, caller = contextvars.copy_context().run, caller_of(scope, by_token=is_api)
        try:
            with watched(scope["method"], receive, limits):
                async with self.shares.turn(caller):
                    await answer.loop.run_in_executor(self.threads, run, answer.make, environ)
            self.shares.learn(caller, environ.get(READER, ""))
            await answer.end()
        finally:
            await answer.close()

    def stop(self) -> None:
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.files.shutdown(wait=False, cancel_futures=True)


class UnreadResponses:
    """Number of long responses that each login has not read to their end."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.count: Counter[str] = Counter()

    def begin(self, reader: str) -> None:
        """Count one more. Errors: TooMany."""
        with self.lock:
            if reader and self.count[reader] >= LONG_PER_LOGIN:
                raise TooMany(RETRY)
            self.count[reader] += 1

    def end(self, reader: str) -> None:
        with self.lock:
            self.count[reader] -= 1
            if not self.count[reader]:
                del self.count[reader]


class Answer:
    """Django's answer, made in a thread. A long one is sent through a file."""

    def __init__(self, bridge: DjangoBridge, scope: Scope, send: Send, limits: QueryLimits) -> None:
        self.bridge, self.scope, self.send, self.limits = bridge, scope, send, limits
        self.loop = asyncio.get_running_loop()
        self.head: Message | None = None
        self.parts: list[bytes] = []
        self.spooled: SpooledResponse | None = None
        self.pump: asyncio.Task[None] | None = None
        self.reader = ""

    def make(self, environ: dict[str, Any]) -> None:
        """Make the answer, in a thread."""
        if self.limits.left:
            return  # it waited for a thread, and its client did not wait
        try:
            with ExitStack() as closed, limited(self.limits):
                made = self.bridge.application(environ, self.begin)
                # Last: it gives the connection back, which the limits must have let go of before.
                closed.callback(getattr(made, "close", lambda: None))
                self.keep(made, environ)
        finally:
            if self.spooled is not None:
                self.spooled.leave()

    def keep(self, made: Iterable[bytes], environ: dict[str, Any]) -> None:
        """Keep the parts, or write them to a file where they become long."""
        size, spooled = 0, None
        for part in made:
            self.parts.append(part)
            size += len(part)
            if size <= (CHUNK_BYTES if spooled else AT_ONCE):
                continue
            try:
                spooled = spooled or self.spool(environ.get(READER, ""))
            except TooMany as error:
                self.refuse(environ, error)
                return
            size = 0
            if not self.flush(spooled):
                return  # nobody reads it
        if spooled and self.flush(spooled):
            spooled.whole = True

    def spool(self, reader: str) -> "SpooledResponse":
        """Go on through a file. Errors: TooMany, OSError (no room on the disk)."""
        self.bridge.unread.begin(reader)
        try:
            made = SpooledResponse(self.bridge.files, self.loop)
        except OSError:
            self.bridge.unread.end(reader)
            raise
        self.reader, self.spooled = reader, made
        head = self.head or {}
        self.loop.call_soon_threadsafe(self.start_pump, made, head)
        return made

    def flush(self, spooled: "SpooledResponse") -> bool:
        """Write the parts to the file; False where nobody reads it any more."""
        content, self.parts = b"".join(self.parts), []
        return spooled.write(content)

    def refuse(self, environ: dict[str, Any], error: OpaleError) -> None:
        """Replace the answer, of which nothing was sent."""
        headers = dict(self.head["headers"]) if self.head else {}
        language = headers.get(b"content-language", b"en").decode("latin-1")
        response = self.bridge.refuse(environ, error, language)
        self.begin(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        self.parts = [response.content]

    def begin(self, status: str, headers: Sequence[tuple[str, str]], *_: object) -> None:
        self.head = {
            "type": "http.response.start",
            "status": int(status.partition(" ")[0]),
            "headers": [
                (name.strip().encode("latin-1").lower(), value.strip().encode("latin-1"))
                for name, value in headers
            ],
        }

    def start_pump(self, spooled: "SpooledResponse", head: Message) -> None:
        self.pump = self.loop.create_task(spooled.pump(head, self.scope, self.send))

    async def end(self) -> None:
        """Send an answer that is not long."""
        if self.spooled is not None or self.head is None:
            return
        with suppress(OSError):  # the client left
            await self.send(self.head)
            body = b"".join(self.parts)
            await self.send({"type": "http.response.body", "body": body, "more_body": False})

    async def close(self) -> None:
        """Send what is left of a long answer, as fast as its client reads."""
        if self.spooled is None or self.pump is None:
            return
        try:
            self.spooled.close()
            await self.pump
        finally:
            self.bridge.unread.end(self.reader)


def _environ(scope: Scope, body: IO[bytes], length: int) -> dict[str, Any]:
    """Return the request's environment for Django, which trusts Content-Length: a chunked body
    would look empty. Repeated cookies are joined.

    Headers of the same name are joined by a comma further on, which breaks cookies that a proxy
    has split.
    """
    headers = [(k, v) for k, v in scope["headers"] if k not in (b"content-length", b"cookie")]
    if length or scope["method"] in ("POST", "PUT", "PATCH"):
        headers.append((b"content-length", str(length).encode()))
    if cookies := [v for k, v in scope["headers"] if k == b"cookie"]:
        headers.append((b"cookie", b"; ".join(cookies)))
    asked: Any = dict(scope) | {"headers": headers}
    environ: Any = build_environ(asked, body)  # type: ignore[arg-type]  # it is read as any file
    added: dict[str, Any] = scope.get(ENVIRON, {})
    return {**environ, **added}


class SpooledResponse:
    """A long response on its way through a file: written as fast as it is made, in a thread, and
    sent as fast as the client reads, by the event loop.
    """

    def __init__(self, readers: ThreadPoolExecutor, loop: asyncio.AbstractEventLoop) -> None:
        self.readers, self.loop = readers, loop
        self.file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # closed by `leave`
        self.users = 2
        """The thread that writes and the task that sends: the last of them closes the file."""
        self.lock = Lock()
        self.written = 0
        self.whole = False
        """Whether all of it was made."""
        self.closed = False
        self.lost = False
        """Whether nobody reads it any more."""
        self.waiting = False
        self.more = asyncio.Event()

    def write(self, content: bytes) -> bool:
        """Add a part, in the thread; return whether somebody reads it."""
        rest = memoryview(content)
        while rest and not self.lost:
            length = self.file.write(rest) or 0
            self.written += length
            rest = rest[length:]
        if self.waiting:
            self.loop.call_soon_threadsafe(self.more.set)
        return not self.lost

    def close(self) -> None:
        """Say that nothing more is written."""
        self.closed = True
        self.more.set()

    def leave(self) -> None:
        with self.lock:
            self.users -= 1
            last = not self.users
        if last:
            self.file.close()

    async def pump(self, head: Message, scope: Scope, send: Send) -> None:
        """Send the response until its end, or until its client leaves or takes nothing any more."""
        try:
            await _send_in_time(send, head)
            sent = 0
            while chunk := await self.next_chunk(sent):
                message = {"type": "http.response.body", "body": chunk, "more_body": True}
                await _send_in_time(send, message)
                sent += len(chunk)
            if self.whole:
                await _send_in_time(send, {"type": "http.response.body", "body": b""})
        except TimeoutError:
            log.warning("a client was disconnected: it did not read a long response")
            drop_connection(scope)
        except OSError:
            return  # the client left
        finally:
            self.lost = True
            self.leave()

    async def next_chunk(self, place: int) -> bytes:
        """Wait for what was written after this place; nothing is at the end."""
        while place >= self.written and not self.closed:
            self.waiting = True
            self.more.clear()
            if place >= self.written and not self.closed:
                await self.more.wait()
        self.waiting = False
        if place >= self.written:
            return b""
        file = self.file.fileno()
        return await self.loop.run_in_executor(self.readers, os.pread, file, CHUNK_BYTES, place)


async def _send_in_time(send: Send, message: Message) -> None:
    """Send a message. Errors: TimeoutError (the client takes nothing), OSError (it left)."""
    async with asyncio.timeout(CHUNK_SECONDS):
        await send(message)
