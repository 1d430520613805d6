"""Django's pages and API in threads, shielded from slow clients on both sides.

A thread is scarce: it is taken when the whole request body has arrived, and given back when the
response is made, not when the client has read it. Threads and event loop take turns on one
processor, so they meet once for a page: when it is ready.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Condition
from typing import IO, Any, Final

from opale.kernel.asgi import (
    Gone,
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
BODY_SECONDS = 60.0
EARLY_BYTES = 1 << 18
"""So much of a file is sent while the rest of it is read."""
HELD_BYTES = 8 << 20
"""Beyond this a response waits for its reader: only exports are as long."""
APART: Final = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}
"""The headers that stand in an environment without the word HTTP (PEP 3333)."""

Environ = dict[str, Any]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class DjangoBridge:
    def __init__(self, application: WsgiApp, *, threads: int, body_limit: int) -> None:
        self.application = application
        self.body_limit = body_limit
        self.executor = ThreadPoolExecutor(threads, thread_name_prefix="pages")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            try:
                length = await self._take(scope, receive, body)
            except (TooLarge, TooSlow, Gone) as error:
                await refuse(send, error, receive)
                return
            loop = asyncio.get_running_loop()
            response = HeldResponse(loop)
            environ = environ_of(scope, body, length)
            run = copy_context().run
            work = loop.run_in_executor(
                self.executor, run, response.make, self.application, environ
            )
            try:
                await response.hand_on(send, work)
            finally:
                response.lose()
            await work

    async def _take(self, scope: Scope, receive: Receive, body: IO[bytes]) -> int:
        refuse_announced(scope, self.body_limit)
        if not announces_body(scope):
            return 0
        length = await chunks_of(receive, body.write, limit=self.body_limit, seconds=BODY_SECONDS)
        body.seek(0)
        return length

    def stop(self) -> None:
        self.executor.shutdown(wait=False, cancel_futures=True)


def announces_body(scope: Scope) -> bool:
    """Whether a body follows the headers (RFC 9112, 6.3)."""
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def environ_of(scope: Scope, body: IO[bytes], length: int) -> Environ:
    """The request as Django takes it (PEP 3333).

    The length is that of the body that arrived: Django trusts it, and one sent in pieces says none.
    """
    host, port = scope.get("server") or ("localhost", 80)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if client := scope.get("client"):
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = client[0], str(client[1])
    for name, value in scope["headers"]:
        key = APART.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        # A proxy may have split the cookies: they are joined as the browser would have.
        between = "; " if name == b"cookie" else ","
        said = value.decode("latin-1")
        environ[key] = f"{environ[key]}{between}{said}" if key in environ else said
    environ.pop("CONTENT_LENGTH", None)
    if length or scope["method"] in ("POST", "PUT", "PATCH"):
        environ["CONTENT_LENGTH"] = str(length)
    return environ


class HeldResponse:
    """A response on its way from the thread that makes it to the client that reads it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.wake = asyncio.Event()
        self.moved = Condition()
        self.head: dict[str, Any] | None = None
        self.early_bytes = EARLY_BYTES
        self.chunks: list[bytes] = []
        self.bytes = 0
        self.lost = False

    def make(self, application: WsgiApp, environ: Environ) -> None:
        """In a thread: as fast as it can be made."""
        parts = application(environ, self._start)
        try:
            for chunk in parts:
                if not self._hold(chunk):
                    return
        finally:
            if close := getattr(parts, "close", None):
                close()

    async def hand_on(self, send: Send, work: "asyncio.Future[None]") -> None:
        """In the event loop: as fast as the client reads."""
        work.add_done_callback(lambda _: self.wake.set())
        over, started = False, False
        while not over:
            await self.wake.wait()
            self.wake.clear()
            over = work.done()
            if over:
                work.result()  # raises what broke off the response
            body = self._taken()
            try:
                if not started and self.head is not None:
                    started = True
                    await send(self.head)
                await send({"type": "http.response.body", "body": body, "more_body": not over})
            except OSError:
                return  # the client left; what it did not read is nobody's

    def lose(self) -> None:
        """Nobody reads any more."""
        with self.moved:
            self.lost = True
            self.moved.notify_all()

    def _start(self, status: str, headers: Sequence[tuple[str, str]], _error: Any = None) -> None:
        said = [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in headers]
        self.head = {
            "type": "http.response.start", "status": int(status[:3]), "headers": said,
        }  # fmt: skip
        if not any(name == b"content-length" for name, _ in said):
            self.early_bytes = 0  # a stream: each part as it comes

    def _hold(self, chunk: bytes) -> bool:
        """Whether somebody still reads."""
        with self.moved:
            self.moved.wait_for(lambda: self.bytes <= HELD_BYTES or self.lost)
            self.chunks.append(chunk)
            self.bytes += len(chunk)
            if self.bytes > self.early_bytes:
                self.loop.call_soon_threadsafe(self.wake.set)
            return not self.lost

    def _taken(self) -> bytes:
        with self.moved:
            taken, self.chunks, self.bytes = b"".join(self.chunks), [], 0
            self.moved.notify_all()
        return taken
