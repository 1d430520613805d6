"""How events move an alert: pure, ordered by the source's time, the same for one and for many.

Source: docs/rules/alerts.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from opale.run.events.ports import NewEvent
from opale.run.events.states import AlertState

S = AlertState
CLEAR, REOPEN = "clear", "reopen"


@dataclass(frozen=True, slots=True)
class Moved:
    """One of the two moves that events may make."""

    name: str
    source: str
    target: str
    at: datetime


@dataclass(slots=True)
class Life:
    """What is known of an alert, and what events have changed of it.

    `source_at` is the time of the newest event that counted; `content` the newest firing one that
    did, if any. `raised` tells that it opened, for the first time or again.
    """

    state: str
    source_at: datetime
    started_at: datetime
    cleared_at: datetime | None = None
    id: int | None = None
    content: NewEvent | None = None
    raised: bool = False
    moves: list[Moved] = field(default_factory=list)
    count: int = 0


def begin(event: NewEvent, *, over_at: datetime | None) -> Life | None:
    """The alert that an event opens where none is live; None if it opens none.

    A clear without an alert has nothing to clear. `over_at` is when the same thing's last closed
    alert had cleared: what fired before that is late.
    """
    if not event.firing or (over_at is not None and event.occurred_at <= over_at):
        return None
    started_at = event.started_at or event.occurred_at
    return Life(S.OPEN, event.occurred_at, started_at, content=event, raised=True, count=1)


def take(life: Life, event: NewEvent) -> None:
    """Let one more event count. A late or doubled one changes no state."""
    life.count += 1
    cleared = life.state == S.CLEARED
    if not _is_newer(life, event):
        if cleared and not event.firing and life.started_at <= event.occurred_at:
            life.cleared_at = min(life.cleared_at or event.occurred_at, event.occurred_at)
        return
    life.source_at = event.occurred_at
    if event.firing:
        life.content = event
        if cleared:
            _move(life, REOPEN, S.OPEN, event.occurred_at)
            life.raised = True
            life.started_at = event.started_at or event.occurred_at
        else:
            life.started_at = event.started_at or life.started_at
    elif not cleared:
        _move(life, CLEAR, S.CLEARED, event.occurred_at)
        life.cleared_at = event.occurred_at


def live(
    life: Life | None, events: Iterable[NewEvent], *, over_at: datetime | None = None
) -> Life | None:
    """What becomes of an alert, or of none, by these events in the order of their receipt."""
    for event in events:
        if life is None:
            life = begin(event, over_at=over_at)
        else:
            take(life, event)
    return life


def _is_newer(life: Life, event: NewEvent) -> bool:
    """Ordered by source time; at the same instant the end of a trouble comes after its start."""
    if event.occurred_at == life.source_at:
        return not event.firing or life.state != S.CLEARED
    return event.occurred_at > life.source_at


def _move(life: Life, name: str, target: AlertState, at: datetime) -> None:
    life.moves.append(Moved(name, life.state, target, at))
    life.state = target
