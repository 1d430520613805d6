"""How events move an alert: pure, ordered by the source's time, the same for one and for many.

Source: docs/rules/alerts.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from opale.run.events.ports import NewEvent
from opale.run.events.states import AlertState

S = AlertState
CLEAR, REOPEN, ACKNOWLEDGE = "clear", "reopen", "acknowledge"

LATE_FOR: Final = timedelta(minutes=1)
"""How long after the end of a trouble its start may still be under way to us."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event, and when it was received."""

    event: NewEvent
    received_at: datetime


@dataclass(frozen=True, slots=True)
class End:
    """When a trouble had ended by its source's clock, and when we were told so."""

    at: datetime
    received_at: datetime

    def is_denied_by(self, arrival: Arrival) -> bool:
        """Whether a trouble with an older start was said to go on after this end was said.

        What is received long after the end is no late delivery any more, and what proves to have
        been made after the end never was one.
        """
        said_after = arrival.event.said_after
        if said_after is not None and said_after > self.at:
            return True
        return arrival.received_at - self.received_at >= LATE_FOR

    @property
    def next_instant(self) -> datetime:
        """The start of what goes on although it was said to have ended: later than the end."""
        return self.at + datetime.resolution


@dataclass(frozen=True, slots=True)
class Moved:
    """One of the moves that events may make."""

    name: str
    source: str
    target: str
    at: datetime


@dataclass(slots=True)
class Life:
    """What is known of an alert, and what events have changed of it.

    `source_at` is the time of the newest event that counted; `content` the newest firing one that
    did, if any; `end_received_at` is when we were told of the end. `raised` tells that it opened,
    for the first time or again.
    """

    state: str
    source_at: datetime
    started_at: datetime
    cleared_at: datetime | None = None
    end_received_at: datetime | None = None
    id: int | None = None
    content: NewEvent | None = None
    raised: bool = False
    moves: list[Moved] = field(default_factory=list)
    count: int = 0


def begin(arrival: Arrival, *, over: End | None) -> Life | None:
    """The alert that an event opens where none is live; None if it opens none.

    A clear without an alert has nothing to clear, nor is there anything to see to. `over` is how
    the same thing's last closed alert had ended: what fired before that is late, unless it denies
    that end.
    """
    event = arrival.event
    if not event.firing or event.acknowledges:
        return None
    source_at, started_at = event.occurred_at, event.started_at or event.occurred_at
    if over is not None and event.occurred_at <= over.at:
        if not over.is_denied_by(arrival):
            return None
        source_at = started_at = over.next_instant
    return Life(S.OPEN, source_at, started_at, content=event, raised=True, count=1)


def take(life: Life, arrival: Arrival) -> None:
    """Let one more event count. A late or doubled one changes no state."""
    event = arrival.event
    if event.acknowledges:
        # It says nothing about the trouble itself: what comes next is ordered without it.
        if life.state == S.OPEN and event.occurred_at >= life.source_at:
            _move(life, ACKNOWLEDGE, S.ACKNOWLEDGED, event.occurred_at)
        return
    life.count += 1
    cleared = life.state == S.CLEARED
    if not _is_newer(life, event):
        if cleared:
            _take_older(life, arrival)
        return
    life.source_at = event.occurred_at
    if event.firing:
        life.content = event
        if cleared:
            _open_again(
                life, started_at=event.started_at or event.occurred_at, at=event.occurred_at
            )
        else:
            life.started_at = event.started_at or life.started_at
    elif not cleared:
        _move(life, CLEAR, S.CLEARED, event.occurred_at)
        life.cleared_at, life.end_received_at = event.occurred_at, arrival.received_at


def live(life: Life | None, arrivals: Iterable[Arrival], *, over: End | None = None) -> Life | None:
    """What becomes of an alert, or of none, by these events in the order of their receipt."""
    for arrival in arrivals:
        if life is None:
            life = begin(arrival, over=over)
        else:
            take(life, arrival)
    return life


def _take_older(life: Life, arrival: Arrival) -> None:
    """An older event about what has cleared: late, an earlier end, or a denial of the end."""
    event = arrival.event
    if event.firing:
        end = End(life.source_at, life.end_received_at or life.source_at)
        if end.is_denied_by(arrival):
            life.content, life.source_at = event, end.next_instant
            _open_again(life, started_at=end.next_instant, at=arrival.received_at)
    elif life.started_at <= event.occurred_at:
        life.cleared_at = min(life.cleared_at or event.occurred_at, event.occurred_at)


def _is_newer(life: Life, event: NewEvent) -> bool:
    """Ordered by source time; at the same instant the end of a trouble comes after its start."""
    if event.occurred_at == life.source_at:
        return not event.firing or life.state != S.CLEARED
    return event.occurred_at > life.source_at


def _open_again(life: Life, *, started_at: datetime, at: datetime) -> None:
    _move(life, REOPEN, S.OPEN, at)
    life.raised = True
    life.started_at = started_at


def _move(life: Life, name: str, target: AlertState, at: datetime) -> None:
    life.moves.append(Moved(name, life.state, target, at))
    life.state = target
