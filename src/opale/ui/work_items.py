"""What is asked of a person, from all rooms: the home page and *My work*.

Each room declares `SOURCES` in `web.work_items`. A thing is listed once, by its most urgent reason.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum

from django.utils.functional import Promise
from django.utils.timezone import get_current_timezone, localtime

from opale.kernel.actor import Actor

Label = str | Promise
LAST = datetime(9999, 1, 1, tzinfo=UTC)
PER_SOURCE = 100
"""Items of one source that are read."""


class Urgency(IntEnum):
    """Order of what is asked of somebody."""

    PAGED = 0
    """Opale pages this person until somebody answers."""
    CRITICAL = 1
    LATE = 2
    TODAY = 3
    ANSWER = 4
    """Somebody waits for an answer."""
    OPEN = 5


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing asked of a person or of a team of theirs.

    `thing` names it among all rooms (`ticket:41`); `reason` says why it stands where it stands;
    `team` is whom it is asked of, where that is not the reader alone.
    """

    thing: str
    kind: Label
    icon: str
    name: str
    url: str
    urgency: Urgency
    reason: Label = ""
    due: datetime | None = None
    note: str = ""
    team: str = ""

    @property
    def is_late(self) -> bool:
        return self.urgency == Urgency.LATE


Read = Callable[[Actor, datetime, int], Iterable[WorkItem]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where items come from: `read(actor, at, limit)` gives the most urgent ones, for actors who
    hold the right.
    """

    name: str
    right: str
    read: Read
    topic: str = ""


_sources: dict[str, Source] = {}


def register(*sources: Source) -> None:
    for source in sources:
        _sources[source.name] = source


def sources() -> list[Source]:
    """Return all sources."""
    return list(_sources.values())


def sources_for(actor: Actor) -> list[Source]:
    return [one for one in _sources.values() if not one.right or actor.can(one.right)]


def topics_for(actor: Actor) -> str:
    """Return the live topics after which the actor's work is drawn again."""
    return " ".join(dict.fromkeys(one.topic for one in sources_for(actor) if one.topic))


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked of somebody, the most urgent first; `has_more` where a source was cut."""

    items: list[WorkItem]
    has_more: bool


def work_of(actor: Actor, at: datetime, *, each: int = PER_SOURCE) -> Work:
    """Return what is asked of the actor, each thing once, up to `each` of one source."""
    found: dict[str, WorkItem] = {}
    has_more = False
    for source in sources_for(actor):
        read = list(source.read(actor, at, each))
        has_more |= len(read) >= each
        for item in read:
            known = found.get(item.thing)
            if known is None or _order(item) < _order(known):
                found[item.thing] = item
    return Work(sorted(found.values(), key=_order), has_more)


def urgency_of(due: datetime | None, at: datetime) -> Urgency:
    """Return how urgent it makes something to be due at a moment."""
    if due is None:
        return Urgency.OPEN
    if due < at:
        return Urgency.LATE
    return Urgency.TODAY if localtime(due).date() == localtime(at).date() else Urgency.OPEN


def end_of(day: date | None) -> datetime | None:
    """Return the end of a day, by which what is due on it is to be done."""
    if day is None:
        return None
    last = datetime.combine(day, time.max, get_current_timezone())
    return last.replace(microsecond=0) if day < date.max - timedelta(days=1) else None


def _order(item: WorkItem) -> tuple[int, datetime, str]:
    return item.urgency, item.due or LAST, item.thing
