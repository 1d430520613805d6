"""Extensions that upper rooms add to a ticket's page and to the wall, beside the slots."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from opale.kernel.actor import Actor
from opale.run.desk.models import Ticket


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """A line of a ticket's timeline, visible to the desk alone. `template` draws `row` as
    `entry.row`."""

    at: datetime
    template: str
    row: Any
    actor: str = ""


TimelineReader = Callable[[Ticket, int], Iterable[TimelineEvent]]
"""Returns the newest events of a ticket, at most so many."""


@dataclass(frozen=True, slots=True)
class TimelineSource:
    """A source of timeline lines. `lead` is the column of the model that refers to the ticket."""

    lead: str
    tell: TimelineReader


MissedCallCounter = Callable[[Actor], tuple[int, datetime | None]]
"""Returns the number of missed calls not called back, and since when the oldest waits."""
_missed: list[MissedCallCounter] = []


def register_missed_calls(count: MissedCallCounter) -> None:
    """Register the count of missed calls for the wall; without it, the wall shows none."""
    _missed[:] = [count]


def count_missed_calls(actor: Actor) -> tuple[int, datetime | None] | None:
    return _missed[0](actor) if _missed else None


_sources: dict[type[Model], TimelineSource] = {}


def register_timeline_source(model: type[Model], lead: str, tell: TimelineReader) -> None:
    """Register rows of a model as timeline lines; called in the upper room's `apps.py`.

    Tickets without such rows cost no further query.
    """
    _sources[model] = TimelineSource(lead, tell)


def timeline_sources() -> Mapping[type[Model], TimelineSource]:
    return _sources
