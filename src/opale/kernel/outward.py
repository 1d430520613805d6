"""Addresses of somebody else that Opale connects to: none inside a private network.

A name is resolved once and every address that it has is checked; whoever connects goes to one of
those, so that a name that changes between check and connection leads nowhere new.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings

NAT64 = IPv6Network("64:ff9b::/96")


class UnknownName(OSError):
    """The name of the host has no address."""


class PrivateAddress(OSError):
    """The host is inside: private, loopback, link-local or the like."""


def address_of(host: str, port: int) -> str:
    """The address to connect to, as a number. Errors: UnknownName, PrivateAddress."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownName(host) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.WEBHOOKS_ALLOW_PRIVATE and not all(map(is_public, addresses)):
        raise PrivateAddress(host)
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether the address is one of the public network, also when it hides an older one."""
    found = ip_address(address.partition("%")[0])
    return all(one.is_global and not one.is_multicast for one in (found, *_inside(found)))


def _inside(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses to which an IPv6 one may be carried."""
    if isinstance(address, IPv4Address):
        return []
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        carried.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in carried if one is not None]
