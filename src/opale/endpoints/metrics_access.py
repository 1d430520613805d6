"""Who may read /metrics: it names mailboxes, and how much work there is."""

from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings

from opale.kernel.asgi import Scope, header

FORWARDED = (b"forwarded", b"via", b"x-forwarded-", b"x-real-ip")
"""Beginnings of the names of headers that proxies add."""


def may_read_metrics(scope: Scope) -> bool:
    """Return whether a request has the token of the settings; without one, whether it comes from
    this machine, and not through a proxy on it.
    """
    token = settings.METRICS_TOKEN
    if token:
        scheme, _space, given = header(scope, b"authorization").partition(" ")
        return scheme.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode())
    if any(name.startswith(FORWARDED) for name, _value in scope["headers"]):
        return False
    host, _port = scope.get("client") or ("", 0)
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
