"""Links that need no login: how often one address may use them."""

from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from opale.kernel import clock
from opale.kernel.errors import TooMany

MINUTE = timedelta(minutes=1)


def limit_uses(request: HttpRequest, link: str, most: int) -> None:
    """Count one use of a kind of link by the client's address in this minute.

    Mail providers' programs send one request per link. Errors: TooMany.
    """
    minute = int(clock.now().timestamp()) // 60
    key = f"{link}:{get_adapter().get_client_ip(request)}:{minute}"
    cache.add(key, 0, 120)
    if cache.incr(key) > most:
        raise TooMany(MINUTE)
