"""What browsers ask for after a change, answered with what was drawn for one who sees the same.

Hundreds ask at once for a part that differs between few of them. This stands in front of Django,
whose sessions, logins and templates cost several times what is looked up here.
Source: docs/decisions/0013-told-in-turn.md.
"""

from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from django.db import Error, connection
from django.http import QueryDict

from opale.endpoints.django_bridge import WsgiApp
from opale.kernel.reference import steady
from opale.organisation.middleware import KNOWN_LOGIN
from opale.ui.redrawing import SameFor, sameness
from opale.web.listening import Reader, SessionDoor

SHOWN_IN: Final = ("HTTP_ACCEPT_LANGUAGE", "HTTP_HX_TARGET", "HTTP_OPALE_BESIDE", "HTTP_HOST")
"""What else of a request an answer depends on."""
KEPT: Final = 100
"""Answers, of which those from before the last change are asked for no more."""

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Drawn:
    status: str
    headers: Headers
    body: bytes


class Redraws:
    """Answers what it can, and leaves the rest to the application behind it.

    Who asks is known as the live stream knows it (`SessionDoor`): looked for again each minute, and
    at once when a session or a login has changed, which a process hears as long as somebody
    `listens` to it.
    """

    def __init__(
        self, application: WsgiApp, door: SessionDoor, listens: Callable[[], bool]
    ) -> None:
        self.application = application
        self.door = door
        self.listens = listens
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

        Whoever is not known goes the whole way this time, and is known the next.
        """
        if not self.listens():
            return None
        known = self.door.known(cookie)
        if known is None:
            with suppress(Error):
                self.door.look(cookie)
        return known


def fit(drawn: Drawn) -> bool:
    """Whether it may be given to others: nothing in it is for one browser."""
    return drawn.status.startswith("200") and not any(
        name.lower() in ("set-cookie", "hx-trigger") for name, _ in drawn.headers
    )
