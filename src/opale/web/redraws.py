"""What browsers ask for after a change, drawn once for all who see the same.

Hundreds ask at once for a part that differs between few of them. This stands in front of Django,
in its threads; where a drawing is there already it is given by `opale.web.giving`.
Source: docs/decisions/0013-told-in-turn.md.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import Any

from django.db import Error, connection
from django.http import QueryDict

from opale.endpoints.django_bridge import WsgiApp
from opale.kernel.changes import SAID_AFTER
from opale.kernel.prepared import rows_of
from opale.kernel.reference import revision, steady
from opale.kernel.snapshots import snapshot
from opale.organisation.middleware import KNOWN_LOGIN
from opale.ui.redrawing import FOR_MANY, Owned, joined, parted
from opale.web.drawings import (
    KEPT_SECONDS,
    REVISION_SECONDS,
    SHOWN_IN,
    STILL_SECONDS,
    Drawings,
    Drawn,
    Headers,
    Wanted,
)
from opale.web.listening import Reader, SessionDoor


class Redraws:
    """Draws what can be shared, and leaves the rest to the application behind it.

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
        self.drawings = Drawings()
        self.turns = tuple(Lock() for _ in range(16))

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or "HTTP_OPALE_REDRAWN" not in environ:
            return self.application(environ, start)
        reader = self.reader(environ.get("HTTP_COOKIE", ""))
        if reader is None:
            return self.application(environ, start)
        environ[KNOWN_LOGIN] = (reader.user, reader.listener.actor)
        path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
        wanted = Wanted.of(reader, path, query, _headers(environ))
        if wanted is None:
            return self.application(environ, start)
        try:
            owned = self.owned_by(wanted)
            if owned is None:
                wanted, owned = wanted.by_himself(), {}
            drawn = self.drawn(wanted, environ)
        except Error:
            connection.close()
            return self.application(environ, start)  # Django says in its own way what is wrong
        connection.close()  # as Django does at the end of a request
        body = joined(drawn.parts, owned)
        start(drawn.status, [*drawn.headers, ("Content-Length", str(len(body)))])
        return [body]

    def owned_by(self, wanted: Wanted) -> Owned | None:
        """What is the reader's own in the part, None for whoever reads alone. Errors: those of the
        database."""
        lately = self.revision_lately()
        made_in = wanted.made_in(lately)
        with steady(lately):
            actor, query = wanted.reader.listener.actor, QueryDict(wanted.query)
            asked = wanted.part.owned(actor, query, **wanted.named)
            if asked is None:
                return None
            self.drawings.keep_question(wanted, made_in, asked)
            return asked.owned(asked.counting.ask())

    def drawn(self, wanted: Wanted, environ: dict[str, Any]) -> Drawn:
        """What was drawn for another since all that this one was told of, or is drawn now for all
        who see the same. Errors: those of the database."""
        with self.turns[hash(wanted.key) % len(self.turns)]:
            known, topic = self.drawings.fitting(wanted), wanted.part.revoked_by
            if known and not (topic and rows_of(SAID_AFTER, *known.since(topic))[0][0]):
                return known
            drawn = self.draw(wanted, environ)
            if drawn.for_others:
                self.drawings.keep(wanted, drawn)
            return drawn

    def draw(self, wanted: Wanted, environ: dict[str, Any]) -> Drawn:
        began = monotonic()
        until = began + (STILL_SECONDS if wanted.still else KEPT_SECONDS)
        seen = snapshot()
        begun: list[tuple[str, Headers]] = []
        asked = environ if wanted.alone else environ | {FOR_MANY: True}
        made = self.application(asked, lambda status, headers, *_: begun.append((status, headers)))
        try:
            body = b"".join(made)
        finally:
            getattr(made, "close", lambda: None)()
        status, headers = begun[0]
        others = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return Drawn(status, others, parted(body), seen, began, until)

    def revision_lately(self) -> int:
        """Of reference data: what is each reader's own is asked for by it."""
        until, found = self.drawings.revision
        if monotonic() >= until:
            found = revision()
            self.drawings.revision = (monotonic() + REVISION_SECONDS, found)
        return found

    def reader(self, cookie: str) -> Reader | None:
        """None for who is nobody, and while this process would not hear that he is another one.

        Whoever is not known goes the whole way this time, and is known the next.
        """
        known = self.known(cookie)
        if known is None and self.listens():
            with suppress(Error):
                self.door.look(cookie)
        return known

    def known(self, cookie: str) -> Reader | None:
        return self.door.known(cookie) if self.listens() else None


def _headers(environ: Mapping[str, Any]) -> Mapping[str, str | None]:
    names = (*SHOWN_IN, "opale-redrawn")
    return {name: environ.get(f"HTTP_{name.upper().replace('-', '_')}") for name in names}
