"""Options to fit hours into a person's days, and the work that would move. Pure.

Units: places of days count from the first of a diary; hours are hours.
Source: docs/rules/resource-requests.md, "Candidates".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from opale.planning.hour_allocation import SLACK, Fit, days_of_work, earliest_fit, fit_at_pace
from opale.reservations.queries.diary import Entry, PersonDiary


@dataclass(frozen=True, slots=True)
class MovedWork:
    """Work that would end later; `days` of work later, or not placed within the horizon."""

    entry: Entry
    days: int
    placed: bool


@dataclass(frozen=True, slots=True)
class SlotOption:
    """An option for one person. `late` counts days of work after the wished one; `cost` is
    hours."""

    fit: Fit
    late: int
    moved: tuple[MovedWork, ...]
    cost: float


def slot_options(pages: PersonDiary, hours: float, *, begins: int, wished: int) -> list[SlotOption]:
    """Return the option in free time and, if it ends earlier, the one that moves other work."""
    found = []
    into_free = earliest_fit(pages.given, pages.free, hours, begins=begins)
    if into_free is not None:
        late = days_of_work(pages.given, wished, into_free.after)
        found.append(SlotOption(into_free, late, (), 8.0 * late))
    if into_free is not None and into_free.after <= wished:
        return found
    movable = [entry for entry in pages.entries if is_movable(entry) and entry.after > begins]
    if not movable:
        return found
    free = list(pages.free)
    _hold(pages.given, free, movable, -1)
    pushing = earliest_fit(pages.given, free, hours, begins=begins)
    if pushing is None or (into_free is not None and pushing.after >= into_free.after):
        return found
    moved = _moved(pages, pushing, movable)
    late = days_of_work(pages.given, wished, pushing.after)
    found.append(SlotOption(pushing, late, moved, 8.0 * late + sum(map(_price, moved))))
    return found


def is_movable(entry: Entry) -> bool:
    """Return whether work may be moved: it is tentative or has no customer."""
    return entry.tentative or entry.customer_id is None


def _moved(pages: PersonDiary, fit: Fit, movable: Iterable[Entry]) -> tuple[MovedWork, ...]:
    """Return the work that no longer fits beside the new one, each moved to its next place."""
    given, free = pages.given, list(pages.free)
    for stretch in fit.stretches:
        for place in range(stretch.begins, stretch.after):
            if given[place] > 0:
                free[place] -= stretch.hours
    found = []
    for entry in movable:
        days = range(entry.begins, entry.after)
        if all(free[place] + SLACK >= 0 for place in days if given[place] > 0):
            continue
        _hold(given, free, [entry], -1)
        hours = entry.hours * days_of_work(given, entry.begins, entry.after)
        again = fit_at_pace(given, free, hours, entry.hours, entry.begins, len(given))
        if again is None:
            found.append(
                MovedWork(entry, days_of_work(given, entry.after, len(given)), placed=False)
            )
            continue
        for stretch in again.stretches:
            for place in range(stretch.begins, stretch.after):
                if given[place] > 0:
                    free[place] -= stretch.hours
        late = days_of_work(given, entry.after, again.after)
        found.append(MovedWork(entry, late, placed=True))
    return tuple(found)


def _hold(given: Sequence[float], free: list[float], entries: Iterable[Entry], sign: int) -> None:
    for entry in entries:
        for place in range(entry.begins, entry.after):
            if given[place] > 0:
                free[place] -= sign * entry.hours


def _price(moved: MovedWork) -> float:
    """Return the hours of moved work times its delay, weighed by its probability."""
    sure = moved.entry.probability / 100 if moved.entry.tentative else 1.0
    return moved.entry.hours * max(1, moved.days) * sure
