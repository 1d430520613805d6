"""Arrival times of tickets: six months with nights, Mondays, holidays and one storm."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from holidays import country_holidays

# Relative volume of each hour of a working day, from midnight, in the customers' time.
WORKDAY = (2, 1, 1, 1, 1, 2, 6, 18, 44, 62, 60, 52, 34, 40, 54, 56, 50, 40, 24, 12, 8, 6, 4, 3)
# Out of hours, monitoring and shops report most.
REST_DAY = (2, 1, 1, 1, 1, 1, 2, 4, 7, 9, 9, 8, 7, 6, 7, 7, 6, 6, 5, 5, 4, 4, 3, 2)
# Monday first; it has the backlog of the weekend.
WEEKDAYS = (1.35, 1.08, 1.0, 0.98, 0.9, 1.0, 0.8)


@dataclass(frozen=True, slots=True)
class Storm:
    """A few hours in which one cause makes many people call."""

    starts: datetime
    hours: int
    factor: float


def _storm(near: datetime, zone: ZoneInfo) -> Storm:
    """Return the storm on the first Thursday morning from `near` on: a backbone failure at the
    worst hour."""
    local = near.astimezone(zone)
    day = local.date() + timedelta(days=(3 - local.weekday()) % 7)
    return Storm(datetime(day.year, day.month, day.day, 9, tzinfo=zone).astimezone(UTC), 3, 12.0)


class ArrivalRhythm:
    """Arrival times between two instants, deterministic for a given generator."""

    def __init__(self, starts: datetime, ends: datetime, *, zone: str = "Europe/Paris") -> None:
        self.starts = starts.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        self.ends = ends.astimezone(UTC)
        local = ZoneInfo(zone)
        hours = int((self.ends - self.starts) / timedelta(hours=1)) or 1
        self.storm = _storm(self.starts + timedelta(hours=int(hours * 0.62)), local)
        closed = country_holidays(
            "FR", years=range(self.starts.year, self.ends.year + 1), language="fr"
        )
        weights = [
            self._weight((self.starts + timedelta(hours=hour)), local, closed.keys())
            for hour in range(hours)
        ]
        self._cumulative = list(accumulate(weights))

    def _weight(self, at: datetime, zone: ZoneInfo, closed: Collection[date]) -> float:
        local = at.astimezone(zone)
        rest = local.weekday() >= 5 or local.date() in closed
        weight = (REST_DAY if rest else WORKDAY)[local.hour] * WEEKDAYS[local.weekday()]
        summer = 0.75 if local.month == 8 else 1.0
        in_storm = self.storm.starts <= at < self.storm.starts + timedelta(hours=self.storm.hours)
        return weight * summer * (self.storm.factor if in_storm else 1.0)

    def arrivals(self, rng: Random, count: int) -> list[datetime]:
        """Return `count` instants in order."""
        base = self.starts.timestamp()
        hours = range(len(self._cumulative))
        last = self.ends.timestamp()
        picked = rng.choices(hours, cum_weights=self._cumulative, k=count)
        draw = rng.random
        stamps = sorted(min(base + (hour + draw()) * 3600, last) for hour in picked)
        return [datetime.fromtimestamp(round(stamp, 3), UTC) for stamp in stamps]


def conversation_length(rng: Random, *, longest: int = 5000) -> int:
    """Return the number of messages of a ticket: mostly a handful, rarely hundreds, at most
    `longest`.

    A Lomax tail over a geometric body; the mean stays near ten.
    """
    if rng.random() < 0.9:
        return 2 + min(int(rng.expovariate(1 / 6.4)), 60)
    return min(8 + int(11 * (rng.random() ** (-1 / 1.45) - 1)), longest)


def share_of_target(rng: Random, *, breached: bool) -> float:
    """Return the share of its target that a ticket used: under 1 when kept, over 1 when
    breached."""
    if breached:
        return 1.02 + rng.expovariate(1 / 0.6)
    return min(0.97, max(0.02, rng.betavariate(1.3, 2.6)))
