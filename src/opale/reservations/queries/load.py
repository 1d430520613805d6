"""Load of people by week: reservations, duties, level 3 work and absences.

Source: docs/rules/reservations.md, "Load".
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.calendars import Calendar
from opale.organisation.models import Person, PersonQuerySet
from opale.organisation.queries.people import people
from opale.reservations.domain.availability import Days, hours_on
from opale.reservations.models import BusyTime, ReservationLine
from opale.reservations.queries.busy_time import BusySeconds, busy_seconds
from opale.reservations.rights import READ

A_WEEK: Final = timedelta(weeks=1)
NOTHING: Final = Decimal(0)
FULL: Final = 100
AN_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Load:
    """Hours of one person in one week; `given` are the calendar's hours."""

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
        """Return the load in per cent of the available hours; 100 and more is full."""
        if not self.available:
            return FULL if self.booked else 0
        return int(self.booked * 100 / self.available)


KINDS: Final = tuple(field.name for field in fields(Load))[1:]
"""The kinds of hours of a week, as fields of `Load`."""


@dataclass(frozen=True, slots=True)
class Row:
    person: Person
    weeks: tuple[Load, ...]

    @property
    def free(self) -> Decimal:
        return sum((week.free for week in self.weeks), NOTHING)


@dataclass(frozen=True, slots=True)
class LoadMap:
    """The load map: people down, weeks across; `weeks` are their Mondays."""

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
CUT: Final = ("absent", "level3")
"""Kinds of time that count at most the hours of a day, so they are counted day by day."""


def load_map(
    *, seen_by: Actor, since: date, weeks: int, team_id: int | None = None, text: str = ""
) -> LoadMap:
    """Return the load of each person in each week; people who leave within it are listed until
    then."""
    monday = monday_of(since)
    found = people(seen_by=seen_by, text=text, left=True, team_id=team_id)
    found = found.filter(Q(left_on=None) | Q(left_on__gte=monday))
    rows = list(with_calendars(found).order_by("name", "id").distinct())
    return load_of(rows, since=monday, weeks=weeks)


def with_calendars(found: PersonQuerySet) -> PersonQuerySet:
    return found.select_related("company__calendar", "calendar", "user")


def calendar_of(person: Person) -> Calendar:
    """Return the person's own calendar, else the company's."""
    return Calendar.from_record((person.calendar or person.company.calendar).record)


def load_of(rows: Iterable[Person], *, since: date, weeks: int) -> LoadMap:
    """Return the load of the given people from a Monday on, in two queries."""
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
    for one in busy_seconds(rows, since=since, days=7 * weeks):
        sheet.take(one)
    mondays = tuple(since + A_WEEK * n for n in range(weeks))
    return LoadMap(mondays, tuple(Row(person, sheet.loads(person.pk)) for person in rows))


def midnight(person: Person, day: date) -> datetime:
    """Return the moment at which a day begins where the person works."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(person.time_zone))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


class _Sheet:
    """Sums of hours by person, kind and week."""

    def __init__(self, rows: Collection[Person], since: date, weeks: int) -> None:
        self._weeks = weeks
        self._of: dict[int, Days] = {}
        self._gone: dict[int, int] = {}
        calendars: dict[int, Days] = {}
        for person in rows:
            source = person.calendar or person.company.calendar
            if source.pk not in calendars:
                calendar = Calendar.from_record(source.record)
                calendars[source.pk] = Days.of(calendar, since, 7 * weeks)
            days = self._of[person.pk] = calendars[source.pk]
            left = person.left_on
            self._gone[person.pk] = days.place(left + timedelta(days=1) if left else None)
        self._given = {id(days): _by_week(days.hours) for days in calendars.values()}
        self._held: dict[tuple[int, str], list[Decimal]] = {}
        self._seconds: dict[tuple[int, str], list[int]] = {}

    def reserve(
        self, person_id: int, lower: date, upper: date, quantity: Decimal, *, tentative: bool
    ) -> None:
        """Add reserved hours a day, on the person's working days."""
        days = self._of[person_id]
        low, high = days.place(lower), min(days.place(upper), self._gone[person_id])
        key = (person_id, "tentative" if tentative else "confirmed")
        held = self._held.setdefault(key, [NOTHING] * self._weeks)
        for week in range(low // 7, (high + 6) // 7):
            count = days.between(max(low, 7 * week), min(high, 7 * week + 7))
            if count:
                held[week] += quantity * count

    def take(self, one: BusySeconds) -> None:
        """Add busy time; absence and level 3 work count at most the person's hours of that day."""
        seconds = one.seconds
        if one.kind in CUT:
            seconds = min(seconds, int(self._of[one.person_id].hours[one.place] * AN_HOUR))
        key = (one.person_id, one.kind)
        weeks = self._seconds.setdefault(key, [0] * self._weeks)
        weeks[one.place // 7] += seconds

    def loads(self, person_id: int) -> tuple[Load, ...]:
        days, gone = self._of[person_id], self._gone[person_id]
        given = self._given[id(days)]
        if gone < len(days.hours):
            given = _by_week((*days.hours[:gone], *([NOTHING] * (len(days.hours) - gone))))
        return tuple(map(Load, given, *(self._hours(person_id, kind) for kind in KINDS)))

    def _hours(self, person_id: int, kind: str) -> Sequence[Decimal]:
        """Return the hours of one kind, by week."""
        if (person_id, kind) in self._held:
            return self._held[person_id, kind]
        taken = self._seconds.get((person_id, kind))
        return (
            [Decimal(n) / AN_HOUR if n else NOTHING for n in taken]
            if taken
            else [NOTHING] * self._weeks
        )


def _by_week(hours: Sequence[Decimal]) -> tuple[Decimal, ...]:
    return tuple(sum(hours[n : n + 7], NOTHING) for n in range(0, len(hours), 7))


@dataclass(frozen=True, slots=True)
class WeekDetail:
    """One week of one person: reservations by day, busy time and absences."""

    load: Load
    lines: tuple[tuple[ReservationLine, Decimal], ...]
    busy: tuple[BusyTime, ...]


def week_detail(person: Person, monday: date, *, seen_by: Actor) -> WeekDetail:
    """Return the reservations of the week with their hours in it, and duties and stand-by."""
    until = monday + A_WEEK
    week = load_of([person], since=monday, weeks=1).rows[0].weeks[0]
    if not seen_by.can(READ):
        return WeekDetail(week, (), ())
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
    return WeekDetail(week, tuple(lines), tuple(busy.order_by("period")))
