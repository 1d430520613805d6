"""Free hours of people, day by day, and what fills the others."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from opale.kernel.calendars import Calendar
from opale.organisation.models import Person
from opale.reservations.domain.availability import Days
from opale.reservations.queries.busy_time import busy_seconds

_LINES = """
SELECT line.person_id, line.id, held.id, held.purpose, held.source, held.customer_id,
    lower(line.days), upper(line.days), line.quantity, held.state = 'tentative',
    coalesce(held.probability, 100)
FROM reservations_reservationline AS line
JOIN reservations_reservation AS held ON held.id = line.reservation_id
WHERE line.holds AND line.person_id = ANY(%(people)s)
    AND line.days && daterange(%(since)s::date, %(until)s::date)
ORDER BY lower(line.days), line.id
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """Hours a day reserved of a person. Units: `begins` and `after` are places of days."""

    line_id: int
    reservation_id: int
    purpose: str
    source: str
    customer_id: int | None
    begins: int
    after: int
    hours: float
    tentative: bool
    probability: int


@dataclass(frozen=True, slots=True)
class PersonDiary:
    """One person: the hours of each day, the free ones, and the reservations."""

    person: Person
    given: tuple[float, ...]
    free: tuple[float, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Diary:
    """Days count from `first`."""

    first: date
    days: int
    pages: Mapping[int, PersonDiary]

    def day(self, place: int) -> date:
        return self.first + timedelta(days=place)

    def place(self, day: date) -> int:
        return (day - self.first).days


def diary(rows: Collection[Person], *, since: date, days: int) -> Diary:
    """Return the diary of people read `with_calendars`, in two queries."""
    calendars: dict[int, Days] = {}
    given: dict[int, list[float]] = {}
    for person in rows:
        source = person.calendar or person.company.calendar
        if source.pk not in calendars:
            calendars[source.pk] = Days.of(Calendar.from_record(source.record), since, days)
        hours = [float(n) for n in calendars[source.pk].hours]
        if person.left_on is not None:
            gone = max(0, (person.left_on - since).days + 1)
            hours[gone:] = [0.0] * max(0, len(hours) - gone)
        given[person.pk] = hours
    free = {key: list(hours) for key, hours in given.items()}
    entries: dict[int, list[Entry]] = {key: [] for key in given}
    asked: dict[str, Any] = {
        "people": list(given),
        "since": since,
        "until": since + timedelta(days=days),
    }
    for one in busy_seconds(rows, since=since, days=days):
        if one.kind != "standby":
            free[one.person_id][one.place] -= one.seconds / 3600
    with connection.cursor() as cursor:
        cursor.execute(_LINES, asked)
        for person_id, *row in cursor.fetchall():
            entry = _entry(row, since, days)
            entries[person_id].append(entry)
            for place in range(entry.begins, entry.after):
                free[person_id][place] -= entry.hours
    return Diary(
        since,
        days,
        {
            person.pk: PersonDiary(
                person,
                tuple(given[person.pk]),
                tuple(free[person.pk]),
                tuple(entries[person.pk]),
            )
            for person in rows
        },
    )


def _entry(row: list[Any], since: date, days: int) -> Entry:
    line, held, purpose, source, customer, lower, upper, quantity, tentative, probability = row
    return Entry(
        line_id=line,
        reservation_id=held,
        purpose=purpose,
        source=source,
        customer_id=customer,
        begins=max(0, (lower - since).days),
        after=min(days, (upper - since).days),
        hours=float(quantity),
        tentative=tentative,
        probability=probability,
    )
