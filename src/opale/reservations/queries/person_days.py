"""Days of people as plans take hours from them: the check of a design and the plan of a project.

Source: docs/rules/projects.md, "Dates".
"""

from collections.abc import Collection
from typing import Final

from opale.planning.task_schedule import PersonDays
from opale.planning.workdays import workdays
from opale.reservations.queries.diary import Diary
from opale.reservations.queries.load import calendar_of

HORIZON_DAYS: Final = 420
"""The days for which plans know the hours of people."""


def person_days(read: Diary, *, own: Collection[int], sure: bool = True) -> dict[int, PersonDays]:
    """Return the days of everybody in a diary; the reservations `own` count as free.

    With `sure`, others' tentative reservations count in full, else by probability.
    """
    return {
        key: PersonDays(
            calendar=workdays(calendar_of(pages.person)),
            first=read.first,
            given=pages.given,
            free=free_hours(read, key, own, sure=sure),
        )
        for key, pages in read.pages.items()
    }


def free_hours(read: Diary, key: int, own: Collection[int], *, sure: bool) -> list[float]:
    """Return a person's free hours by day, for who holds the reservations `own`."""
    pages = read.pages[key]
    found = list(pages.free)
    for entry in pages.entries:
        if entry.reservation_id in own:
            back = entry.hours
        elif entry.tentative and not sure:
            back = entry.hours * (100 - entry.probability) / 100
        else:
            continue
        for place in range(entry.begins, entry.after):
            found[place] += back
    return found
