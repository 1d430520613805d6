"""Django's pages and API in threads, shielded from slow clients on both sides.

A thread is scarce: it is taken when the whole request body has arrived, and given back when the
response is made, not when the client has read it. A page switches twice between thread and event
loop, at its begin and at its end: each further switch costs as much as some database queries.
"""

import asyncio
import contextvars
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from typing import IO, Any

from a2wsgi.wsgi import build_environ

from opale.kernel.asgi import (
    ClientGone,
    Message,
    Receive,
    Scope,
    Send,
    TooLarge,
    TooSlow,
    chunks_of,
    has_no_body,
    refuse,
    refuse_announced,
)

IN_MEMORY = 1 << 20
BODY_SECONDS = 60.0
AT_ONCE = 1 << 18
"""Longer responses are sent while they are made: only exports are so long."""
HELD_BYTES = 8 << 20
"""Bytes beyond which a response waits for its client."""

ENVIRON = "opale.environ"
"""Key of a scope for what Opale adds to the request's environment. No client can set it."""

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class DjangoBridge:
    def __init__(self, application: WsgiApp, *, threads: int, body_limit: int) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="pages")
        self.body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if has_no_body(scope):
            await self.answer(scope, BytesIO(), 0, send)
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
            await self.answer(scope, body, length, send)

    async def answer(self, scope: Scope, body: IO[bytes], length: int, send: Send) -> None:
        answer = Answer(send, asyncio.get_running_loop())
        environ = _environ(scope, body, length)
        run = contextvars.copy_context().run
        try:
            await answer.loop.run_in_executor(
                self.threads, run, answer.make, self.application, environ
            )
            await answer.end()
        finally:
            await answer.close()

    def stop(self) -> None:
        self.threads.shutdown(wait=False, cancel_futures=True)


class Answer:
    """Django's answer, made in a thread. A long one is sent from there, in parts."""

    def __init__(self, send: Send, loop: asyncio.AbstractEventLoop) -> None:
        self.send, self.loop = send, loop
        self.head: Message | None = None
        self.parts: list[bytes] = []
        self.held: HeldResponse | None = None
        self.pump: asyncio.Task[None] | None = None

    def make(self, application: WsgiApp, environ: dict[str, Any]) -> None:
        made, size = application(environ, self.begin), 0
        try:
            for part in made:
                self.parts.append(part)
                size += len(part)
                if size > AT_ONCE:
                    size = 0
                    asyncio.run_coroutine_threadsafe(self.send_on(), self.loop).result()
        finally:
            getattr(made, "close", lambda: None)()

    def begin(self, status: str, headers: Sequence[tuple[str, str]], *_: object) -> None:
        self.head = {
            "type": "http.response.start",
            "status": int(status.partition(" ")[0]),
            "headers": [
                (name.strip().encode("latin-1").lower(), value.strip().encode("latin-1"))
                for name, value in headers
            ],
        }

    def made(self, *, more: bool) -> Iterator[Message]:
        """Return what was made since the last call."""
        if self.head is not None:
            yield self.head
        yield {"type": "http.response.body", "body": b"".join(self.parts), "more_body": more}
        self.head, self.parts = None, []

    async def send_on(self) -> None:
        if self.held is None:
            self.held = HeldResponse(self.send)
            self.pump = asyncio.create_task(self.held.pump())
        for message in self.made(more=True):
            await self.held.put(message)

    async def end(self) -> None:
        for message in self.made(more=False):
            if self.held is not None:
                await self.held.put(message)
                continue
            with suppress(OSError):  # the client left
                await self.send(message)

    async def close(self) -> None:
        if self.held is not None and self.pump is not None:
            self.held.close()
            await self.pump


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


class HeldResponse:
    """Buffer between Django and the client: filled as fast as the response is made, sent as fast as
    the client reads.
    """

    def __init__(self, send: Send) -> None:
        self.send = send
        self.messages: deque[Message] = deque()
        self.bytes = 0
        self.closed = False
        self.lost = False
        self.moved = asyncio.Condition()
        self.wake = asyncio.Event()

    async def put(self, message: Message) -> None:
        while self.bytes > HELD_BYTES and not self.lost:
            async with self.moved:
                await self.moved.wait_for(lambda: self.bytes <= HELD_BYTES or self.lost)
        if self.lost:
            return
        self.bytes += len(message.get("body", b""))
        self.messages.append(message)
        self.wake.set()

    def close(self) -> None:
        self.closed = True
        self.wake.set()

    async def pump(self) -> None:
        try:
            while True:
                while self.messages:
                    message = self.messages.popleft()
                    await self.send(message)
                    async with self.moved:
                        self.bytes -= len(message.get("body", b""))
                        self.moved.notify_all()
                if self.closed:
                    return
                self.wake.clear()
                await self.wake.wait()
        except OSError:
            return  # the client left; the unread rest is dropped
        finally:
            async with self.moved:
                self.lost = True
                self.messages.clear()
                self.moved.notify_all()
