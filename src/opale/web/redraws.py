"""What browsers ask for after a change, answered with what was drawn for one who sees the same.

Hundreds ask at once for a part that differs between few of them. This stands in front of Django,
whose sessions, logins and templates cost several times what is looked up here.
Source: docs/decisions/0013-told-in-turn.md.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from threading import Lock
from time import monotonic
from typing import Any, Final

from django.conf import settings
from django.db import Error, connection
from django.http import QueryDict

from opale.endpoints.django_bridge import WsgiApp
from opale.kernel.actor import Actor
from opale.kernel.reference import steady
from opale.organisation.middleware import KNOWN_LOGIN
from opale.organisation.models import User
from opale.organisation.queries import actor_of
from opale.ui.live import REAUTHORISE_SECONDS, Listener, logins_in
from opale.ui.live_feed import Said
from opale.ui.redrawing import SameFor, sameness
from opale.web.listening import SessionDoor

SHOWN_IN: Final = ("HTTP_ACCEPT_LANGUAGE", "HTTP_HX_TARGET", "HTTP_OPALE_BESIDE", "HTTP_HOST")
"""What else of a request an answer depends on."""
KEPT: Final = 100
"""Answers, of which those from before the last change are asked for no more."""
READERS: Final = 4_000

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever asks by this Cookie header, found out not long ago."""

    user: User
    listener: Listener
    spoken: tuple[str, str, str]
    until: float


@dataclass(frozen=True, slots=True)
class Drawn:
    status: str
    headers: Headers
    body: bytes


class Redraws:
    """Answers what it can, and leaves the rest to the application behind it.

    Who asks is known as the live stream knows it: asked again each minute, and at once when a
    session or a login has changed, which a process hears as long as somebody `listens` to it.
    """

    def __init__(
        self, application: WsgiApp, door: SessionDoor, listens: Callable[[], bool]
    ) -> None:
        self.application = application
        self.door = door
        self.listens = listens
        self.readers: dict[str, Reader] = {}
        self.kept: dict[Hashable, Drawn] = {}
        self.keeping = Lock()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or "HTTP_OPALE_REDRAWN" not in environ:
            return self.application(environ, start)
        reader = self.reader(environ.get("HTTP_COOKIE", ""))
        if reader is None:
            return self.application(environ, start)
        actor = reader.listener.actor
        environ[KNOWN_LOGIN] = (reader.user, actor)
        # What a customer's contact sees is read under a role of its own, in Django.
        same = sameness(environ["PATH_INFO"]) if actor.kind == "person" else None
        if same is None:
            return self.application(environ, start)
        return self.shared(reader, same, environ, start)

    def shared(
        self, reader: Reader, same: SameFor, environ: dict[str, Any], start: Callable[..., Any]
    ) -> Iterable[bytes]:
        """What was drawn for another, or is now drawn for all who see the same."""
        query = environ.get("QUERY_STRING", "")
        shown = (environ["PATH_INFO"], query, *(environ.get(name) for name in SHOWN_IN))

        def key() -> Hashable | None:
            with steady():
                found = same(reader.listener.actor, QueryDict(query))
            return found if found is None else (shown, reader.listener.rights, reader.spoken, found)

        try:
            asked = key()
        except Error:
            connection.close()
            return self.application(environ, start)  # Django says in its own way what is wrong
        drawn = self.kept.get(asked)
        if drawn is None:
            drawn = self.draw(environ)
            if asked is not None and fit(drawn) and key() == asked:
                self.keep(asked, drawn)
        connection.close()  # as Django does at the end of a request
        start(drawn.status, drawn.headers)
        return [drawn.body]

    def draw(self, environ: dict[str, Any]) -> Drawn:
        begun: list[tuple[str, Headers]] = []
        made = self.application(
            environ, lambda status, headers, *_: begun.append((status, headers))
        )
        try:
            body = b"".join(made)
        finally:
            getattr(made, "close", lambda: None)()
        return Drawn(*begun[0], body)

    def keep(self, asked: Hashable, drawn: Drawn) -> None:
        with self.keeping:
            while len(self.kept) >= KEPT:
                del self.kept[next(iter(self.kept))]
            self.kept[asked] = drawn

    def reader(self, cookie: str) -> Reader | None:
        """None for who is nobody, and while this process would not hear that he is another one.

        Whoever is not known, or has not been looked at for a minute, goes the whole way this time.
        """
        if not self.listens():
            return None
        reader, now = self.readers.get(cookie), monotonic()
        if reader is not None and now < reader.until:
            return reader
        found = self.look(cookie, now + REAUTHORISE_SECONDS)
        with self.keeping:
            if len(self.readers) >= READERS:
                self.readers.clear()
            if found is not None:
                self.readers[cookie] = found
        return None

    def look(self, cookie: str, until: float) -> Reader | None:
        try:
            key, user = self.door.login(cookie)
        except Error:
            return None
        actor: Actor | None = actor_of(user) if user else None
        if user is None or actor is None or actor.kind == "anonymous":
            return None
        spoken = (language_in(cookie), user.language, user.time_zone)
        return Reader(user, Listener(key, actor), spoken, until)

    def forget(self, said: Said) -> None:
        """Who was said to be another one is looked at again."""
        logins = logins_in(said)
        if not logins:
            return
        with self.keeping:
            self.readers = {
                cookie: reader
                for cookie, reader in self.readers.items()
                if logins.isdisjoint(reader.listener.private_topics)
            }


def fit(drawn: Drawn) -> bool:
    """Whether it may be given to others: nothing in it is for one browser."""
    return drawn.status.startswith("200") and not any(
        name.lower() in ("set-cookie", "hx-trigger") for name, _ in drawn.headers
    )


def language_in(cookie: str) -> str:
    """The language that this browser chose."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(cookie)
    except CookieError:
        return ""
    found = jar.get(settings.LANGUAGE_COOKIE_NAME)
    return found.value if found else ""
