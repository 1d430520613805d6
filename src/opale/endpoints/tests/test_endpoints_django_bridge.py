"""Clients that read nothing hold neither a thread nor a connection of the server."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import override_settings

from opale.endpoints import django_bridge
from opale.endpoints.django_bridge import AT_ONCE, LONG_PER_LOGIN, DjangoBridge
from opale.endpoints.http import READER
from opale.endpoints.problems import problem
from opale.endpoints.thread_shares import Caller, caller_of
from opale.kernel import query_limits
from opale.kernel.asgi import Message
from opale.kernel.errors import OpaleError

PATIENCE = 60.0
LONG = 10 << 20
BLOCK = bytes(range(256)) * 256


class Reader:
    """A client: it takes `takes` messages of its answer, and no more until it is let go on."""

    def __init__(self, takes: int = 1_000_000) -> None:
        self.takes = takes
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = bytearray()
        self.went_on = asyncio.Event()
        self.left = asyncio.Event()
        self.received = 0

    async def send(self, message: Message) -> None:
        if self.takes <= 0:
            await self.went_on.wait()
        self.takes -= 1
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        self.body += message.get("body", b"")

    async def receive(self) -> Message:
        self.received += 1
        if self.received == 1:
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}


def scope_of(path: str, method: str = "GET", token: str = "") -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode())] if token else [],
        "client": ("127.0.0.1", 9),
        "server": ("127.0.0.1", 80),
    }


class Application:
    """Django's place: `/long` is ten megabytes, `/sleep` a statement of a minute, `/work` takes as
    long as it is let.
    """

    def __init__(self) -> None:
        self.working: list[str] = []
        self.work_ends = threading.Event()
        self.ended = threading.Semaphore(0)
        self.parts = 0
        self.failed: list[Exception] = []
        self.reader = ""

    def __call__(self, environ: dict[str, Any], begin: Callable[..., Any]) -> Iterator[bytes]:
        environ[READER] = self.reader
        begin("200 OK", [("Content-Type", "text/plain"), ("Content-Language", "fr")])
        if environ["PATH_INFO"] == "/long":
            return self.long()
        if environ["PATH_INFO"].endswith("/work"):
            self.working.append("one")
            self.work_ends.wait(PATIENCE)
        if environ["PATH_INFO"].endswith("/sleep"):
            self.sleep()
        return iter([b"short"])

    def long(self) -> Iterator[bytes]:
        try:
            for _ in range(LONG // len(BLOCK)):
                self.parts += 1
                yield BLOCK
        finally:
            self.ended.release()

    def sleep(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(60)")
        except OperationalError as error:
            self.failed.append(error)
        finally:
            connection.close()


def refuse(environ: dict[str, Any], error: OpaleError, language: str) -> HttpResponse:
    response = problem(error)
    response.headers["X-Language"] = language
    return response


Ask = Callable[[str, Reader], Awaitable[None]]


def run(story: Callable[[Ask], Coroutine[Any, Any, None]], application: Application) -> None:
    """Run a story with a bridge of one thread."""

    async def told() -> None:
        bridge = DjangoBridge(application, threads=1, body_limit=1000, refuse=refuse)
        try:
            async with asyncio.timeout(PATIENCE):
                await story(lambda path, r: bridge(scope_of(path), r.receive, r.send))
        finally:
            bridge.stop()

    asyncio.run(told())


def test_a_client_that_reads_nothing_gives_the_thread_back() -> None:
    application = Application()

    async def story(ask: Ask) -> None:
        slow, other = Reader(takes=1), Reader()
        reading = asyncio.ensure_future(ask("/long", slow))
        await asyncio.to_thread(application.ended.acquire)
        await ask("/", other)
        assert other.body == b"short"
        assert not slow.body
        slow.went_on.set()
        await reading
        assert slow.body == BLOCK * (LONG // len(BLOCK))

    run(story, application)


def test_a_client_that_reads_nothing_for_long_is_disconnected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dropped: list[Any] = []
    monkeypatch.setattr(django_bridge, "CHUNK_SECONDS", 0.1)
    monkeypatch.setattr(django_bridge, "drop_connection", dropped.append)

    async def story(ask: Ask) -> None:
        slow = Reader(takes=2)
        await ask("/long", slow)
        assert len(slow.body) < AT_ONCE
        assert [one["client"] for one in dropped] == [("127.0.0.1", 9)]

    run(story, Application())


def test_what_nobody_reads_is_not_made_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    application = Application()

    class Gone(Reader):
        async def send(self, message: Message) -> None:
            raise ConnectionResetError

    original = Application.long

    def slowly(self: Application) -> Iterator[bytes]:
        for part in original(self):
            yield part
            threading.Event().wait(0.01)

    monkeypatch.setattr(Application, "long", slowly)

    async def story(ask: Ask) -> None:
        await ask("/long", Gone())

    run(story, application)
    assert application.parts < LONG // len(BLOCK)


def test_one_login_has_few_long_answers_that_it_does_not_read() -> None:
    application = Application()
    application.reader = "user:1"

    async def story(ask: Ask) -> None:
        slow = [Reader(takes=1) for _ in range(LONG_PER_LOGIN)]
        reading = [asyncio.ensure_future(ask("/long", one)) for one in slow]
        for _ in slow:
            await asyncio.to_thread(application.ended.acquire)
        refused = Reader()
        await ask("/long", refused)
        assert (refused.status, b"too_many_requests" in refused.body) == (429, True)
        assert int(refused.headers[b"retry-after"]) > 0
        assert refused.headers[b"x-language"] == b"fr"
        application.reader = "user:2"
        other = Reader()
        await ask("/long", other)
        assert len(other.body) == LONG
        for one in slow:
            one.went_on.set()
        await asyncio.gather(*reading)
        application.reader = "user:1"
        again = Reader()
        await ask("/long", again)
        assert len(again.body) == LONG

    run(story, application)


@pytest.mark.django_db
def test_a_statement_ends_when_its_client_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_limits, "WATCH_AFTER_SECONDS", 0.05)
    application = Application()

    async def story(ask: Ask) -> None:
        client = Reader()
        asking = asyncio.ensure_future(ask("/sleep", client))
        waiting = Reader()
        queued = asyncio.ensure_future(ask("/long", waiting))
        while client.received < 2 or waiting.received < 2:
            await asyncio.sleep(0.01)
        waiting.left.set()
        client.left.set()
        await asyncio.gather(asking, queued)
        assert not waiting.status, "nothing was made for a client that did not wait for its turn"

    run(story, application)
    (error,) = application.failed
    assert "user request" in str(error)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sleep", "/api/v1/sleep"])
def test_a_statement_has_the_time_of_its_page_or_call(path: str) -> None:
    application = Application()
    name = "API_STATEMENT_SECONDS" if path.startswith("/api/") else "PAGE_STATEMENT_SECONDS"

    async def story(ask: Ask) -> None:
        await ask(path, Reader())

    with override_settings(**{name: 0.05}):
        run(story, application)
    (error,) = application.failed
    assert "statement timeout" in str(error)


def test_one_login_leaves_threads_to_others() -> None:
    """With a token, another one that is known to be the same login's, and those of nobody."""
    application = Application()

    async def told() -> None:
        bridge = DjangoBridge(application, threads=5, body_limit=1000, refuse=refuse)

        def ask(path: str, token: str) -> asyncio.Future[None]:
            one, scope = Reader(), scope_of(f"/api{path}", token=token)
            return asyncio.ensure_future(bridge(scope, one.receive, one.send))

        for application.reader, tokens in (("user:1", ("one", "two")), ("user:2", ("three",))):
            for token in tokens:
                await ask("/", token)
        application.reader = ""
        strange = [f"strange {number}" for number in range(10)]
        try:
            async with asyncio.timeout(PATIENCE):
                greedy = [ask("/work", token) for token in ("one", "two") * 5 + (*strange, "")]
                while len(application.working) < 4:
                    await asyncio.sleep(0.01)
                await ask("/", "three")
                assert len(application.working) == 4, "two for the login, two without one"
                application.work_ends.set()
                await asyncio.gather(*greedy)
            assert len(application.working) == len(greedy)
            assert not bridge.shares._lines  # nothing is kept of who is gone
        finally:
            application.work_ends.set()
            bridge.stop()

    asyncio.run(told())


def test_a_token_beside_a_session_opens_no_line_of_its_own_for_pages() -> None:
    def caller(path: str, token: str) -> Caller:
        scope = scope_of(path, token=token)
        scope["headers"] += [(b"cookie", b"a=1"), (b"cookie", b"sessionid=key; b[=2")]
        return caller_of(scope, by_token=path.startswith("/api/"))

    assert caller("/desk/", "one") == caller("/desk/", "two") == caller("/desk/", "")
    assert caller("/api/v1/me", "one") != caller("/api/v1/me", "two")
