"""Receivers that are slow, large or ill-natured: none holds a sender, or fills its memory."""

import gzip
import json
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from tests.tls import tls_before

from opale.messaging.domain import channel_delivery
from opale.messaging.domain.channel_delivery import DeliveryRefused, deliver_message, post_bytes

LIMIT = 0.6
PATIENCE = 15.0  # without the limit it would last for ever
MEGABYTE = 1024 * 1024
BOMB = gzip.compress(b"\0" * 40 * MEGABYTE)


class Receiver:
    """A real HTTP server, whose answer is a function of the request."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.asked: list[str] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = dripping(self.ended)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the library's name
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver.asked.append(self.path)
                with suppress(OSError):
                    receiver.answer(self)

            def do_PUT(self) -> None:  # Matrix
                self.do_POST()

            def do_GET(self) -> None:  # a redirect
                self.do_POST()

            def log_message(self, *words: Any) -> None:
                """Tests are quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))


def dripping(ended: threading.Event, *, headers: bool = False) -> Any:
    """Return an answer of one byte now and then, in the body or already in its headers."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"X-Slow: " if headers else b"\r\n"))
        while not ended.wait(0.05):
            request.wfile.write(b"x")

    return answer


def holding(body: bytes, *headers: tuple[str, str], status: int = 200) -> Any:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers:
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


@pytest.fixture
def receiver(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    monkeypatch.setattr(channel_delivery, "TIMEOUT", LIMIT)
    found = Receiver()
    found.thread.start()
    yield found
    found.ended.set()
    found.server.shutdown()
    found.thread.join()
    found.server.server_close()


@pytest.mark.parametrize("headers", [False, True], ids=["body", "headers"])
@pytest.mark.parametrize("options", ["", "?rto=600&cto=600"], ids=["", "own timeouts"])
def test_a_receiver_that_drips_is_cut_off(receiver: Receiver, headers: bool, options: str) -> None:
    """Each byte begins the timeout of a socket anew."""
    receiver.answer = dripping(receiver.ended, headers=headers)
    began = time.monotonic()
    with pytest.raises(DeliveryRefused, match="TimeoutError") as refused:
        deliver_message(f"json://{receiver.host}/drip{options}", "Line down", "Rennes")
    assert time.monotonic() - began < PATIENCE
    assert not refused.value.final


def test_a_receiver_that_drips_through_tls_is_cut_off(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tls_before(receiver.server.server_port, tmp_path) as outside:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(outside.certificate))
        address = outside.url.replace("https://", "jsons://") + "/drip"
        began = time.monotonic()
        with pytest.raises(DeliveryRefused, match="TimeoutError"):
            deliver_message(address, "Line down", "Rennes")
        assert time.monotonic() - began < PATIENCE
        receiver.ended.set()


def test_redirects_have_one_deadline_together(receiver: Receiver) -> None:
    def lead_on(request: BaseHTTPRequestHandler) -> None:
        receiver.ended.wait(LIMIT / 4)
        holding(b"", ("Location", f"http://{receiver.host}/again"), status=307)(request)

    receiver.answer = lead_on
    began = time.monotonic()
    with pytest.raises(DeliveryRefused, match="TimeoutError"):
        deliver_message(f"json://{receiver.host}/round", "Line down", "Rennes")
    assert time.monotonic() - began < PATIENCE
    assert len(receiver.asked) < 10


def test_a_receiver_does_not_say_how_long_its_sender_sleeps(receiver: Receiver) -> None:
    """A Matrix server that is busy names a pause: here, one of an hour."""
    busy = json.dumps({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 3_600_000}).encode()
    receiver.answer = holding(busy, status=429)
    began = time.monotonic()
    with pytest.raises(DeliveryRefused):
        deliver_message(f"matrix://user:word@{receiver.host}/#room", "Line down", "Rennes")
    assert receiver.asked
    assert time.monotonic() - began < PATIENCE


def test_an_answer_on_which_apprise_falls_over_is_a_refusal(receiver: Receiver) -> None:
    receiver.answer = holding(b'{"retry_after_ms": "soon"}', status=429)
    with pytest.raises(DeliveryRefused):
        deliver_message(f"matrix://user:word@{receiver.host}/#room", "Line down", "Rennes")


@pytest.mark.parametrize(
    "answer",
    [
        holding(BOMB, ("Content-Encoding", "gzip")),
        holding(b"x" * 40 * MEGABYTE),
        holding(BOMB, ("Content-Encoding", "gzip"), ("Location", "/more"), status=500),
    ],
    ids=["packed", "large", "refusal"],
)
def test_the_beginning_of_an_answer_is_read_and_nothing_unpacked(
    receiver: Receiver, answer: Any
) -> None:
    receiver.answer = holding(b"ok")
    address = f"json://{receiver.host}/large"
    deliver_message(address, "Line down", "Rennes")  # apprise is loaded by now
    receiver.answer = answer
    tracemalloc.start()
    try:
        with suppress(DeliveryRefused):
            deliver_message(address, "Line down", "Rennes")
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(receiver.asked) == 2
    assert most < 10 * MEGABYTE


def test_an_answer_is_asked_for_as_it_is(receiver: Receiver) -> None:
    asked: list[str | None] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.headers["Accept-Encoding"])
        holding(b"ok")(request)

    receiver.answer = answer
    deliver_message(f"json://{receiver.host}/plain", "Line down", "Rennes")
    assert asked == ["identity"]


def test_no_file_of_this_machine_is_sent_as_a_template(receiver: Receiver, tmp_path: Path) -> None:
    receiver.answer = holding(b"ok")
    card = {"type": "message", "attachments": [{"content": "a secret of this machine"}]}
    (tmp_path / "card.json").write_text(json.dumps(card))
    address = f"workflow://{receiver.host}/a1b2c3d4e5/s1g2n3?template={tmp_path}/card.json"
    with pytest.raises(DeliveryRefused, match="template") as refused:
        deliver_message(address, "Line down", "Rennes")
    assert refused.value.final
    assert receiver.asked == []


# Bytes, as pages for browsers are sent


@pytest.mark.parametrize("headers", [False, True], ids=["body", "headers"])
def test_bytes_have_a_deadline_too(receiver: Receiver, headers: bool) -> None:
    receiver.answer = dripping(receiver.ended, headers=headers)
    began = time.monotonic()
    with pytest.raises(DeliveryRefused, match="TimeoutError"):
        post_bytes(f"http://{receiver.host}/push", b"x", {})
    assert time.monotonic() - began < PATIENCE


@pytest.mark.parametrize(
    "answer",
    [holding(BOMB, ("Content-Encoding", "gzip")), holding("é".encode() * 20 * MEGABYTE)],
    ids=["packed", "large"],
)
def test_of_an_answer_to_bytes_the_beginning_is_read(receiver: Receiver, answer: Any) -> None:
    receiver.answer = answer
    tracemalloc.start()
    try:
        status, said = post_bytes(f"http://{receiver.host}/push", b"x", {})
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert status == 200
    assert 0 < len(said) <= channel_delivery.MAX_ANSWER_LENGTH
    assert most < 10 * MEGABYTE
