"""Who listens to the live stream, and who asks for what it told: the login of a browser's session,
checked apart from Django's requests."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from threading import Lock
from time import monotonic
from typing import Final

from django.conf import settings
from django.contrib.auth import get_user
from django.db import Error, connection
from django.http import HttpRequest

from opale.kernel.errors import Unavailable
from opale.organisation.models import User
from opale.organisation.queries.identity import actor_of
from opale.ui.live import REAUTHORISE_SECONDS, Listener, login_topics_in
from opale.ui.live_feed import ChangeBatch

THREADS: Final = 2
RETRY: Final = timedelta(seconds=2)
READERS: Final = 4_000


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever asks by a Cookie header, found out not long ago."""

    user: User
    listener: Listener
    spoken: tuple[str, str]
    """Language and time zone, as the browser chose or the login has them."""
    until: float


class SessionCache:
    """Knows whose session a Cookie header names, for a minute after it was looked for.

    That holds as long as the process hears of sessions and logins that change.
    """

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="live")
        self.sessions = import_module(settings.SESSION_ENGINE).SessionStore
        self.readers: dict[str, Reader] = {}
        self.keeping = Lock()
        self.changed = 0

    async def __call__(self, cookie: str) -> Listener | None:
        """Who opens a live stream: looked for each time. Errors: Unavailable."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, self.identify, cookie)

    def identify(self, cookie: str) -> Listener | None:
        try:
            reader = self.look(cookie)
        except Error as error:
            raise Unavailable(RETRY) from error
        finally:
            connection.close()
        return reader.listener if reader else None

    def known(self, cookie: str) -> Reader | None:
        """Who was looked for less than a minute ago."""
        reader = self.readers.get(cookie)
        return reader if reader is not None and monotonic() < reader.until else None

    def look(self, cookie: str) -> Reader | None:
        """None for nobody. Errors: those of the database."""
        changed, until = self.changed, monotonic() + REAUTHORISE_SECONDS
        key, user = self.login(cookie)
        actor = actor_of(user) if user else None
        reader = None
        if user is not None and actor is not None and actor.kind != "anonymous":
            spoken = (language_in(cookie) or user.language, user.time_zone)
            # Of the desk's lists there is one drawing for each language and zone.
            told_with = " ".join(spoken) if actor.kind == "person" else actor.key
            reader = Reader(user, Listener(key, actor, told_with), spoken, until)
        with self.keeping:
            if len(self.readers) >= READERS:
                self.readers.clear()
            if reader is None:
                self.readers.pop(cookie, None)
            elif changed == self.changed:  # else what was read may be older than what was said
                self.readers[cookie] = reader
        return reader

    def login(self, cookie: str) -> tuple[str, User | None]:
        """The key of the session, and whose it is."""
        key = _value_in(cookie, settings.SESSION_COOKIE_NAME)
        request = HttpRequest()
        request.session = self.sessions(key)
        user = get_user(request) if key else None
        return key, user if isinstance(user, User) else None

    def forget(self, said: ChangeBatch) -> None:
        """Who was said to be another one is looked for again."""
        logins = login_topics_in(said)
        if not logins:
            return
        with self.keeping:
            self.changed += 1
            self.readers = {
                cookie: reader
                for cookie, reader in self.readers.items()
                if logins.isdisjoint(reader.listener.private_topics)
            }

    def stop(self) -> None:
        self.threads.shutdown(wait=False, cancel_futures=True)


def language_in(cookie: str) -> str:
    """The language that this browser chose; "" for none that is spoken here."""
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
