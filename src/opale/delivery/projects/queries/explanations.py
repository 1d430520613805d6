"""Explanation of a package's dates."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from django.utils.translation import get_language

from opale.delivery.projects.models import WorkPackage
from opale.kernel.actor import Actor
from opale.kernel.business_time import Calendar, holiday_name
from opale.organisation.models import WorkingCalendar
from opale.planning.workdays import A_DAY

DEEPEST: Final = 40
"""The number of reasons in a chain that are shown at most."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One step of an explanation of a package's dates.

    `closed` are the holidays in between, with their names, on which it is not worked on.
    """

    package: WorkPackage
    kind: str
    on: date
    of: WorkPackage | None
    calendar: str
    closed: tuple[tuple[date, str], ...]


def explain_dates(package: WorkPackage, *, seen_by: Actor) -> list[Cause]:
    """Return the causes, from a package back to one that depends on nothing else."""
    rows = WorkPackage.objects.visible_to(seen_by).filter(project=package.project_id)
    hangs_on = {pk: because.get("of") for pk, because in rows.values_list("pk", "because")}
    way: list[int] = []
    pk: int | None = package.pk
    while pk is not None and pk not in way and len(way) <= DEEPEST:
        way.append(pk)
        of = hangs_on.get(pk)
        pk = int(of) if of else None
    found = rows.select_related(
        "person__calendar", "person__company__calendar", "project__calendar", "line__site"
    ).in_bulk(way)
    told = [(found[pk], found.get(other)) for pk, other in pairwise([*way, 0]) if pk in found]
    return [_cause(row, other) for row, other in told[:DEEPEST] if row.because]


def _cause(row: WorkPackage, other: WorkPackage | None) -> Cause:
    person = row.person
    calendar = (person.calendar or person.company.calendar) if person else row.project.calendar
    on = date.fromisoformat(row.because["on"])
    starts = row.starts_on or on
    closed = _holidays(calendar, min(on, starts), row.ends_on or starts) if row.days else ()
    return Cause(row, row.because["kind"], on, other, calendar.name, closed)


def _holidays(calendar: WorkingCalendar, since: date, until: date) -> tuple[tuple[date, str], ...]:
    hours = Calendar.from_record(calendar.record)
    language = "fr" if (get_language() or "").startswith("fr") else "en"
    days = (since + n * A_DAY for n in range(min((until - since).days + 1, 800)))
    return tuple(
        (day, holiday_name(hours, day, language))
        for day in days
        if hours.weekly[day.weekday()] and hours.is_holiday(day)
    )
