"""What the benchmarks say in SQL is what the rooms say in Python."""

from http.client import RemoteDisconnected
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from bench import dataset, pages, visits

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
