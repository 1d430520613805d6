"""Cache of session readers: the login of a browser's session, looked up outside Django's requests,
for the live stream and the regions that it renews.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Final, TypeVar

from django.conf import settings
from django.contrib.auth import get_user
from django.db import Error, connection
from django.http import HttpRequest

from opale.kernel.errors import Unavailable
from opale.organisation.models import User
from opale.organisation.queries.identity import actor_of
from opale.ui.live import Listener

T = TypeVar("T")

THREADS: Final = 2
RETRY: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Reader:
    """User of a Cookie header, looked up recently."""

    user: User
    listener: Listener
    spoken: tuple[str, str]
    """Language and time zone, as the browser chose or the login has them."""


class SessionCache:
    """Cache that looks up the session of a Cookie header, in threads of its own."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="live")
        self.sessions = import_module(settings.SESSION_ENGINE).SessionStore

    async def __call__(self, cookie: str) -> Listener | None:
        """Return the reader who opens a live stream. Errors: Unavailable."""
        reader = await self.reader(cookie)
        return reader.listener if reader else None

    async def reader(self, cookie: str) -> Reader | None:
        """Return the reader of this header; None without a login. Errors: Unavailable."""
        return await self.in_thread(partial(self.look, cookie))

    async def in_thread(self, ask: Callable[[], T]) -> T:
        """Run a function with Django's database in a thread. Errors: Unavailable."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, asked, ask)

    def look(self, cookie: str) -> Reader | None:
        """Look up the session in the database. Errors: those of the database."""
        key, user = self.login(cookie)
        actor = actor_of(user) if user else None
        if user is None or actor is None or actor.kind == "anonymous":
            return None
        spoken = (language_in(cookie) or user.language, user.time_zone)
        return Reader(user, Listener(key, actor), spoken)

    def login(self, cookie: str) -> tuple[str, User | None]:
        """Return the key of the session, and its user."""
        key = _value_in(cookie, settings.SESSION_COOKIE_NAME)
        request = HttpRequest()
        request.session = self.sessions(key)
        user = get_user(request) if key else None
        return key, user if isinstance(user, User) else None

    def stop(self) -> None:
        self.threads.shutdown(wait=False, cancel_futures=True)


def asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except Error as error:
        raise Unavailable(RETRY) from error
    finally:
        connection.close()


def language_in(cookie: str) -> str:
    """Return the language chosen in this browser; "" for one that Opale lacks."""
    chosen = _value_in(cookie, settings.LANGUAGE_COOKIE_NAME)
    return chosen if chosen in dict(settings.LANGUAGES) else ""


def _value_in(cookie: str, name: str) -> str:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(cookie)
    except CookieError:
        return ""
    found = jar.get(name)
    return found.value if found else ""
