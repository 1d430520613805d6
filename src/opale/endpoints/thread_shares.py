"""Shares of the threads that answer pages and API: nobody has all of them at the same time.

A login may make thousands of calls in a minute, and pages are not counted. All at once they would
stand in the queue before whatever others ask for; so the requests of one login wait for each other
as soon as almost half of the threads are at work for it. What it asks for beside that without its
credentials leaves some threads too.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.http.cookie import parse_cookie

from opale.kernel.asgi import Scope, header

CREDENTIALS_KNOWN: Final = 4_000
"""Credentials beyond which it is learnt anew whose they are."""


@dataclass(frozen=True)
class Caller:
    """Who asks, as far as it is known before anything is looked up."""

    credential: str
    """Digest of the session's key or of the token; empty without one."""
    address: str


@dataclass
class _Line:
    """The requests of one caller that are answered or wait for it."""

    places: asyncio.Semaphore
    count: int = 0


class ThreadShares:
    def __init__(self, threads: int) -> None:
        self.each = max(1, (threads - 1) // 2)
        """Threads that one caller has at the same time."""
        self._lines: dict[str, _Line] = {}
        self._logins: dict[str, str] = {}
        """The login of each credential, once a request with it was answered."""

    @asynccontextmanager
    async def turn(self, caller: Caller) -> AsyncIterator[None]:
        """Wait until the caller has a thread free, and hold it for the block.

        Whoever is not known yet waits with all others of the same address: a credential that
        nobody has opens no line of its own.
        """
        name = self._logins.get(caller.credential, f"address:{caller.address}")
        line = self._lines.setdefault(name, _Line(asyncio.Semaphore(self.each)))
        line.count += 1
        try:
            async with line.places:
                yield
        finally:
            line.count -= 1
            if not line.count:
                del self._lines[name]

    def learn(self, caller: Caller, login: str) -> None:
        """Note whose credential it is: all of a login's, browsers and tokens, share."""
        if not login or not caller.credential:
            return
        if len(self._logins) >= CREDENTIALS_KNOWN:
            self._logins.clear()
        self._logins[caller.credential] = login


def caller_of(scope: Scope, *, by_token: bool) -> Caller:
    """Return who asks. `by_token`: whether a token opens what is asked for, beside a session."""
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    session = parse_cookie(cookies.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
    credential = (by_token and header(scope, b"authorization")) or session
    client = scope.get("client") or ("",)
    digest = sha256(credential.encode()).hexdigest() if credential else ""
    return Caller(digest, str(client[0]))
