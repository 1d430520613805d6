"""How loaded people are: reservations, duties, level 3 work and absences, week by week.

Source: docs/rules/reservations.md, "Load".
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.calendars import Calendar
from opale.organisation.models import Person, PersonQuerySet
from opale.organisation.queries import people
from opale.reservations.availability import Days, hours_on
from opale.reservations.models import BusyTime, ReservationLine
from opale.reservations.rights import READ

A_WEEK: Final = timedelta(weeks=1)
NOTHING: Final = Decimal(0)
FULL: Final = 100


@dataclass(frozen=True, slots=True)
class Load:
    """Hours of one person in one week; `given` is what the person's calendar opens."""

    given: Decimal = NOTHING
    confirmed: Decimal = NOTHING
    tentative: Decimal = NOTHING
    duty: Decimal = NOTHING
    level3: Decimal = NOTHING
    absent: Decimal = NOTHING
    standby: Decimal = NOTHING

    @property
    def booked(self) -> Decimal:
        return self.confirmed + self.tentative + self.duty + self.level3

    @property
    def available(self) -> Decimal:
        return max(NOTHING, self.given - self.absent)

    @property
    def free(self) -> Decimal:
        return max(NOTHING, self.available - self.booked)

    @property
    def share(self) -> int:
        """Per cent of what the person can give; 100 and more is full."""
        if not self.available:
            return FULL if self.booked else 0
        return int(self.booked * 100 / self.available)


@dataclass(frozen=True, slots=True)
class Row:
    person: Person
    weeks: tuple[Load, ...]

    @property
    def free(self) -> Decimal:
        return sum((week.free for week in self.weeks), NOTHING)


@dataclass(frozen=True, slots=True)
class LoadMap:
    """People down, weeks across; `weeks` are their Mondays."""

    weeks: tuple[date, ...]
    rows: tuple[Row, ...]


_LINES = """
SELECT line.person_id, lower(line.days), upper(line.days), line.quantity,
    held.state = 'tentative'
FROM reservations_reservationline AS line
JOIN reservations_reservation AS held ON held.id = line.reservation_id
WHERE line.holds AND line.person_id = ANY(%(people)s)
    AND line.days && daterange(%(since)s::date, %(until)s::date)
"""
BUSY_BY_DAY = """
WITH taken AS (
    SELECT busy.person_id, busy.kind, busy.period, who.time_zone
    FROM reservations_busytime AS busy JOIN organisation_person AS who ON who.id = busy.person_id
    WHERE busy.person_id = ANY(%(people)s)
        AND busy.period && tstzrange(%(since)s::timestamptz, %(until)s::timestamptz)
    UNION ALL
    SELECT away.person_id, 'absent', away.period, who.time_zone
    FROM organisation_absence AS away JOIN organisation_person AS who ON who.id = away.person_id
    WHERE away.person_id = ANY(%(people)s)
        AND away.period && tstzrange(%(since)s::timestamptz, %(until)s::timestamptz)
)
SELECT person_id, kind, day::date, sum(extract(epoch FROM
    least(coalesce(upper(period), 'infinity'), (day + interval '1 day') AT TIME ZONE time_zone)
    - greatest(lower(period), day AT TIME ZONE time_zone)) / 3600)
FROM taken
CROSS JOIN LATERAL generate_series(
    greatest((lower(period) AT TIME ZONE time_zone)::date, %(since)s::date)::timestamp,
    least(coalesce(upper(period) AT TIME ZONE time_zone - interval '1 second',
        %(until)s::timestamp), %(until)s::timestamp - interval '1 day'),
    interval '1 day'
) AS day
GROUP BY 1, 2, 3
"""


def load_map(
    *, seen_by: Actor, since: date, weeks: int, team_id: int | None = None, text: str = ""
) -> LoadMap:
    """How loaded each person is in each week; who leaves within it is there until then."""
    monday = monday_of(since)
    found = people(seen_by=seen_by, text=text, left=True, team_id=team_id)
    found = found.filter(Q(left_on=None) | Q(left_on__gte=monday))
    rows = list(with_calendars(found).order_by("name", "id").distinct())
    return load_of(rows, since=monday, weeks=weeks)


def with_calendars(found: PersonQuerySet) -> PersonQuerySet:
    return found.select_related("company__calendar", "calendar", "user")


def calendar_of(person: Person) -> Calendar:
    """The person's own calendar, else the company's."""
    return Calendar.from_record((person.calendar or person.company.calendar).record)


def load_of(rows: Iterable[Person], *, since: date, weeks: int) -> LoadMap:
    """The load of people who are read already, from a Monday on; two questions in all."""
    rows = list(rows)
    sheet = _Sheet(rows, since, weeks)
    asked: dict[str, Any] = {
        "people": [person.pk for person in rows],
        "since": since,
        "until": since + A_WEEK * weeks,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LINES, asked)
        for person_id, lower, upper, quantity, tentative in cursor.fetchall():
            sheet.reserve(person_id, lower, upper, quantity, tentative=tentative)
        cursor.execute(BUSY_BY_DAY, asked)
        for person_id, kind, day, hours in cursor.fetchall():
            sheet.take(person_id, kind, day, hours)
    mondays = tuple(since + A_WEEK * n for n in range(weeks))
    return LoadMap(mondays, tuple(Row(person, sheet.loads(person.pk)) for person in rows))


def midnight(person: Person, day: date) -> datetime:
    """When a day begins where the person works."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(person.time_zone))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


class _Sheet:
    """Hours by person, week and kind, as they are counted together."""

    def __init__(self, rows: Collection[Person], since: date, weeks: int) -> None:
        self._weeks = weeks
        self._calendar: dict[int, int] = {}
        self._of: dict[int, Days] = {}
        self._gone: dict[int, int] = {}
        for person in rows:
            source = person.calendar or person.company.calendar
            if source.pk not in self._of:
                calendar = Calendar.from_record(source.record)
                self._of[source.pk] = Days.of(calendar, since, 7 * weeks)
            self._calendar[person.pk] = source.pk
            left = person.left_on
            days = self._of[source.pk]
            self._gone[person.pk] = days.place(left + timedelta(days=1) if left else None)
        self._given = {key: _by_week(days.hours) for key, days in self._of.items()}
        self._cells: dict[tuple[int, int], dict[str, Decimal]] = {}

    def reserve(
        self, person_id: int, lower: date, upper: date, quantity: Decimal, *, tentative: bool
    ) -> None:
        """Hours a day, on the days on which the person works."""
        days = self._of[self._calendar[person_id]]
        low, high = days.place(lower), min(days.place(upper), self._gone[person_id])
        kind = "tentative" if tentative else "confirmed"
        for week in range(low // 7, (high + 6) // 7):
            count = days.between(max(low, 7 * week), min(high, 7 * week + 7))
            if count:
                self._add(person_id, week, kind, quantity * count)

    def take(self, person_id: int, kind: str, day: date, hours: Decimal) -> None:
        """Absence and level 3 work take what the person would have given that day, and no more."""
        days = self._of[self._calendar[person_id]]
        place = days.place(day)
        if kind in ("absent", "level3"):
            hours = min(hours, days.hours[place]) if place < len(days.hours) else NOTHING
        if hours:
            self._add(person_id, place // 7, kind, hours)

    def loads(self, person_id: int) -> tuple[Load, ...]:
        given = self._given[self._calendar[person_id]]
        gone = self._gone[person_id]
        hours = self._of[self._calendar[person_id]].hours
        if gone < len(hours):
            given = _by_week((*hours[:gone], *([NOTHING] * (len(hours) - gone))))
        cells = self._cells
        return tuple(
            Load(given[week], **cells.get((person_id, week), {})) for week in range(self._weeks)
        )

    def _add(self, person_id: int, week: int, kind: str, hours: Decimal) -> None:
        cell = self._cells.setdefault((person_id, week), {})
        cell[kind] = cell.get(kind, NOTHING) + hours


def _by_week(hours: Sequence[Decimal]) -> tuple[Decimal, ...]:
    return tuple(sum(hours[n : n + 7], NOTHING) for n in range(0, len(hours), 7))


@dataclass(frozen=True, slots=True)
class Filling:
    """What fills one week of one person: reservations by day, what is taken, who is missing."""

    load: Load
    lines: tuple[tuple[ReservationLine, Decimal], ...]
    busy: tuple[BusyTime, ...]


def filling(person: Person, monday: date, *, seen_by: Actor) -> Filling:
    """Each reservation of the week with its hours in it, and duties and stand-by."""
    until = monday + A_WEEK
    week = load_of([person], since=monday, weeks=1).rows[0].weeks[0]
    if not seen_by.can(READ):
        return Filling(week, (), ())
    rows = ReservationLine.objects.visible_to(seen_by).filter(
        person=person, holds=True, days__overlap=(monday, until)
    )
    calendar = calendar_of(person)
    lines = []
    for line in rows.select_related("reservation__customer", "reservation__holder"):
        last = line.last or until
        worked = sum(
            hours_on(calendar, monday + timedelta(days=n)) > 0
            for n in range(7)
            if line.since <= monday + timedelta(days=n) <= last
        )
        if worked:
            lines.append((line, line.quantity * worked))
    busy = BusyTime.objects.visible_to(seen_by).filter(
        person=person, period__overlap=(midnight(person, monday), midnight(person, until))
    )
    return Filling(week, tuple(lines), tuple(busy.order_by("period")))
