"""Roster of the demo company: three shifts a day, for agents in pairs that rotate forward.

Each pair goes through morning, morning, afternoon, afternoon, night, off, off: a night is followed
by rest, and nobody has less than eleven hours between two shifts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")
PAIRS = 7
STARTS = (time(6), time(14), time(22))
# Place of a pair in its week -> index of the shift.
PLACES = (0, 0, 1, 1, 2, None, None)


@dataclass(frozen=True, slots=True)
class Staffing(Generic[T]):
    starts: datetime
    ends: datetime
    lead: T
    triage: T
    others: tuple[T, ...]


def staffing(
    agents: Sequence[T], starts: datetime, ends: datetime, *, now: datetime, zone: str
) -> Iterator[Staffing[T]]:
    """Yield every shift between two instants. The first two agents are on the shift of `now`."""
    pairs = [(agents[2 * n], agents[2 * n + 1]) for n in range(PAIRS)]
    local = ZoneInfo(zone)
    day = starts.astimezone(local).date()
    while datetime.combine(day, STARTS[0], local) < ends:
        for index, opens in enumerate(STARTS):
            begins = datetime.combine(day, opens, local)
            following = STARTS[(index + 1) % 3]
            until = datetime.combine(day + timedelta(days=index // 2), following, local)
            here = [
                pairs[n]
                for n in range(PAIRS)
                if PLACES[place_of(n, day, now=now, zone=zone)] == index
            ]
            first, *rest = sorted(here, key=pairs.index)
            yield Staffing(
                begins, until, first[0], first[1], tuple(agent for pair in rest for agent in pair)
            )
        day += timedelta(days=1)


def place_of(pair: int, day: date, *, now: datetime, zone: str) -> int:
    """Return the place of a pair in its week on a day; the first pair is on the shift of `now`."""
    began, shift = _shift_of(now.astimezone(ZoneInfo(zone)))
    return (pair + PLACES.index(shift) + (day - began).days) % PAIRS


def _shift_of(local: datetime) -> tuple[date, int]:
    """Return the day on which the running shift began, and its index."""
    if local.time() < STARTS[0]:
        return local.date() - timedelta(days=1), 2
    return local.date(), sum(local.time() >= opens for opens in STARTS) - 1
