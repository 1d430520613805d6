"""Pages that people go to: the rail, *More*, *Settings*, the menu of the login and the palette.

Apps register their entries here, from their `apps.py`. The rail shows at most RAIL_SIZE of the
rooms that the reader's functions work in, and what the reader pinned; everything is in the palette.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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


class Area(StrEnum):
    """Where an entry stands, besides the palette."""

    ROOM = "room"
    """In the rail of some functions, under *More* for all others who may open it."""
    PAGE = "page"
    """Nowhere else: a page within a room."""
    SETTINGS = "settings"
    """On the page *Settings*."""
    ACCOUNT = "account"
    """In the menu of the login."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Page that people go to.

    `count` returns the rows that need somebody: all entries are counted in one statement, each up
    to COUNT_LIMIT and one more, which is rebuilt when reference data change and once a minute, so
    `count` may depend on the actor and on those alone.

    `rail` are the functions in whose rail the room stands, `rail_of_leads` those whose team leads
    have it besides; `always` puts it into every rail, beyond its size. `topic` is the live topic
    after which the count is drawn again, as a function of the actor one of their own; `group` is
    its heading under *More* and *Settings*; `about` says on *Settings* what can be set; `words` are
    other names by which the palette finds it; `places` are the URL prefixes that belong to it, the
    entry's own when empty; `loud` draws a count in the colour of what hurts a customer now; `sums`
    names the area whose counts it shows in place of its own; `phone` puts it before others into the
    bar of a telephone.
    """

    label: Label
    icon: str
    url_name: str
    right: str = ""
    area: Area = Area.ROOM
    rail: Collection[str] = frozenset()
    rail_of_leads: Collection[str] = frozenset()
    always: bool = False
    count: Counted | None = None
    sums: Area | None = None
    topic: str | Callable[[Actor], str] = ""
    group: Label = ""
    about: Label = ""
    words: Label = ""
    order: int = 100
    phone: bool = False
    loud: bool = False
    places: tuple[str, ...] = ()
    key: str = ""

    def __hash__(self) -> int:
        """Return the hash of the name alone: hashing the texts would translate them each time."""
        return hash(self.url_name)

    def url(self) -> str:
        return _url(self.url_name)

    def nearness(self, path: str) -> int:
        """Return how near the page at `path` belongs to this place; 0 if it does not.

        It is the length of the prefix that holds the page, and more on the place's own page.
        """
        own = self.url()
        if path == own:
            return len(path) + 1
        prefixes = () if own == "/" else self.places or (own,)
        return max((len(one) for one in prefixes if path.startswith(one)), default=0)

    def offered_to(self, actor: Actor) -> bool:
        """Return whether the actor may open it."""
        if self.right and not actor.can(self.right):
            return False
        if not self.sums:
            return True
        return any(one.area == self.sums and one.offered_to(actor) for one in entries())

    def topic_for(self, actor: Actor) -> str:
        """Return the live topic after which the actor's count is drawn again."""
        return self.topic(actor) if callable(self.topic) else self.topic

    def in_rail_of(self, actor: Actor) -> bool:
        """Return whether it stands in the rail of the actor's functions."""
        if self.always:
            return True
        return not actor.functions.isdisjoint(self.rail) or not actor.led_functions.isdisjoint(
            self.rail_of_leads
        )


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
    loud: bool


@dataclass(frozen=True, slots=True)
class Rail:
    """Rail of one actor on one page: its places, and the rooms under *More*."""

    places: tuple[Place, ...]
    more: tuple[Place, ...]

    @property
    def more_is_here(self) -> bool:
        return any(place.here for place in self.more)


@dataclass(frozen=True, slots=True)
class Pins:
    """What a reader changed about the rail of their functions, by names of entries."""

    pinned: frozenset[str] = frozenset()
    unpinned: frozenset[str] = frozenset()


_entries: dict[str, Entry] = {}
"""Entries in their order."""
_pins_of: Callable[[Actor], Pins | None] = lambda actor: None  # noqa: E731  # an app above fills it
_pins_page = ""
COUNT_LIMIT = 99
RAIL_SIZE = 9
"""Rooms that the rail takes over from the functions of a reader; the first by order."""


def register(*added: Entry) -> None:
    """Add entries, or replace those with the same URL names."""
    global _entries
    known = _entries | {one.url_name: one for one in added}
    ordered = sorted(known.values(), key=lambda one: (one.order, one.url_name))
    _entries = {one.url_name: one for one in ordered}


def register_pins(pins_of: Callable[[Actor], Pins | None], url_name: str) -> None:
    """Say where the pins of a reader are found, None for whoever has none, and set."""
    global _pins_of, _pins_page
    _pins_of, _pins_page = pins_of, url_name


def arrange_url(actor: Actor) -> str:
    """Return the address of the page where the reader pins places, "" for whoever cannot."""
    return _url(_pins_page) if _pins_page and _pins_of(actor) is not None else ""


def entries() -> list[Entry]:
    """Return all registered entries."""
    return list(_entries.values())


def entries_for(actor: Actor, area: Area | None = None) -> list[Entry]:
    """Return the entries that the actor may open, of one area or of all."""
    return [e for e in _entries.values() if area in (None, e.area) and e.offered_to(actor)]


def default_rail(actor: Actor) -> list[Entry]:
    """Return the rooms of the actor's functions, in their order."""
    own = [e for e in entries_for(actor, Area.ROOM) if e.in_rail_of(actor)]
    steady = [entry for entry in own if entry.always]
    chosen = {*steady, *[entry for entry in own if not entry.always][: RAIL_SIZE - len(steady)]}
    return [entry for entry in own if entry in chosen]


def rail_entries(actor: Actor) -> tuple[list[Entry], list[Entry]]:
    """Return the rooms in the actor's rail, and those under *More*."""
    pins = _pins_of(actor) or Pins()
    names = {one.url_name for one in default_rail(actor)} - pins.unpinned | pins.pinned
    rooms = entries_for(actor, Area.ROOM)
    shown = [one for one in rooms if one.always or one.url_name in names]
    return shown, [one for one in rooms if one not in shown]


def changed_pins(names: Collection[str], actor: Actor) -> Pins:
    """Return the pins that put just these rooms into the actor's rail."""
    default = {one.url_name for one in default_rail(actor) if not one.always}
    rooms = {one.url_name for one in entries_for(actor, Area.ROOM) if not one.always}
    wanted = rooms & set(names)
    return Pins(frozenset(wanted - default), frozenset(default - wanted))


Counts = Sequence[int | None]
"""Counts of the rooms and of the settings, entry by entry."""


def rail_for(actor: Actor, path: str, counts: Counts) -> Rail:
    """Return the rail on the page at `path`."""
    counted = _counted(actor)
    known = {
        entry: (count, entry.loud) for entry, count in zip(counted, counts, strict=True) if count
    }
    for entry in counted:
        if entry.sums:
            parts = [known[one] for one in counted if one.area == entry.sums and one in known]
            total = sum(count for count, _ in parts)
            known[entry] = (total, any(loud for _, loud in parts))
    own = entries_for(actor)
    holding = [entry for entry in own if entry.area != Area.PAGE and entry.nearness(path)]
    # Of two that are as near, the first in the menu: a ticket belongs to the desk.
    nearest = max(holding, key=lambda entry: entry.nearness(path), default=None)
    if nearest and nearest.area == Area.SETTINGS:
        nearest = next((one for one in own if one.sums == Area.SETTINGS), nearest)

    def place(entry: Entry) -> Place:
        count, loud = known.get(entry, (0, False))
        return Place(entry, entry.url(), entry is nearest, count or None, loud)

    shown, more = rail_entries(actor)
    return Rail(tuple(map(place, shown)), tuple(map(place, more)))


def counts_for(actor: Actor) -> Counts:
    """Return the counts of the rooms and of the settings."""
    entries = _counted(actor)
    if not any(entry.count for entry in entries):
        return [None] * len(entries)
    return [count or None for count in _counting_now(actor, entries).ask()]


def counted_entries(actor: Actor, area: Area) -> list[tuple[Entry, int]]:
    """Return the entries of an area on which something needs somebody, with how much."""
    known = zip(_counted(actor), counts_for(actor), strict=True)
    return [(entry, count) for entry, count in known if count and entry.area == area]


def _counted(actor: Actor) -> tuple[Entry, ...]:
    return tuple(e for e in entries_for(actor) if e.area in (Area.ROOM, Area.SETTINGS))


def _counting_now(actor: Actor, entries: tuple[Entry, ...]) -> CountStatement:
    return _counting(actor, entries, clock.now().replace(second=0, microsecond=0))


@cached(200)
def _counting(actor: Actor, entries: tuple[Entry, ...], _minute: datetime) -> CountStatement:
    lists = [entry.count(actor) if entry.count else None for entry in entries]
    return CountStatement.of(lists, COUNT_LIMIT + 1)


def topics_for(actor: Actor) -> str:
    """Return the topics after which the rail is drawn again."""
    return " ".join(dict.fromkeys(e.topic_for(actor) for e in entries_for(actor) if e.topic))
