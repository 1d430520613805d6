"""Timeline of one ticket: its dates, its moves and its owners."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from opale.demo.world import PersonRef, World

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
MOST_HANDOVERS = 3
WAITS = {True: ("wait", "pending"), False: ("hold", "held")}
"""The move and the state of a pause: for the customer, or for another reason."""


@dataclass(slots=True)
class Course:
    """Dates of one ticket. `until` cuts off what has not happened yet."""

    received: datetime
    acknowledged: datetime
    triaged: datetime | None = None
    restored: datetime | None = None
    resolved: datetime | None = None
    closed: datetime | None = None
    cancelled: bool = False
    pauses: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    acknowledged_by_now: datetime | None = None
    rested: tuple[datetime, datetime] | None = None
    """From the first resolution until it was reopened."""

    def reopen(self, done: datetime) -> None:
        """Let it be resolved and reopened before it is done, where there is time for both."""
        left = (done - self.acknowledged) / 3
        if left > timedelta(minutes=4):
            first, again = (self.acknowledged + left * n for n in (1, 2))
            self.rested = (first.replace(microsecond=0), again.replace(microsecond=0))

    def until(self, now: datetime) -> "Course":
        self.acknowledged_by_now = self.acknowledged if self.acknowledged <= now else None
        self.triaged = self.triaged if self.triaged and self.triaged <= now else None
        self.pauses = [pause for pause in self.pauses if pause[1] <= now]
        self.restored = self.restored if self.restored and self.restored <= now else None
        self.resolved = self.resolved if self.resolved and self.resolved <= now else None
        self.closed = self.closed if self.closed and self.closed <= now else None
        self.cancelled = self.cancelled and self.closed is not None
        self.rested = self.rested if self.resolved else None
        return self

    def waits(self, now: datetime) -> bool:
        return bool(self.pauses) and self.pauses[-1][2] > now

    def state(self, now: datetime) -> str:
        if self.closed:
            return "cancelled" if self.cancelled else "closed"
        if self.resolved:
            return "resolved"
        if self.waits(now):
            return WAITS[self.pauses[-1][0] == "customer"][1]
        return "in_progress" if self.acknowledged_by_now else "new"

    def worked_until(self, now: datetime) -> datetime:
        return self.resolved or self.closed or now

    def last(self, now: datetime) -> datetime:
        dates = [self.received, self.acknowledged_by_now, self.restored, self.resolved, self.closed]
        dates += [edge for _kind, *edges in self.pauses for edge in edges]
        return max(at for at in dates if at and at <= now)

    def moves(self) -> Iterator[tuple[datetime, str, str, str]]:
        """Yield (when, move, from, to) in order, by the names of the desk's state machine."""
        if not self.acknowledged_by_now:
            if self.cancelled and self.closed:
                yield self.closed, "cancel", "new", "cancelled"
            return
        yield self.acknowledged_by_now, "take", "new", "in_progress"
        end = self.resolved or self.closed
        state = "in_progress"
        for kind, starts, ends in self.pauses:
            move, waiting = WAITS[kind == "customer"]
            yield starts, move, state, waiting
            state = waiting
            if end:
                yield ends, "resume", state, "in_progress"
                state = "in_progress"
        if self.rested:
            first, again = self.rested
            yield first, "resolve", state, "resolved"
            yield again, "reopen", "resolved", state
        if self.restored:
            yield self.restored, "restore", state, state
        if self.cancelled and self.closed:
            yield self.closed, "cancel", state, "cancelled"
        elif self.resolved:
            yield self.resolved, "resolve", state, "resolved"
            if self.closed:
                yield self.closed, "close", "resolved", "closed"


@dataclass(frozen=True, slots=True)
class Link:
    """One ownership; it lasts until the next one starts."""

    person: PersonRef
    starts: datetime
    reason: str
    actor: str


def owners_of(course: Course, world: World, rng: Random) -> list[Link]:
    """Return the owners: the agent on triage, the one who takes it, then colleagues of later
    shifts."""
    first = world.shift_at(course.received).triage
    links = [Link(first, course.received, "received", "system:demo")]
    if course.acknowledged_by_now is None:
        return links
    taker = world.shift_at(course.acknowledged).anybody(rng)
    if taker.id != first.id:
        links.append(Link(taker, course.acknowledged, "taken", taker.key))
    end = course.worked_until(world.now)
    at = course.acknowledged
    for _ in range(MOST_HANDOVERS):
        at = world.shift_at(at).ends
        if at >= end or rng.random() < 0.35:
            break
        shift = world.shift_at(at + timedelta(minutes=1))
        giver, receiver = links[-1].person, shift.anybody(rng)
        if receiver.id != giver.id and at > links[-1].starts:
            links.append(Link(receiver, at, "handed_over", giver.key))
        at += timedelta(minutes=1)
    return links
