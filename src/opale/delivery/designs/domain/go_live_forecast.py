"""When a design could go live, and how sure that is: the same plan many times over, each time with
other delays. Pure: no database, no clock; the same question has the same answer.

Units: days are places among the working days of one calendar, the first of them 0.
Source: docs/rules/designs.md, "Days and their confidence".
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final, Protocol

RUNS: Final = 400
LEAST_SAMPLES: Final = 8
"""So many measured delays are needed before they are used."""

ASSUMED_DELAYS: Final[Mapping[str, tuple[int, ...]]] = {
    "us": (0, 0, 0, 0, 2),
    "customer": (0, 0, 0, 2, 5),
    "carrier": (0, 0, 0, 5, 10),
    "stock": (0, 0, 0, 0, 5),
}
"""What is taken for delays, in working days, where too few were measured."""


class WorkingDays(Protocol):
    """A calendar, as far as days are counted with it."""

    def on_or_after(self, day: date) -> date: ...


class NumberedDays:
    """The working days of a calendar from a day on, numbered."""

    def __init__(self, calendar: WorkingDays, first: date, count: int) -> None:
        self.days = []
        day = calendar.on_or_after(first)
        for _n in range(count):
            self.days.append(day)
            day = calendar.on_or_after(day + timedelta(days=1))

    def place(self, day: date) -> int:
        """The first working day on or after a day; the last one for what lies beyond."""
        return min(bisect_left(self.days, day), len(self.days) - 1)

    def day(self, place: int) -> date:
        return self.days[max(0, min(place, len(self.days) - 1))]


@dataclass(frozen=True, slots=True)
class Stage:
    """One work package to be. `floor` is the first day on which whoever does it can begin."""

    days: int
    party: str = "us"
    floor: int = 0
    stock: tuple[int, ...] = ()
    """The needs whose stock it waits for, by their numbers."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Ends of so many runs, sorted; a run without an end found no stock at all."""

    ends: tuple[int, ...]
    runs: int

    def kept(self, share: int) -> int | None:
        """The day on which so many runs of a hundred have ended; None where fewer ever do."""
        needed = -(-self.runs * share // 100)
        return self.ends[needed - 1] if 0 < needed <= len(self.ends) else None

    def share_by(self, place: int) -> int:
        """How many runs of a hundred have ended by a day."""
        done = sum(end <= place for end in self.ends)
        return done * 100 // self.runs


StockSampler = Callable[[Random], Sequence[int | None]]
"""One draw of the day from which on the stock of each need is free."""


def forecast_end(
    order: Sequence[int],
    stages: Sequence[Stage],
    waits: Mapping[int, Sequence[tuple[int, int]]],
    *,
    delays: Mapping[str, Sequence[int]],
    stocked: StockSampler,
    seed: int,
    runs: int = RUNS,
) -> Forecast:
    """The end of the last stage, run for run. `waits` are (before, days between) of each stage."""
    chance = Random(seed)  # noqa: S311  # no secret: the same check is foreseen in the same way
    found = []
    for _run in range(runs):
        free = stocked(chance)
        end = _end(order, stages, waits, free, delays, chance)
        if end is not None:
            found.append(end)
    return Forecast(tuple(sorted(found)), runs)


def _end(
    order: Sequence[int],
    stages: Sequence[Stage],
    waits: Mapping[int, Sequence[tuple[int, int]]],
    free: Sequence[int | None],
    delays: Mapping[str, Sequence[int]],
    chance: Random,
) -> int | None:
    ends = [0] * len(stages)
    for key in order:
        stage = stages[key]
        begins = stage.floor
        for need in stage.stock:
            since = free[need]
            if since is None:
                return None
            begins = max(begins, since)
        for before, lag in waits.get(key, ()):
            begins = max(begins, ends[before] + lag + (1 if stage.days or lag else 0))
        late = chance.choice(delays[stage.party]) if stage.days else 0
        ends[key] = max(begins, begins + stage.days - 1 + late) if stage.days else begins
    return max(ends, default=0)


def delay_samples(measured: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, ...]]:
    """What is drawn from for each party: what was measured, else what is assumed."""
    return {
        party: tuple(measured[party]) if len(measured.get(party, ())) >= LEAST_SAMPLES else assumed
        for party, assumed in ASSUMED_DELAYS.items()
    }


@dataclass(frozen=True, slots=True)
class HeldPart:
    """A part of a pool that is taken; tentative with a chance in a hundred to be confirmed."""

    since: date
    until: date | None
    quantity: float
    chance: int = 100
    reservation: int = 0


def free_from(
    capacity: float, quantity: float, held: Sequence[HeldPart], start: date
) -> date | None:
    """The first day from which on a quantity is free for good; None for never.

    A pool is given without end, so an hour of room between two others is no room.
    """
    room = capacity - quantity
    if room < 0:
        return None
    marks = sorted({start, *(one.since for one in held if one.since > start)})
    found = start
    for mark in marks:
        taken = [one for one in held if one.since <= mark and (not one.until or one.until > mark)]
        over = sum(one.quantity for one in taken) - room
        if over <= 1e-9:
            continue
        # Until so much of it has ended that the rest leaves room; what begins later is a mark too.
        day: date | None = None
        for one in sorted(taken, key=lambda one: one.until or date.max):
            if one.until is None:
                break
            over -= one.quantity
            if over <= 1e-9:
                day = one.until
                break
        if day is None:
            return None
        found = max(found, day)
    return found
