"""Left rail: apps register their entries here, from their `apps.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.capped_counts import CountStatement
from opale.kernel.reference_cache import cached

Label = str | Promise
Counted = Callable[[Actor], QuerySet[Any] | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """Entry of the rail. `count` returns the rows that need somebody: all entries are counted in
    one statement, each up to COUNT_LIMIT and one more, which is rebuilt when reference data change
    and once a minute, so `count` may depend on the actor and on those alone.

    `topic` is the live topic after which the count is drawn again; `group` is a heading of the
    rail ("" comes first, without a heading); `places` are the URL prefixes that belong to it, the
    entry's own when empty; `loud` draws a count in the colour of what hurts a customer now; `own`
    stands in the menu of the login instead of the rail.
    """

    label: Label
    icon: str
    url_name: str
    right: str = ""
    count: Counted | None = None
    topic: str = ""
    group: Label = ""
    order: int = 100
    phone: bool = False
    loud: bool = False
    places: tuple[str, ...] = ()
    key: str = ""
    own: bool = False

    def __hash__(self) -> int:
        """Return the hash of the name alone: hashing the texts would translate them each time."""
        return hash(self.url_name)

    @property
    def headed(self) -> bool:
        """Whether it stands below a heading; needs no translation of the heading."""
        return not isinstance(self.group, str) or bool(self.group)

    def url(self) -> str:
        return _url(self.url_name)

    def holds(self, path: str) -> bool:
        """Return whether the page at `path` belongs to this place."""
        own = self.url()
        if own == "/":
            return path == "/"
        return path.startswith(self.places or (own,))


@cache
def _url(name: str) -> str:
    return reverse(name)


@dataclass(frozen=True, slots=True)
class Place:
    """Entry as one actor sees it on one page."""

    entry: Entry
    url: str
    here: bool
    count: int | None


_entries: dict[str, Entry] = {}
"""Entries in the order of the rail."""
COUNT_LIMIT = 99


def register(entry: Entry) -> None:
    """Add a place, or replace the one with the same URL name."""
    global _entries
    known = sorted(
        (_entries | {entry.url_name: entry}).values(),
        key=lambda one: (one.headed, one.order, one.url_name),
    )
    _entries = {one.url_name: one for one in known}


def entries() -> list[Entry]:
    """Return all registered entries."""
    return list(_entries.values())


def entries_for(actor: Actor) -> list[Entry]:
    return [e for e in _entries.values() if not e.right or actor.can(e.right)]


def own_entries_for(actor: Actor) -> list[Entry]:
    """Return the pages of the login itself, for its menu."""
    return [entry for entry in entries_for(actor) if entry.own]


Counts = Sequence[int | None]
"""Counts of the rail, entry by entry."""


def places_for(actor: Actor, path: str, counts: Counts) -> tuple[Place, ...]:
    """Return the entries of the rail on the page at `path`."""
    entries = _in_rail(actor)
    holding = [entry for entry in entries if entry.holds(path)]
    nearest = max(holding, key=lambda entry: len(entry.url()), default=None)
    return tuple(
        Place(entry, entry.url(), entry is nearest, count)
        for entry, count in zip(entries, counts, strict=True)
    )


def counts_for(actor: Actor) -> Counts:
    """Return the counts of the rail's entries."""
    entries = _in_rail(actor)
    if not any(entry.count for entry in entries):
        return [None] * len(entries)
    return [count or None for count in _counting_now(actor, entries).ask()]


def _in_rail(actor: Actor) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries_for(actor) if not entry.own)


def _counting_now(actor: Actor, entries: tuple[Entry, ...]) -> CountStatement:
    return _counting(actor, entries, clock.now().replace(second=0, microsecond=0))


@cached(200)
def _counting(actor: Actor, entries: tuple[Entry, ...], _minute: datetime) -> CountStatement:
    lists = [entry.count(actor) if entry.count else None for entry in entries]
    return CountStatement.of(lists, COUNT_LIMIT + 1)


def topics_for(actor: Actor) -> str:
    """Return the topics after which the rail is drawn again."""
    return " ".join(dict.fromkeys(e.topic for e in entries_for(actor) if e.topic))
