"""A real web server on the test database, for what only shows over a socket."""

import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import psycopg
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from tests.preloaded import Program, preloaded

from opale.cli import postgres

T = TypeVar("T")
PATIENCE = 30.0


def eventually(ask: Callable[[], T], seconds: float = PATIENCE) -> T:
    """The first true answer; the last one when patience ends."""
    until = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer or time.monotonic() > until:
            return answer
        threading.Event().wait(0.02)


def cut(condition: str) -> int:
    """End the sessions of the database that fit, as a restart of it would; how many."""
    database: Any = settings.DATABASES["default"]
    with psycopg.connect(
        host=database["HOST"],
        port=database["PORT"],
        user=database["USER"],
        password=database["PASSWORD"],
        dbname=database["NAME"],
    ) as login:
        row = login.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
            f"{condition} AND pid <> pg_backend_pid() AND datname = current_database()".encode()
        ).fetchone()
    return int(row[0]) if row else 0


def push_clock(file: Path, seconds: float) -> None:
    """Let the processes that follow the file be so far ahead (`kernel.clock.follow`).

    Moved there whole: one of them may read it at this moment, and an empty file is no number.
    """
    whole = file.with_suffix(".next")
    whole.write_text(str(seconds), encoding="ascii")
    whole.replace(file)


def free_port() -> int:
    """As the product finds one, for tests of rooms, which do not know its commands."""
    return postgres.free_port()


class Server:
    """The dispatcher under granian."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.process: subprocess.Popen[bytes] | Program | None = None

    def stop(self) -> float:
        """Ask the server to stop; how many seconds it took."""
        assert self.process
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return time.monotonic() - began

    def ask(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        asked.request(method, path, body, sent)
        answer = asked.getresponse()
        content = answer.read()
        asked.close()
        return answer.status, content, {k.lower(): v for k, v in answer.getheaders()}

    def post_json(self, path: str, content: object) -> int:
        return self.ask("POST", path, json.dumps(content), Content_Type="application/json")[0]

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/healthz")[0] == 200
        except OSError:
            return False


class EventStream:
    """A browser's EventSource, as far as a test needs one."""

    def __init__(self, server: Server, session: str, path: str = "/live", last: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}
        if last:
            headers["Last-Event-ID"] = last
        self.connection.request("GET", path, headers=headers)
        self.socket = self.connection.sock  # which the connection forgets: it ends with the answer
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.last = last
        self.events: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self.opened = threading.Event()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        if self.status == 200:
            assert self.opened.wait(PATIENCE)

    def _read(self) -> None:
        name, content = "", ""
        try:
            for raw in self.response:
                line = raw.decode().rstrip("\n")
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    content = value
                elif field == "id":
                    self.last = value
                elif not line:
                    if name:
                        self.events.put((name, json.loads(content)))
                    name, content = "", ""
                    self.opened.set()
        except (OSError, ValueError, http.client.HTTPException):
            pass
        self.events.put(("", {}))

    def next(self, seconds: float = PATIENCE) -> tuple[str, dict[str, Any]]:
        """The next event; ("", {}) when the stream has ended."""
        return self.events.get(timeout=seconds)

    def hears(self, topic: str, seconds: float = PATIENCE) -> bool:
        """Whether a change of that topic comes in time."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                name, content = self.events.get(timeout=left)
            except queue.Empty:
                return False
            if name == "change" and topic in content["topics"]:
                return True
            if not name:
                return False
        return False

    def close(self) -> None:
        with suppress(OSError):  # where the server closed it
            self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(PATIENCE)
        self.response.close()
        self.connection.close()


ALONE = (
    *("granian", "--interface", "asgi", "--http", "1", "--no-ws", "--workers", "1"),
    *("--workers-kill-timeout", "5", "--log-level", "error", "opale.asgi:app"),
)


@contextmanager
def serving(workers: int = 0, **environment: str) -> Iterator[Server]:
    """The server while the block runs; then the database is made as new for the next test.

    With `workers`, so many as `opale serve` starts them. With settings of its own it is started as
    it would be anywhere; else it goes on with what is loaded (tests/preloaded.py).
    """
    server = Server(free_port())
    address = ("--host", "127.0.0.1", "--port", str(server.port))
    if workers or environment:
        asked = ("opale.cli", "serve", "--workers", str(workers)) if workers else ALONE
        server.process = subprocess.Popen(
            [sys.executable, "-m", *asked, *address], env={**os.environ, **environment}
        )
    else:
        server.process = preloaded().start(*ALONE, *address)
    try:
        assert eventually(server.answers, 60), "the server did not start"
        yield server
    finally:
        server.stop()
        connections.close_all()
        cast(Any, TransactionTestCase)._fixture_teardown(None)
