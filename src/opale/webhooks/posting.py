"""One POST to an address of somebody else: checked, bounded in time, and never led elsewhere.

The name is resolved once, every address that it has is checked, and the connection goes to one of
those: a name that changes between check and connection (DNS rebinding) leads nowhere new. Neither
redirects nor proxies of the environment are followed.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from opale.kernel.outward import PrivateAddress, UnknownName, address_of, is_public

__all__ = [
    "BadAddress",
    "Outcome",
    "PrivateAddress",
    "UnknownName",
    "is_public",
    "parse",
    "post",
    "resolve",
]
TIMEOUT = 10.0
ANSWER_KEPT = 500
PORTS = {"http": 80, "https": 443}


class BadAddress(ValueError):
    """The text is no address that a webhook could go to."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status` is None when there was no answer; `error` then says why."""

    status: int | None
    answer: str
    error: str
    duration_ms: int

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def parse(url: str) -> SplitResult:
    """Errors: BadAddress."""
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadAddress(url)
    try:
        parts = urlsplit(url)
        named = parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise BadAddress(url) from error
    if parts.scheme not in PORTS or not named or "@" in parts.netloc or parts.fragment:
        raise BadAddress(url)
    return parts


def resolve(url: str) -> str:
    """The address to connect to, as a number. Errors: BadAddress, UnknownName, PrivateAddress."""
    parts = parse(url)
    return address_of(parts.hostname or "", parts.port or PORTS[parts.scheme])


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Send it, and say what came of it; whatever goes wrong with the receiver is an outcome."""
    began = time.monotonic()
    status, answer, error = None, "", ""
    try:
        status, answer = _exchange(url, body, headers)
    except (OSError, ValueError, http.client.HTTPException) as failure:
        late = time.monotonic() - began >= TIMEOUT
        error = "TimeoutError" if late else f"{type(failure).__name__}: {failure}"
    return Outcome(status, answer, error, round((time.monotonic() - began) * 1000))


def _exchange(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    parts = urlsplit(url)
    connection = _connection(parts, resolve(url))
    try:
        connection.connect()
        # A receiver that sends a byte now and then never runs into the timeout of the socket.
        watch = threading.Timer(TIMEOUT, _cut, [connection.sock])
        watch.daemon = True
        watch.start()
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, dict(headers))
            response = connection.getresponse()
            # No character takes more than four bytes.
            answer = response.read(ANSWER_KEPT * 4).decode("utf-8", "replace")
        finally:
            watch.cancel()
    finally:
        connection.close()
    return response.status, answer.replace("\0", "\ufffd")[:ANSWER_KEPT]


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _connection(parts: SplitResult, address: str) -> http.client.HTTPConnection:
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    if parts.scheme == "https":
        return _CheckedTls(host, port, address)
    return _Checked(host, port, address)


class _Checked(http.client.HTTPConnection):
    """Speaks to `host`, and connects to the address that was checked."""

    def __init__(self, host: str, port: int, address: str, **options: Any) -> None:
        super().__init__(host, port, timeout=TIMEOUT, **options)
        self.address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), TIMEOUT)


class _CheckedTls(_Checked):
    """The certificate must be that of the name, whatever the address."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
