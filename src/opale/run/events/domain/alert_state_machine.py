"""The alert state machine: pure, ordered by the source's time, the same for one event and for many.

Source: docs/rules/alerts.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from opale.run.events.domain.deliveries import NewEvent
from opale.run.events.domain.flapping import add_opening, is_flapping
from opale.run.events.states import FIRING_STATES, AlertState, Severity

S = AlertState
CLEAR, REOPEN, ACKNOWLEDGE = "clear", "reopen", "acknowledge"
SEVERITY, FLAPPING = "severity", "flapping"
RAISED, RISEN, CUSTOMER = "raised", "risen", "customer"
PAGING_REASONS: Final = (FLAPPING, RAISED, RISEN)
"""Why an alert calls somebody; of several reasons at once the first one counts."""

LATE_START_TOLERANCE: Final = timedelta(minutes=1)
"""How long after the end of a trouble its start may still be on its way to us."""


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """An event, when it was received, and its raw content as JSON."""

    event: NewEvent
    received_at: datetime
    raw_json: str = "{}"


@dataclass(frozen=True, slots=True)
class LastEnd:
    """The end of a trouble by its source's clock, and when Opale was told of it."""

    at: datetime
    received_at: datetime

    def is_denied_by(self, arrival: Arrival) -> bool:
        """Return whether the source said after this end that a trouble with an older start goes on.

        An event received long after the end is no late delivery any more, and one that proves to
        have been made after the end never was.
        """
        said_after = arrival.event.said_after
        if said_after is not None and said_after > self.at:
            return True
        return arrival.received_at - self.received_at >= LATE_START_TOLERANCE

    @property
    def next_instant(self) -> datetime:
        """Return the start of a trouble that goes on after its reported end: later than that."""
        return self.at + datetime.resolution


@dataclass(frozen=True, slots=True)
class StateMove:
    """A move that an event made."""

    name: str
    source: str
    target: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """A change that events made of an alert beside its state: severity or flapping."""

    kind: str
    at: datetime
    source: str = ""
    target: str = ""


class TrackedAlert(msgspec.Struct, gc=False):
    """The known state of an alert, and what events have changed of it.

    `source_at` is the time of the newest event that counted; `content` the newest firing one that
    did, if any, and `raw_json` what came of that one; `end_received_at` is when we were told of the
    end. `peak` is the worst severity since it opened or was acknowledged. `raised` tells that it
    opened, for the first time or again, `risen` that it is worse than ever since; `call` why
    somebody has to be woken, if so. `customer_id` is the one known before.
    """

    state: str
    source_at: datetime
    started_at: datetime
    severity: int
    peak: int
    cleared_at: datetime | None = None
    end_received_at: datetime | None = None
    id: int | None = None
    customer_id: int | None = None
    openings: tuple[datetime, ...] = ()
    flapping_since: datetime | None = None
    content: NewEvent | None = None
    raw_json: str = ""
    raised: bool = False
    risen: bool = False
    call: str = ""
    moves: list[StateMove] = []
    changes: list[PropertyChange] = []
    count: int = 0


def open_alert(arrival: Arrival, *, over: LastEnd | None) -> TrackedAlert | None:
    """Return the alert that an event opens where none is live; None if it opens none.

    A clear without an alert has nothing to clear, an acknowledgement nothing to acknowledge. `over`
    is how the same thing's last closed alert had ended: what fired before that is late, unless it
    denies that end.
    """
    event = arrival.event
    if not event.opens:
        return None
    source_at, started_at = event.occurred_at, event.started_at or event.occurred_at
    if over is not None and event.occurred_at <= over.at:
        if not over.is_denied_by(arrival):
            return None
        source_at = started_at = over.next_instant
    return TrackedAlert(
        S.OPEN,
        source_at,
        started_at,
        event.severity,
        event.severity,
        openings=(arrival.received_at,),
        content=event,
        raw_json=arrival.raw_json,
        raised=True,
        call=RAISED,
        count=1,
    )


def apply_event(life: TrackedAlert, arrival: Arrival) -> None:
    """Apply one more event to an alert. A late or doubled one changes no state."""
    event = arrival.event
    if event.remarks:
        return
    if event.acknowledges:
        # It says nothing about the trouble itself, so it does not count in the order of events.
        if life.state == S.OPEN and event.occurred_at >= life.source_at:
            _move(life, ACKNOWLEDGE, S.ACKNOWLEDGED, event.occurred_at)
            life.peak = life.severity
        return
    life.count += 1
    cleared = life.state == S.CLEARED
    if not _is_newer(life, event):
        if cleared:
            _take_older(life, arrival)
        return
    life.source_at = event.occurred_at
    if event.firing and cleared:
        _open_again(
            life, arrival, started_at=event.started_at or event.occurred_at, at=event.occurred_at
        )
    elif event.firing:
        life.content, life.raw_json = event, arrival.raw_json
        life.started_at = event.started_at or life.started_at
        _grade(life, arrival)
        _rise(life, arrival)
    elif not cleared:
        _move(life, CLEAR, S.CLEARED, event.occurred_at)
        life.cleared_at, life.end_received_at = event.occurred_at, arrival.received_at


def apply_events(
    life: TrackedAlert | None, arrivals: Iterable[Arrival], *, over: LastEnd | None = None
) -> TrackedAlert | None:
    """Return the alert, or None, after these events in the order of their receipt."""
    for arrival in arrivals:
        if life is None:
            life = open_alert(arrival, over=over)
        else:
            apply_event(life, arrival)
    return life


def _take_older(life: TrackedAlert, arrival: Arrival) -> None:
    """Apply an older event to a cleared alert: late, an earlier end, or a denial of the end."""
    event = arrival.event
    if event.firing:
        end = LastEnd(life.source_at, life.end_received_at or life.source_at)
        if end.is_denied_by(arrival):
            life.source_at = end.next_instant
            _open_again(life, arrival, started_at=end.next_instant, at=arrival.received_at)
    elif life.started_at <= event.occurred_at:
        life.cleared_at = min(life.cleared_at or event.occurred_at, event.occurred_at)


def _is_newer(life: TrackedAlert, event: NewEvent) -> bool:
    """Return whether the event is newer by source time; at the same instant an end comes last."""
    if event.occurred_at == life.source_at:
        return not event.firing or life.state != S.CLEARED
    return event.occurred_at > life.source_at


def _open_again(
    life: TrackedAlert, arrival: Arrival, *, started_at: datetime, at: datetime
) -> None:
    """Reopen the alert; once it flaps, it calls once more, and then only if it gets worse."""
    _move(life, REOPEN, S.OPEN, at)
    life.raised = True
    life.started_at = started_at
    life.cleared_at = life.end_received_at = None
    life.content, life.raw_json = arrival.event, arrival.raw_json
    _grade(life, arrival)
    life.openings = add_opening(life.openings, arrival.received_at)
    if life.flapping_since is not None:
        _rise(life, arrival)
        return
    if is_flapping(life.openings):
        life.flapping_since = arrival.received_at
        life.changes.append(PropertyChange(FLAPPING, arrival.received_at))
    life.peak = life.severity
    _call(life, RAISED if life.flapping_since is None else FLAPPING)


def _grade(life: TrackedAlert, arrival: Arrival) -> None:
    """Record a change of severity, dated by its receipt, as few sources tell when it changed."""
    severity = arrival.event.severity
    if severity == life.severity:
        return
    before, now = (Severity(one).name.lower() for one in (life.severity, severity))
    life.changes.append(PropertyChange(SEVERITY, arrival.received_at, before, now))
    life.severity = severity


def _rise(life: TrackedAlert, arrival: Arrival) -> None:
    """Reopen an alert that is worse than when it was acknowledged, and call for it."""
    if arrival.event.severity <= life.peak:
        return
    life.peak = arrival.event.severity
    life.risen = True
    if life.state in FIRING_STATES and life.state != S.OPEN:
        _move(life, REOPEN, S.OPEN, arrival.received_at)
    _call(life, RISEN)


def _call(life: TrackedAlert, reason: str) -> None:
    if not life.call or PAGING_REASONS.index(reason) < PAGING_REASONS.index(life.call):
        life.call = reason


def _move(life: TrackedAlert, name: str, target: AlertState, at: datetime) -> None:
    life.moves.append(StateMove(name, life.state, target, at))
    life.state = target
