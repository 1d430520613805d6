"""What is fetched from elsewhere: bounded, never inside, and checked again wherever it leads."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from opale.kernel import http_client
from opale.kernel.http_client import BadAddress, FetchFailed, PrivateAddress, UnknownName, fetch

SLOW = threading.Event()


class _Pages(BaseHTTPRequestHandler):
    """`/to?where` leads there, `/late?where` after a while, `/round` to itself, `/slow` never ends,
    `/big` is long.
    """

    def do_GET(self) -> None:
        path, _, where = self.path.partition("?")
        if path == "/late":
            SLOW.wait(0.3)
        moved = {"/to": where, "/late": where, "/round": "/round"}.get(path)
        self.send_response(302 if moved else 404 if path == "/none" else 200)
        if moved:
            self.send_header("Location", moved)
        self.end_headers()
        if path == "/slow":
            with suppress(OSError):
                while not SLOW.wait(0.05):
                    self.wfile.write(b"x")
                    self.wfile.flush()
            return
        with suppress(OSError):
            self.wfile.write(b"x" * 5000 if path == "/big" else b"here")

    def log_message(self, *words: Any) -> None:
        """Tests are quiet."""


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    SLOW.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    SLOW.set()
    server.shutdown()
    thread.join()
    server.server_close()


def got(url: str) -> bytes:
    return fetch(url, most=1000, timeout=0.5)


def test_what_is_there_is_given_also_where_it_leads_elsewhere(site: str) -> None:
    assert got(f"{site}/file") == b"here"
    assert got(f"{site}/to?/file") == b"here"


@pytest.mark.parametrize("path", ["/none", "/big", "/round", "/slow", "/to?/none"])
def test_what_is_not_given_is_told(site: str, path: str) -> None:
    with pytest.raises(FetchFailed):
        got(site + path)


def test_nothing_is_fetched_inside_nor_where_an_outside_leads_inside(
    site: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = site.rpartition(":")[2]
    first = http_client.resolve_host

    def checked(host: str, port: int) -> str:
        settings.WEBHOOKS_ALLOW_PRIVATE = False
        return "127.0.0.1" if host == "outside.example" else first(host, port)

    monkeypatch.setattr(http_client, "resolve_host", checked)
    assert got(f"http://outside.example:{port}/file") == b"here"
    for inside in (f"{site}/file", f"http://[::1]:{port}/", "http://169.254.169.254/latest"):
        with pytest.raises(PrivateAddress):
            got(inside)
        with pytest.raises(PrivateAddress):
            got(f"http://outside.example:{port}/to?{inside}")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x.example/", "http://", "http://a@b.example/", "x"]
)
def test_what_is_no_address_on_the_web_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        got(url)


def test_servers_of_a_name_that_never_answer_hold_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def never(*_asked: Any, **_how: Any) -> list[Any]:
        answered.wait(20)
        return []

    monkeypatch.setattr(http_client, "LOOKUP_SECONDS", 0.1)
    monkeypatch.setattr("socket.getaddrinfo", never)
    began = time.monotonic()
    with pytest.raises(UnknownName):
        got("http://slow.example/")
    assert time.monotonic() - began < 15
    answered.set()


def test_redirects_have_one_deadline_together(site: str) -> None:
    with pytest.raises(FetchFailed, match=r"longer than 0\.5 seconds|timed out"):
        got(f"{site}/late?/late?/late?/late")


def test_a_name_that_nobody_knows_is_told(settings: Settings) -> None:
    with pytest.raises(UnknownName):
        got("http://nowhere.invalid/")
