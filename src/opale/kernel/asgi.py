"""Helpers for raw ASGI applications: live or heavy traffic that does not go through Django."""

import asyncio
import json
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from opale.kernel.whole_numbers import LONGEST

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


INTERNET = frozenset({socket.AF_INET, socket.AF_INET6})


class TooLarge(Exception):
    """The body is longer than allowed."""


class TooSlow(Exception):
    """The body did not arrive in time."""


class ClientGone(Exception):
    """The client left before its body was complete."""


def header(scope: Scope, name: bytes) -> str:
    """Return the last header of that (lower-case) name, or ""."""
    found = ""
    for key, value in scope["headers"]:
        if key == name:
            found = value.decode("latin-1")
    return found


async def chunks_of(
    receive: Receive, take: Callable[[bytes], object], *, limit: int, seconds: float
) -> int:
    """Pass the body to `take` as it arrives and return its length in bytes.

    Errors: TooLarge, TooSlow, ClientGone.
    """
    length = 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                chunk = message.get("body", b"")
                length += len(chunk)
                if length > limit:
                    raise TooLarge
                if chunk:
                    take(chunk)
                if not message.get("more_body", False):
                    return length
    except TimeoutError:
        raise TooSlow from None


async def body_of(scope: Scope, receive: Receive, *, limit: int, seconds: float) -> bytes:
    """Return the whole body. A length announced beyond the limit is refused before a byte is read.

    Errors: TooLarge, TooSlow, ClientGone.
    """
    refuse_announced(scope, limit)
    parts: list[bytes] = []
    await chunks_of(receive, parts.append, limit=limit, seconds=seconds)
    return b"".join(parts)


def has_no_body(scope: Scope) -> bool:
    """Return whether the request declares that it has no body to wait for (RFC 9112, 6)."""
    return scope["http_version"].startswith("1") and not any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in scope["headers"]
    )


def refuse_announced(scope: Scope, limit: int) -> None:
    announced = header(scope, b"content-length")
    plain = announced.isascii() and announced.isdecimal()
    if plain and (len(announced) > LONGEST or int(announced) > limit):
        raise TooLarge


async def has_left(receive: Receive) -> bool:
    """Wait until the client of a request whose body was read leaves; False where it cannot be told.

    A request without body is received once, before that.
    """
    for _attempt in range(2):
        if (await receive())["type"] == "http.disconnect":
            return True
    return False


def drop_connection(scope: Scope) -> None:
    """Close the connection of a client at once, with what it did not read.

    The web server has no limit of time for a client that reads nothing, and would keep the
    connection and megabytes of the answer as long as the client likes. It is found among the open
    files of the process (Linux); elsewhere it stays.
    """
    host, port = scope.get("client") or ("", 0)
    client = (host, int(port))  # the web server writes the port as a text
    for number in _open_sockets():
        with suppress(OSError), socket.socket(fileno=os.dup(number)) as one:
            if one.family in INTERNET and one.getpeername()[:2] == client:
                # No lingering: the rest is discarded instead of offered for minutes.
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.shutdown(socket.SHUT_RDWR)


def _open_sockets() -> Iterator[int]:
    with suppress(OSError):
        for one in Path("/proc/self/fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                if one.is_socket():
                    yield int(one.name)


async def answer(
    send: Send,
    status: int,
    body: bytes = b"",
    content_type: str = "application/json",
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
) -> None:
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", content_type.encode()),
                (b"content-length", str(len(body)).encode()),
                (b"cache-control", b"no-store"),
                *((name.lower().encode(), value.encode()) for name, value in pairs),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def answer_json(
    send: Send, status: int, content: object, headers: Mapping[str, str] | None = None
) -> None:
    body = json.dumps(content, ensure_ascii=False).encode()
    await answer(send, status, body, headers=headers or {})


REFUSALS: Mapping[type[Exception], tuple[int, str, str]] = {
    TooLarge: (413, "too_large", "The body is larger than this server accepts."),
    TooSlow: (408, "too_slow", "The body did not arrive in time."),
    # Who sent a body that the web server cannot read is still there; others hear nothing.
    ClientGone: (400, "bad_request", "The body of this request could not be read."),
}
"""Answers about a body that was not read."""


PROBLEM = "application/problem+json"
READ_ON_BYTES = 128 << 20
READ_ON_SECONDS = 20.0


async def refuse(send: Send, error: Exception, receive: Receive) -> None:
    """Answer without reading the body, and close: the rest of the body is not a next request.

    Most clients read the answer only after sending their last byte, and would find the connection
    broken: the rest of a body that is too large is read and discarded.
    """
    if type(error) not in REFUSALS:
        return
    status, code, detail = REFUSALS[type(error)]
    said = {"status": status, "code": code, "detail": detail, "fields": {}}
    body = json.dumps(said).encode()
    with suppress(OSError):  # the client left
        await answer(send, status, body, PROBLEM, {"Connection": "close"})
    if isinstance(error, TooLarge):
        with suppress(TooLarge, TooSlow, ClientGone):
            await chunks_of(receive, len, limit=READ_ON_BYTES, seconds=READ_ON_SECONDS)
