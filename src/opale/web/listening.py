"""Who listens to the live stream: a browser's session, checked apart from Django's requests."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Final

from django.conf import settings
from django.contrib.auth import get_user
from django.db import Error, connection
from django.http import HttpRequest

from opale.kernel.errors import Unavailable
from opale.organisation.models import User
from opale.organisation.queries import actor_of
from opale.ui.live import Listener

THREADS: Final = 2
RETRY: Final = timedelta(seconds=2)


class SessionDoor:
    """Opens a live stream to the session that a Cookie header names."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="live")
        self.sessions = import_module(settings.SESSION_ENGINE).SessionStore

    async def __call__(self, cookie: str) -> Listener | None:
        """Errors: Unavailable, when the database does not answer."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, self.identify, cookie)

    def identify(self, cookie: str) -> Listener | None:
        try:
            key, user = self.login(cookie)
            actor = actor_of(user) if user else None
        except Error as error:
            raise Unavailable(RETRY) from error
        finally:
            connection.close()
        return Listener(key, actor) if actor and actor.kind != "anonymous" else None

    def login(self, cookie: str) -> tuple[str, User | None]:
        """The key of the session, and whose it is."""
        key = session_key(cookie)
        request = HttpRequest()
        request.session = self.sessions(key)
        user = get_user(request) if key else None
        return key, user if isinstance(user, User) else None

    def stop(self) -> None:
        self.threads.shutdown(wait=False, cancel_futures=True)


def session_key(cookie: str) -> str:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(cookie)
    except CookieError:
        return ""
    found = jar.get(settings.SESSION_COOKIE_NAME)
    return found.value if found else ""
