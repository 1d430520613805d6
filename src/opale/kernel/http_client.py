"""HTTP client for addresses of others: never inside a private network, bounded in time and size.

A name is resolved once and every address that it has is checked; the connection goes to one of
those, so that a name that changes between check and connection leads nowhere new. Answers are read
as they come: nothing is unpacked.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

from opale.kernel.concurrency_limits import ConcurrencyLimit

NAT64 = IPv6Network("64:ff9b::/96")
MAPPED = IPv6Network("::ffff:0:0/96")
GLOBAL_UNICAST = IPv6Network("2000::/3")
PROTOCOLS = (
    *(IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"), IPv6Network("2001:10::/28")),
    *(IPv6Network("2001:20::/28"), IPv6Network("2001:1::/32")),
)
"""Addresses of protocols: the nearest router may answer to them, a receiver never does."""
"""All that is assigned to the public network (RFC 4291): whatever lies elsewhere is inside, or no
address at all.
"""
PORTS = {"http": 80, "https": 443}
REDIRECTS = 3
LOOKUP_SECONDS = 10.0
"""Enough for a resolver whose first server is down to ask the second."""
CHECKS: Final = ConcurrencyLimit(2, timedelta(seconds=LOOKUP_SECONDS))
"""Addresses that requests check at the same time: the servers of a name may never answer."""
MOVED = frozenset({301, 302, 303, 307, 308})


class BadAddress(ValueError):
    """The text is no address on the web."""


class UnknownName(OSError):
    """The name of the host has no address."""


class PrivateAddress(OSError):
    """The host is inside: private, loopback, link-local or the like."""


class FetchFailed(OSError):
    """What was asked for was not given, in the words of whoever refused."""


def parse(url: str) -> SplitResult:
    """Parse an address on the web. Errors: BadAddress."""
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
    """Return the address to connect to, as a number. Errors: BadAddress, UnknownName,
    PrivateAddress.
    """
    parts = parse(url)
    return resolve_host(parts.hostname or "", port_of(parts))


def check_address(url: str) -> None:
    """Check an address that somebody enters, in a thread of the request.

    Errors: BadAddress, UnknownName, PrivateAddress, Unavailable (others are being checked).
    """
    parse(url)
    with CHECKS.place():
        resolve(url)


def port_of(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def request_target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


class Deadline:
    """The time at which everything that one request opened is cut off.

    A timeout of a socket begins anew with each byte: a server that sends one now and then holds
    whoever waits for it as long as it likes.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.has_passed = False
        self._ends = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []

    def left(self, *, at_least: float = 0.0) -> float:
        """Return the seconds that are left. Errors: TimeoutError (not more than `at_least`)."""
        left = self._ends - time.monotonic()
        if self.has_passed or left <= at_least:
            # Also for whoever is told by a library that the connection failed.
            self.cut_off()
            raise TimeoutError(self.text)
        return left

    @property
    def text(self) -> str:
        return f"longer than {self.seconds:g} seconds"

    def connect(self, address: str, port: int, timeout: float | None = None) -> socket.socket:
        """Return a connection that is cut off in time. Errors: OSError."""
        left = self.left()
        made = socket.create_connection((address, port), min(timeout or left, left))
        self.watch(made)
        return made

    def watch(self, connection: socket.socket) -> None:
        """Cut off a connection in time, before or after TLS takes it over."""
        with self._lock:
            # Of its own: TLS leaves nothing in a socket that it takes over.
            self._open.append(
                socket.fromfd(connection.fileno(), connection.family, connection.type)
            )
            if self.has_passed:
                _shut(self._open[-1])

    def cut_off(self) -> None:
        with self._lock:
            self.has_passed = True
            for connection in self._open:
                _shut(connection)

    def close(self) -> None:
        """Forget the connections, which end with whoever opened them."""
        with self._lock:
            while self._open:
                self._open.pop().close()


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def time_limit(seconds: float) -> Iterator[Deadline]:
    """Bound all that the block does with others by one deadline. Errors: TimeoutError."""
    deadline = Deadline(seconds)
    watch = threading.Timer(seconds, deadline.cut_off)
    watch.daemon = True
    watch.start()
    try:
        yield deadline
    except (OSError, http.client.HTTPException) as failure:
        if deadline.has_passed:
            raise TimeoutError(deadline.text) from failure
        raise
    finally:
        watch.cancel()
        deadline.close()
    if deadline.has_passed:
        # An answer without a length looks complete when it is cut off.
        raise TimeoutError(deadline.text)


def connection_to(
    parts: SplitResult, address: str, deadline: Deadline
) -> http.client.HTTPConnection:
    """Return a connection to the host of a URL at an address that was checked; proxies of the
    environment and redirects are not followed.
    """
    kind = _CheckedTls if parts.scheme == "https" else _Checked
    return kind(parts.hostname or "", port_of(parts), address, deadline)


def post(
    url: str, address: str, body: bytes, headers: Mapping[str, str], *, seconds: float, most: int
) -> tuple[int, bytes]:
    """Send bytes to a URL at an address that was checked (`resolve`); return the status and the
    beginning of the answer, at most so many bytes.

    Errors: BadAddress, OSError (TimeoutError among them), HTTPException.
    """
    parts = parse(url)
    with (
        time_limit(seconds) as deadline,
        closing(connection_to(parts, address, deadline)) as connection,
    ):
        connection.request("POST", request_target(parts), body, dict(headers))
        response = connection.getresponse()
        return response.status, response.read(most)


def fetch(url: str, *, most: int, timeout: float) -> bytes:
    """Return the content of an address on the web, up to a number of bytes; each redirect is
    checked as the first address was, and all take no longer than `timeout` together.

    Errors: BadAddress, UnknownName, PrivateAddress, FetchFailed.
    """
    try:
        with time_limit(timeout) as deadline:
            return _fetched(url, most, deadline)
    except (UnknownName, PrivateAddress, FetchFailed):
        raise
    except TimeoutError as failure:
        raise FetchFailed(str(failure)) from failure
    except (OSError, http.client.HTTPException) as failure:
        raise FetchFailed(f"{type(failure).__name__}: {failure}") from failure


def _fetched(url: str, most: int, deadline: Deadline) -> bytes:
    for _ in range(REDIRECTS + 1):
        parts = parse(url)
        moved, found = _requested(parts, resolve(url), most, deadline)
        if not moved:
            return found
        url = urljoin(url, moved)
        if parts.scheme == "https" and not url.startswith("https:"):
            raise FetchFailed("led from https to something else")
    raise FetchFailed("led elsewhere too often")


def _requested(
    parts: SplitResult, address: str, most: int, deadline: Deadline
) -> tuple[str, bytes]:
    """Return the redirect's target, or the content. Errors: FetchFailed, OSError, HTTPException."""
    with closing(connection_to(parts, address, deadline)) as connection:
        connection.request("GET", request_target(parts), headers={"User-Agent": "Opale"})
        response = connection.getresponse()
        moved = response.getheader("Location", "") if response.status in MOVED else ""
        if not moved and response.status != http.client.OK:
            raise FetchFailed(f"HTTP {response.status}")
        found = b"" if moved else response.read(most + 1)
    if len(found) > most:
        raise FetchFailed(f"larger than {most} bytes")
    return moved, found


class _Checked(http.client.HTTPConnection):
    """Connection that speaks to `host` and connects to the address that was checked."""

    def __init__(
        self, host: str, port: int, address: str, deadline: Deadline, **options: Any
    ) -> None:
        super().__init__(host, port, timeout=deadline.seconds, **options)
        self.address, self.deadline = address, deadline

    def connect(self) -> None:
        self.sock = self.deadline.connect(self.address, self.port)


class _CheckedTls(_Checked):
    """Connection by TLS: the certificate must be that of the name, whatever the address."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def resolve_host(host: str, port: int) -> str:
    """Return the address to connect to, as a number. Errors: UnknownName, PrivateAddress."""
    try:
        found = _look_up(host, port)
    except (OSError, UnicodeError) as error:
        raise UnknownName(host) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.WEBHOOKS_ALLOW_PRIVATE and not all(map(is_public, addresses)):
        raise PrivateAddress(host)
    return addresses[0]


def _look_up(host: str, port: int) -> list[Any]:
    """Return the entries of a name. Errors: OSError (TimeoutError among them), UnicodeError.

    Nothing ends a lookup, and the servers of a name are those of whoever chose it: so it has a
    thread of its own, which ends when the resolver gives up.
    """
    found: Future[list[Any]] = Future()

    def run() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.set_exception(error)

    threading.Thread(target=run, name="lookup", daemon=True).start()
    return found.result(LOOKUP_SECONDS)


def is_public(address: str) -> bool:
    """Return whether an address, or the IPv4 address hidden in it, is of the public network."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return _is_public(found)
    is_assigned = found in GLOBAL_UNICAST and _is_public(found)
    carries = found in MAPPED or found in NAT64
    return (is_assigned or carries) and all(map(_is_public, _carried(found)))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    is_protocol = any(address in network for network in PROTOCOLS)
    return address.is_global and not address.is_multicast and not is_protocol


def _carried(address: IPv6Address) -> list[IPv4Address]:
    """Return the IPv4 addresses that an IPv6 address may carry."""
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        carried.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in carried if one is not None]
