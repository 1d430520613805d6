"""What was drawn for many, and what each of them asks the database for.

A drawing is given to whoever sees the same as the one it was drawn for, as long as it is as new as
what that reader was told of. Source: docs/decisions/0013-told-in-turn.md.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic
from typing import Any, Final, Self

from opale.kernel import clock
from opale.kernel.snapshots import Snapshot
from opale.ui.redrawing import Asked, Choice, Part, part_at
from opale.web.session_cache import Reader

SHOWN_IN: Final = ("accept-language", "hx-target", "opale-beside", "host")
"""What else of a request an answer depends on."""
KEPT: Final = 100
"""Drawings, of which those from before the last change are asked for no more."""
KEPT_SECONDS: Final = 5.0
"""Whatever changes without a word (a minute, a name) is seen so late at most."""
STILL_SECONDS: Final = 60.0
QUESTIONS: Final = 2_000
REVISION_SECONDS: Final = 1.0
ASKED_SECONDS: Final = 60
"""After so long a question is made anew: what is due it asks of the moment when it was made."""

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Drawn:
    status: str
    headers: Headers
    parts: Sequence[bytes | Choice]
    seen: Snapshot
    """All that this saw is in the drawing."""
    began: float
    until: float

    def since(self, topic: str) -> Sequence[Any]:
        """The values of SAID_AFTER: whether the topic was touched since this was drawn."""
        return self.seen.oldest, topic, self.seen.text

    @property
    def for_others(self) -> bool:
        """Whether nothing in it is for one browser."""
        return self.status.startswith("200") and not any(
            name.lower() in ("set-cookie", "hx-trigger") for name, _ in self.headers
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A part that somebody asks for again: which drawing, and how new it has to be.

    `told` is what the reader was told of; None for whoever wants what is there at the moment.
    """

    part: Part
    named: Mapping[str, Any]
    reader: Reader
    path: str
    query: str
    key: Hashable
    told: Snapshot | None
    at: float
    alone: bool = False
    """Read alone: drawn for his login as it stands, with nothing for others to put in."""

    @classmethod
    def of(
        cls, reader: Reader, path: str, query: str, headers: Mapping[str, str | None]
    ) -> Self | None:
        """None where each draws for himself. The names of `headers` are in small letters."""
        found = part_at(path)
        actor = reader.listener.actor
        # What a customer's contact sees is read under a role of its own, in Django, for him alone.
        if found is None or actor.kind != "person":
            return None
        part, named = found
        shown = (path, query, *(headers.get(name) for name in SHOWN_IN))
        key = (shown, part.alike(actor), reader.spoken)
        told = Snapshot.read(headers.get("opale-redrawn") or "")
        return cls(part, named, reader, path, query, key, told, monotonic())

    def by_himself(self) -> Self:
        """The same for a reader who reads alone: shared by his own browsers only."""
        return replace(self, key=(self.key, self.reader.user.pk), alone=True)

    @property
    def still(self) -> bool:
        return self.part.still and not self.alone

    def fits(self, drawn: Drawn | None) -> bool:
        if drawn is None or monotonic() >= drawn.until:
            return False
        if self.still or drawn.began >= self.at:
            return True
        return self.told is not None and drawn.seen.covers(self.told)

    @property
    def whose(self) -> Hashable:
        """What the question for what is the reader's own is remembered by."""
        return self.reader.user.pk, self.path, self.query

    def made_in(self, revision: int) -> Hashable:
        """The state of what that question is made of: reference data, and the time, which changes
        at another moment for each reader."""
        seconds = clock.now().timestamp() + hash(self.whose) % ASKED_SECONDS
        return revision, seconds // ASKED_SECONDS


class Drawings:
    """Of one process; threads draw, and its event loop gives."""

    def __init__(self) -> None:
        self.kept: dict[Hashable, Drawn] = {}
        self.questions: dict[Hashable, tuple[Hashable, Asked]] = {}
        self.keeping = Lock()
        self.revision = (0.0, 0)

    def fitting(self, wanted: Wanted) -> Drawn | None:
        drawn = self.kept.get(wanted.key)
        return drawn if wanted.fits(drawn) else None

    def keep(self, wanted: Wanted, drawn: Drawn) -> None:
        with self.keeping:
            self.kept.pop(wanted.key, None)
            while len(self.kept) >= KEPT:
                del self.kept[next(iter(self.kept))]
            self.kept[wanted.key] = drawn

    def drop(self, wanted: Wanted, drawn: Drawn) -> None:
        with self.keeping:
            if self.kept.get(wanted.key) is drawn:
                del self.kept[wanted.key]

    def question(self, wanted: Wanted, made_in: Hashable) -> Asked | None:
        """What was made in this state of what questions are made of."""
        state, asked = self.questions.get(wanted.whose, (None, None))
        return asked if state == made_in else None

    def keep_question(self, wanted: Wanted, made_in: Hashable, asked: Asked) -> None:
        with self.keeping:
            if len(self.questions) >= QUESTIONS:
                self.questions.clear()
            self.questions[wanted.whose] = (made_in, asked)
