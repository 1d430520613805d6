"""The bridge between the server's event loop and Django's threads."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from opale.endpoints.django_bridge import EARLY_BYTES, HELD_BYTES, DjangoBridge
from opale.kernel.asgi import Message, Scope

SCOPE: Scope = {
    "type": "http",
    "http_version": "1.1",
    "method": "POST",
    "path": "/tickets/é/",
    "query_string": b"a=1&b=%20",
    "server": ("localhost", 8000),
    "client": ("127.0.0.1", 40000),
    "scheme": "http",
    "headers": [
        (b"content-type", b"text/plain"),
        (b"content-length", b"5"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"x-forwarded-for", b"10.0.0.1"),
        (b"x-forwarded-for", b"10.0.0.2"),
    ],
}


def asked(application: Any, scope: Scope = SCOPE, body: bytes = b"hello", **limits: Any) -> Any:
    """What the application answers to a request, as messages to the server."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    async def ask() -> None:
        bridge = DjangoBridge(application, **{"threads": 1, "body_limit": 100} | limits)
        try:
            await bridge(scope, receive, send)
        finally:
            bridge.stop()

    asyncio.run(ask())
    return sent


def test_a_request_arrives_as_it_was_sent() -> None:
    seen: dict[str, Any] = {}

    def application(environ: Any, start: Any) -> list[bytes]:
        seen.update(environ, read=environ["wsgi.input"].read())
        start("201 Created", [("Content-Length", "4"), ("Set-Cookie", "c=3")])
        return [b"made"]

    head, body = asked(application)
    assert (head["status"], body["body"], body["more_body"]) == (201, b"made", False)
    assert head["headers"] == [(b"content-length", b"4"), (b"set-cookie", b"c=3")]
    assert seen["read"] == b"hello"
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/tickets/é/"
    assert (seen["QUERY_STRING"], seen["CONTENT_LENGTH"]) == ("a=1&b=%20", "5")
    assert (seen["CONTENT_TYPE"], seen["HTTP_COOKIE"]) == ("text/plain", "a=1; b=2")
    assert seen["HTTP_X_FORWARDED_FOR"] == "10.0.0.1,10.0.0.2"


def test_a_body_that_is_too_long_never_reaches_a_thread() -> None:
    head, _body = asked(lambda *_: pytest.fail("It was asked."), body_limit=4)
    assert head["status"] == 413


def test_a_body_sent_in_pieces_has_its_length_said() -> None:
    seen: dict[str, Any] = {}

    def application(environ: Any, start: Any) -> list[bytes]:
        seen.update(environ)
        start("204 No Content", [("Content-Length", "0")])
        return []

    asked(application, {**SCOPE, "headers": [(b"transfer-encoding", b"chunked")]})
    assert seen["CONTENT_LENGTH"] == "5"


def test_a_stream_is_sent_as_it_comes() -> None:
    def application(environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        yield b"one "
        yield b"two"

    head, *parts = asked(application)
    assert head["status"] == 200
    assert b"".join(part["body"] for part in parts) == b"one two"
    assert [part["more_body"] for part in parts][-1] is False


def test_what_breaks_off_is_not_taken_for_complete() -> None:
    def application(environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        yield b"one "
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asked(application)


def test_a_long_file_does_not_pile_up_and_ends_with_its_reader() -> None:
    made, closed = [0], [False]

    class Parts:
        def __iter__(self) -> Iterator[bytes]:
            while made[0] < 100 * HELD_BYTES:
                made[0] += EARLY_BYTES
                yield bytes(EARLY_BYTES)

        def close(self) -> None:
            closed[0] = True

    def application(environ: Any, start: Any) -> Parts:
        start("200 OK", [("Content-Length", str(100 * HELD_BYTES))])
        return Parts()

    async def ask() -> None:
        bridge = DjangoBridge(application, threads=1, body_limit=100)
        taken = 0

        async def send(message: Message) -> None:
            nonlocal taken
            taken += len(message.get("body", b""))
            if taken > 2 * HELD_BYTES:
                raise BrokenPipeError

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        await bridge(SCOPE, receive, send)
        bridge.stop()

    asyncio.run(ask())
    assert made[0] < 10 * HELD_BYTES
    assert closed[0]
