"""HTTP client for addresses of others: never inside a private network.

A name is resolved once and every address that it has is checked; the connection goes to one of
those, so that a name that changes between check and connection leads nowhere new.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

NAT64 = IPv6Network("64:ff9b::/96")
PORTS = {"http": 80, "https": 443}
REDIRECTS = 3
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


def port_of(parts: SplitResult) -> int:
    return parts.port or PORTS[parts.scheme]


def request_target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def connection_to(parts: SplitResult, address: str, timeout: float) -> http.client.HTTPConnection:
    """Return a connection to the host of a URL at an address that was checked; proxies of the
    environment and redirects are not followed.
    """
    kind = _CheckedTls if parts.scheme == "https" else _Checked
    return kind(parts.hostname or "", port_of(parts), address, timeout)


@contextmanager
def time_limit(connection: http.client.HTTPConnection, seconds: float) -> Iterator[threading.Event]:
    """End the block after a time: a server that sends a byte now and then never runs into the
    timeout of a socket.
    """
    late, sock = threading.Event(), connection.sock  # which an answer may take over

    def cut() -> None:
        late.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(seconds, cut)
    watch.daemon = True
    watch.start()
    try:
        yield late
    finally:
        watch.cancel()


def fetch(url: str, *, most: int, timeout: float) -> bytes:
    """Return the content of an address on the web, up to a number of bytes; each redirect is
    checked as the first address was.

    Errors: BadAddress, UnknownName, PrivateAddress, FetchFailed.
    """
    for _ in range(REDIRECTS + 1):
        parts = parse(url)
        try:
            moved, found = _fetched(parts, resolve(url), most, timeout)
        except (UnknownName, PrivateAddress, FetchFailed):
            raise
        except (OSError, http.client.HTTPException) as failure:
            raise FetchFailed(f"{type(failure).__name__}: {failure}") from failure
        if not moved:
            return found
        url = urljoin(url, moved)
        if parts.scheme == "https" and not url.startswith("https:"):
            raise FetchFailed("led from https to something else")
    raise FetchFailed("led elsewhere too often")


def _fetched(parts: SplitResult, address: str, most: int, timeout: float) -> tuple[str, bytes]:
    """Return the redirect's target, or the content. Errors: FetchFailed, OSError, HTTPException."""
    with closing(connection_to(parts, address, timeout)) as connection:
        connection.connect()
        with time_limit(connection, timeout) as late:
            connection.request("GET", request_target(parts), headers={"User-Agent": "Opale"})
            response = connection.getresponse()
            moved = response.getheader("Location", "") if response.status in MOVED else ""
            if not moved and response.status != http.client.OK:
                raise FetchFailed(f"HTTP {response.status}")
            found = b"" if moved else response.read(most + 1)
    if late.is_set():
        raise FetchFailed(f"longer than {timeout:g} seconds")
    if len(found) > most:
        raise FetchFailed(f"larger than {most} bytes")
    return moved, found


class _Checked(http.client.HTTPConnection):
    """Connection that speaks to `host` and connects to the address that was checked."""

    def __init__(self, host: str, port: int, address: str, timeout: float, **options: Any) -> None:
        super().__init__(host, port, timeout=timeout, **options)
        self.address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)


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
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownName(host) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.WEBHOOKS_ALLOW_PRIVATE and not all(map(is_public, addresses)):
        raise PrivateAddress(host)
    return addresses[0]


def is_public(address: str) -> bool:
    """Return whether an address, or the IPv4 address hidden in it, is of the public network."""
    found = ip_address(address.partition("%")[0])
    return all(one.is_global and not one.is_multicast for one in (found, *_inside(found)))


def _inside(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """Return the IPv4 addresses that an IPv6 address may carry."""
    if isinstance(address, IPv4Address):
        return []
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        carried.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in carried if one is not None]
