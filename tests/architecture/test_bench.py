"""What the benchmarks say in SQL is what the rooms say in Python."""

import gzip
import socket
from http.client import RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from bench import dataset, hostile, pages, visits

from opale.run.desk.models.ticket import OPEN


def test_the_benchmarks_count_as_open_what_the_desk_does() -> None:
    said = ", ".join(f"'{state}'" for state in OPEN)
    assert f"state IN ({said})" == dataset.OPEN
    assert visits.OPEN.endswith(dataset.OPEN)


class OnceEach(BaseHTTPRequestHandler):
    """Answers as if the connection stayed, and ends it: as a server does with an idle one."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # http.server's name
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
        self.close_connection = True

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *args: object) -> None:
        pass


def test_what_only_asks_is_asked_again_where_the_server_ended_the_connection() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), OnceEach) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        browser = pages.Browser.of(f"http://127.0.0.1:{server.server_port}")
        assert [browser.get("/") for _turn in range(3)] == [b"ok"] * 3
        with pytest.raises((RemoteDisconnected, ConnectionError)):
            browser.post("/", {})
        browser.connection.close()
        server.shutdown()


def test_receivers_answer_as_badly_as_they_are_asked_to() -> None:
    size = 1 << 20
    assert gzip.decompress(hostile.packed(size)) == bytes(size)
    with hostile.Receiver(hostile.QUICK_HOST, bomb=hostile.packed(size)).running() as receiver:

        def ask(path: str) -> socket.socket:
            one = socket.create_connection((receiver.host, receiver.port), timeout=10)
            one.sendall(f"GET {path} HTTP/1.1\r\nHost: it\r\n\r\n".encode())
            return one

        with ask("/bomb0") as bomb, bomb.makefile("rb") as read:
            head, _end, body = read.read().partition(b"\r\n\r\n")
            assert b"Content-Encoding: gzip" in head
            assert gzip.decompress(body) == bytes(size)
        with ask("/drip0") as drip:
            assert hostile.answered(drip) == 200
            drip.settimeout(0.2)
            with pytest.raises(TimeoutError):
                drip.recv(1)
        with ask("/page") as quick:
            assert hostile.answered(quick) == 200
        assert {"/bomb0", "/drip0", "/page"} == set(receiver.heard)
        assert receiver.arrived("/page", 1)
        assert not receiver.arrived("/hook", 0)


@pytest.mark.parametrize(
    ("waits", "refused", "said"),
    [
        ([0.1] * 100, 0, []),
        ([0.1] * 100, 1, ["the desk was refused: {'/desk no answer': 1}"]),
        ([0.1] * 90 + [1.5] * 10, 0, ["the desk waited 1.500 s, p95, of 1.000"]),
        ([0.1] * 99 + [8.0], 0, ["the desk waited 8.0 s once"]),
    ],
)
def test_a_desk_that_is_refused_or_waits_is_told(
    waits: list[float], refused: int, said: list[str]
) -> None:
    nobody: Any = None
    desk = hostile.Desk(nobody, nobody, [], waits)
    desk.refusals.update(["/desk no answer"] * refused)
    assert list(desk.faults()) == said


def test_a_call_that_was_recorded_and_is_not_there_is_told() -> None:
    class Program:
        def call(self, _verb: str, path: str) -> tuple[int, None]:
            return (404 if path.endswith("/8") else 200), None

    class Ground:
        def program(self, _name: str) -> Program:
            return Program()

    ground: Any = Ground()
    desk = hostile.Desk(ground, ground, [], recorded=[7, 8, 9])
    assert desk.lost() == [8]
