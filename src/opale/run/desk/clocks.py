"""The clocks of a ticket: pure functions of its dated record and of what was promised.

Nothing here reads a database or the time. What is stored elsewhere is a cache of these answers.
Units: instants aware and UTC, durations in open time of the promise's calendar.
Source: docs/rules/clocks.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from opale.kernel import business_time
from opale.kernel.business_time import Calendar, Pause, Segment

Measure = Literal["acknowledge", "restore"]


@dataclass(frozen=True, slots=True)
class Record:
    """What happened to a ticket, by trade time."""

    received_at: datetime
    kind: Literal["request", "incident"]
    acknowledged_at: datetime | None = None
    restored_at: datetime | None = None
    withdrawn_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """What was sold for a measure: so much open time. `source` says where it stands."""

    measure: Measure
    target: timedelta
    coverage: str
    calendar: Calendar
    source: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise against the record.

    `due_at` is None while a pause runs. `met_at` is when what was promised was done, or the ticket
    withdrawn. `breached_at` is the instant at which the promise was broken, known once it passed.
    """

    promise: Promise
    starts_at: datetime
    pauses: tuple[Pause, ...]
    due_at: datetime | None
    met_at: datetime | None

    def breached_at(self, at: datetime) -> datetime | None:
        """The instant of the breach as known at `at`; None while the promise is kept."""
        end = min(self.met_at, at) if self.met_at else at
        if self.used(end) <= self.promise.target:
            return None
        # The pauses that began after the target was used up cannot undo the breach.
        return business_time.due(
            self.promise.calendar,
            self.starts_at,
            self.promise.target,
            _ended_by(self.pauses, end),
        )

    def used(self, at: datetime) -> timedelta:
        """The open time used at `at`, or until it was met if that came first."""
        end = min(self.met_at, at) if self.met_at else at
        if end <= self.starts_at:
            return timedelta()
        return business_time.between(self.promise.calendar, self.starts_at, end, self.pauses)

    def left(self, at: datetime) -> timedelta:
        """The open time left at `at`; negative once broken."""
        return self.promise.target - self.used(at)

    def explain(self, at: datetime) -> list[Segment]:
        """Each stretch from the start to `at` (or to when it was met), counted or not, and why."""
        end = min(self.met_at, at) if self.met_at else at
        if end <= self.starts_at:
            return []
        return business_time.explain(self.promise.calendar, self.starts_at, end, self.pauses)


def clock(record: Record, promise: Promise) -> Clock | None:
    """The clock of a promise on a ticket, None where the promise does not apply.

    The time to intervene runs on every ticket and knows no pause: nobody waits before anybody has
    looked. The time to restore runs on incidents, from receipt, and stops for pauses.
    """
    if promise.measure == "restore" and record.kind != "incident":
        return None
    done = record.acknowledged_at if promise.measure == "acknowledge" else record.restored_at
    met_at = min((at for at in (done, record.withdrawn_at) if at), default=None)
    pauses = () if promise.measure == "acknowledge" else record.pauses
    return Clock(
        promise=promise,
        starts_at=record.received_at,
        pauses=pauses,
        due_at=business_time.due(promise.calendar, record.received_at, promise.target, pauses),
        met_at=met_at,
    )


def _ended_by(pauses: Sequence[Pause], end: datetime) -> list[Pause]:
    """The pauses as they stood at `end`: a running one is taken as ending there."""
    return [
        Pause(p.starts, min(p.ends, end) if p.ends else end, p.reason)
        for p in pauses
        if p.starts < end
    ]
