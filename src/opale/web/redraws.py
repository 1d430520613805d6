"""What browsers ask for after a change, drawn once for all who see the same.

Hundreds ask at once for a part that differs between few of them. This stands in front of Django,
in its threads; where a drawing is there already it is given by `opale.web.giving`.
Source: docs/decisions/0013-told-in-turn.md.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any, Final

from django.db import Error, connection
from django.http import QueryDict

from opale.endpoints.django_bridge import WsgiApp
from opale.kernel.live_topics import CHANGED_AFTER
from opale.kernel.reference_cache import REVISION, pinned, revision
from opale.kernel.rows import Later, gathered, later, rows_of
from opale.kernel.snapshots import NOW, Snapshot
from opale.organisation.arriving import SEEN_AT
from opale.organisation.web.middleware import KNOWN_LOGIN
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
from opale.web.session_cache import Reader, SessionCache

SEEN: Final = f"SELECT ({NOW}), ({REVISION})"
"""What a drawing that is begun now will show, and the revision of reference data."""


class Redraws:
    """Draws what can be shared, and leaves the rest to the application behind it.

    Who asks is known as the live stream knows it (`SessionDoor`): looked for again each minute, and
    at once when a session or a login has changed, which a process hears as long as somebody
    `listens` to it.
    """

    def __init__(
        self, application: WsgiApp, door: SessionCache, listens: Callable[[], bool]
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
            with gathered():
                begun = Begun(monotonic(), later(SEEN))
                owned = self.owned_by(wanted)
                if owned is None:
                    wanted, owned = wanted.by_himself(), {}
                drawn = self.drawn(wanted, begun, environ)
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
        with pinned(lately):
            actor, query = wanted.reader.listener.actor, QueryDict(wanted.query)
            asked = wanted.part.owned(actor, query, **wanted.named)
            if asked is None:
                return None
            self.drawings.keep_question(wanted, made_in, asked)
            return asked.owned(asked.counting.ask())

    def drawn(self, wanted: Wanted, begun: "Begun", environ: dict[str, Any]) -> Drawn:
        """What was drawn for another since all that this one was told of, or is drawn now for all
        who see the same. Errors: those of the database."""
        with self.turns[hash(wanted.key) % len(self.turns)]:
            known, topic = self.drawings.fitting(wanted), wanted.part.revoked_by
            if known and not (topic and rows_of(CHANGED_AFTER, *known.since(topic))[0][0]):
                return known
            drawn = self.draw(wanted, begun, environ)
            if drawn.for_others:
                self.drawings.keep(wanted, drawn)
            return drawn

    def draw(self, wanted: Wanted, begun: "Begun", environ: dict[str, Any]) -> Drawn:
        until = begun.at + (STILL_SECONDS if wanted.still else KEPT_SECONDS)
        ((seen, revision),) = begun.seen.rows()
        said: list[tuple[str, Headers]] = []
        asked = environ | {SEEN_AT: int(revision)} | ({} if wanted.alone else {FOR_MANY: True})
        made = self.application(asked, lambda status, headers, *_: said.append((status, headers)))
        try:
            body = b"".join(made)
        finally:
            getattr(made, "close", lambda: None)()
        status, headers = said[0]
        others = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return Drawn(status, others, parted(body), Snapshot.of(seen), begun.at, until)

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


@dataclass(frozen=True, slots=True)
class Begun:
    """When somebody's part was begun, and what the database shows since, by SEEN: asked along with
    what is his own."""

    at: float
    seen: Later


def _headers(environ: Mapping[str, Any]) -> Mapping[str, str | None]:
    names = (*SHOWN_IN, "opale-redrawn")
    return {name: environ.get(f"HTTP_{name.upper().replace('-', '_')}") for name in names}
