"""Allocation of hours to a person's days, at a constant pace. Pure.

Units: places of days count from the first of a diary; hours are hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

PACES: Final = (8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0)
SLACK: Final = 1e-6
MOST_STRETCHES: Final = 4
"""The stretches of one allocation at most: work split further is of no use."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The same hours on each day of work, from `begins` to before `after`."""

    begins: int
    after: int
    hours: float


@dataclass(frozen=True, slots=True)
class Fit:
    stretches: tuple[Stretch, ...]

    @property
    def begins(self) -> int:
        return self.stretches[0].begins

    @property
    def after(self) -> int:
        return self.stretches[-1].after

    @property
    def a_day(self) -> float:
        return self.stretches[0].hours


def earliest_fit(
    given: Sequence[float], free: Sequence[float], hours: float, *, begins: int, days: int = 1
) -> Fit | None:
    """Return the pace that finishes first, in few stretches, with no more hours than needed.

    Work that takes so many `days` of work at least is spread over them.
    """
    best: tuple[tuple[int, int, float], Fit] | None = None
    for pace in PACES:
        fit = fit_at_pace(given, free, hours, pace, begins, best[0][0] if best else len(given))
        if fit is None:
            continue
        after = max(fit.after, _after_days(given, fit.begins, days)) if days > 1 else fit.after
        rank = (after, len(fit.stretches), pace)
        if best is None or rank < best[0]:
            best = rank, fit
    return best[1] if best else None


def _after_days(given: Sequence[float], begins: int, days: int) -> int:
    """Return the place after so many days of work."""
    for place in range(begins, len(given)):
        days -= given[place] > 0
        if not days:
            return place + 1
    return len(given)


def fit_at_pace(
    given: Sequence[float],
    free: Sequence[float],
    hours: float,
    pace: float,
    begins: int,
    before: int,
) -> Fit | None:
    """Allocate so many hours to each day that has them; other days separate stretches."""
    left = ceil(hours / pace - SLACK)
    stretches: list[Stretch] = []
    first = last = -1
    for place in range(max(0, begins), before):
        if given[place] <= 0:
            continue
        if free[place] + SLACK >= pace:
            first = place if first < 0 else first
            last = place
            left -= 1
            if not left:
                stretches.append(Stretch(first, last + 1, pace))
                return Fit(tuple(stretches))
        elif first >= 0:
            stretches.append(Stretch(first, last + 1, pace))
            if len(stretches) >= MOST_STRETCHES:
                return None
            first = -1
    return None


def days_of_work(given: Sequence[float], begins: int, after: int) -> int:
    return sum(hours > 0 for hours in given[max(0, begins) : after])
