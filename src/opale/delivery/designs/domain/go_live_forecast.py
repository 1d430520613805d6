"""Monte Carlo forecast of the go-live of a design: the same plan, run many times with drawn delays.
Pure: no database, no clock; the same input gives the same result.

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
"""The number of measured delays from which on they are used."""

ASSUMED_DELAYS: Final[Mapping[str, tuple[int, ...]]] = {
    "us": (0, 0, 0, 0, 2),
    "customer": (0, 0, 0, 2, 5),
    "carrier": (0, 0, 5, 10, 20),
    "stock": (0, 0, 0, 0, 5),
}
"""Delays in working days that are assumed where too few were measured."""


class WorkingDays(Protocol):
    """A calendar that counts working days."""

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
        """Return the number of the first working day on or after a day; the last number for later
        days."""
        return min(bisect_left(self.days, day), len(self.days) - 1)

    def day(self, place: int) -> date:
        return self.days[max(0, min(place, len(self.days) - 1))]


@dataclass(frozen=True, slots=True)
class Stage:
    """One planned work package. `floor` is the first day on which its person or team can begin."""

    days: int
    party: str = "us"
    floor: int = 0
    stock: tuple[int, ...] = ()
    """The numbers of the needs whose stock it waits for."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Sorted ends of all runs; a run that found no stock has no end."""

    ends: tuple[int, ...]
    runs: int

    def kept(self, share: int) -> int | None:
        """Return the day by which this many runs of a hundred have ended, or None where fewer ever
        do."""
        needed = -(-self.runs * share // 100)
        return self.ends[needed - 1] if 0 < needed <= len(self.ends) else None

    def share_by(self, place: int) -> int:
        """Return how many runs of a hundred have ended by a day."""
        done = sum(end <= place for end in self.ends)
        return done * 100 // self.runs


StockSampler = Callable[[Random], Sequence[int | None]]
"""A draw of the day from which the stock of each need is free."""


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
    """Return the distribution of the end of the last stage. `waits` are (before, days between) of
    each stage."""
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
    """Return the delays to draw from for each party: measured ones, else assumed ones."""
    return {
        party: tuple(measured[party]) if len(measured.get(party, ())) >= LEAST_SAMPLES else assumed
        for party, assumed in ASSUMED_DELAYS.items()
    }


@dataclass(frozen=True, slots=True)
class HeldPart:
    """A held part of a pool; a tentative one has a chance in a hundred to be confirmed."""

    since: date
    until: date | None
    quantity: float
    chance: int = 100
    reservation: int = 0


def free_from(
    capacity: float, quantity: float, held: Sequence[HeldPart], start: date
) -> date | None:
    """Return the first day from which a quantity is free without end, or None for never.

    Pools are reserved without end, so a gap between two reservations is of no use.
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
        # Candidate days: ends that free enough room; later beginnings count as well.
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
