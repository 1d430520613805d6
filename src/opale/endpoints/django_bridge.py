"""Django's pages and API in threads, shielded from slow clients on both sides.

A thread is scarce: it is taken when the whole request body has arrived, and given back when the
response is made, not when the client has read it.
"""

import asyncio
import tempfile
from collections import deque
from collections.abc import Callable, Iterable
from typing import IO, Any

from a2wsgi import WSGIMiddleware

from opale.kernel.asgi import (
    Gone,
    Message,
    Receive,
    Scope,
    Send,
    TooLarge,
    TooSlow,
    chunks_of,
    refuse,
    refuse_announced,
)

IN_MEMORY = 1 << 20
CHUNK = 1 << 16
BODY_SECONDS = 60.0
HELD_BYTES = 8 << 20
"""Beyond this a response waits for its reader: only exports are as long."""

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class DjangoBridge:
    def __init__(self, application: WsgiApp, *, threads: int, body_limit: int) -> None:
        self.inner = WSGIMiddleware(application, workers=threads)  # type: ignore[arg-type]  # its own type of environ
        self.body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            try:
                refuse_announced(scope, self.body_limit)
                length = await chunks_of(
                    receive, body.write, limit=self.body_limit, seconds=BODY_SECONDS
                )
            except (TooLarge, TooSlow, Gone) as error:
                await refuse(send, error, receive)
                return
            body.seek(0)
            held = HeldResponse(send)
            pump = asyncio.create_task(held.pump())
            try:
                await self.inner(_with_length(scope, length), _replay(body), held.put)  # type: ignore[arg-type]  # scopes are typed differently
            finally:
                held.close()
                await pump

    def stop(self) -> None:
        self.inner.executor.shutdown(wait=False, cancel_futures=True)


def _with_length(scope: Scope, length: int) -> Scope:
    """Django trusts Content-Length: a chunked body would look empty. Repeated cookies are joined.

    Headers of the same name are joined by a comma further on, which breaks cookies that a proxy
    has split.
    """
    headers = [(k, v) for k, v in scope["headers"] if k not in (b"content-length", b"cookie")]
    if length or scope["method"] in ("POST", "PUT", "PATCH"):
        headers.append((b"content-length", str(length).encode()))
    if cookies := [v for k, v in scope["headers"] if k == b"cookie"]:
        headers.append((b"cookie", b"; ".join(cookies)))
    return {**scope, "headers": headers}


def _replay(body: IO[bytes]) -> Receive:
    async def receive() -> Message:
        chunk = body.read(CHUNK)
        return {"type": "http.request", "body": chunk, "more_body": len(chunk) == CHUNK}

    return receive


class HeldResponse:
    """Takes a response as fast as it is made and gives it to the client as fast as it reads."""

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
            return  # the client left; what it did not read is nobody's
        finally:
            async with self.moved:
                self.lost = True
                self.messages.clear()
                self.moved.notify_all()
