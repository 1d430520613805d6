"""Days of people: where a time falls on them, and what it takes of their load."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import given
from hypothesis import strategies as st
from tests.personas import Personas

from opale.organisation.models import Absence, Company, Person
from opale.reservations.domain.availability import Midnights
from opale.reservations.models import BusyTime
from opale.reservations.queries import load

SPRING = date(2026, 3, 23)
MONDAY = date(2026, 6, 1)
AN_HOUR = 3600
EAST = "Pacific/Kiritimati"


def unix(day: date, hour: int = 0, zone: str = "Europe/Paris") -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone)).timestamp())


@given(
    st.sampled_from(["Europe/Paris", "America/New_York", "Pacific/Kiritimati", "Asia/Kolkata"]),
    st.integers(-3 * 48, 20 * 48),
    st.integers(0, 20 * 48),
)
def test_each_half_hour_falls_on_the_day_that_is_written_there(
    zone: str, begins: int, lasts: int
) -> None:
    """Midnight is on a half hour in all these zones, also in that of UTC+5:30."""
    first, days, half = date(2026, 3, 20), 14, timedelta(minutes=30)
    start = datetime(2026, 3, 20, tzinfo=UTC) + begins * half
    wanted: Counter[int] = Counter()
    for n in range(lasts):
        here = (start + n * half).astimezone(ZoneInfo(zone)).date()
        if 0 <= (here - first).days < days:
            wanted[(here - first).days] += 1800
    ends = start + lasts * half
    found = Midnights.of(zone, first, days).split(int(start.timestamp()), int(ends.timestamp()))
    assert dict(found) == wanted


def test_the_day_on_which_the_clocks_change_has_an_hour_less() -> None:
    week = Midnights.of("Europe/Paris", SPRING, 7)
    whole = dict(week.split(unix(SPRING), unix(SPRING + timedelta(days=9))))
    assert [whole[place] // AN_HOUR for place in range(7)] == [24] * 6 + [23]
    night = unix(SPRING + timedelta(days=5), 22), unix(SPRING + timedelta(days=6), 6)
    assert list(week.split(*night)) == [(5, 2 * AN_HOUR), (6, 5 * AN_HOUR)]


def test_what_ends_before_or_begins_after_takes_nothing() -> None:
    week = Midnights.of("Europe/Paris", MONDAY, 7)
    assert list(week.split(unix(MONDAY) - AN_HOUR, unix(MONDAY))) == []
    after = unix(MONDAY + timedelta(days=7))
    assert list(week.split(after, after + AN_HOUR)) == []


@pytest.fixture
def far(personas: Personas) -> Person:
    """Somebody for whom each day begins fourteen hours before that of UTC."""
    del personas  # with the company that they work for
    return Person.objects.create(
        company=Company.objects.exclude(calendar=None)[0],
        name="Far",
        email="far@opale.example",
        seniority="senior",
        time_zone=EAST,
    )


@pytest.mark.django_db
def test_a_duty_on_the_first_morning_of_somebody_far_east_is_counted(far: Person) -> None:
    monday = datetime(2026, 6, 1, tzinfo=ZoneInfo(EAST))
    for kind, begins, hours in (("duty", 2, 4), ("level3", 7, 5), ("level3", 13, 5)):
        since = monday + timedelta(hours=begins)
        BusyTime.objects.create(
            person=far,
            kind=kind,
            period=DateTimeTZRange(since, since + timedelta(hours=hours)),
            source=f"test:{kind}:{begins}",
        )
    found = load.load_of([far], since=MONDAY, weeks=1).rows[0].weeks[0]
    assert (found.duty, found.level3) == (Decimal(4), Decimal(8)), "a day gives no more than it has"


@pytest.mark.django_db
def test_an_absence_without_an_end_takes_every_day_from_its_first(far: Person) -> None:
    begins = datetime(2026, 6, 3, tzinfo=ZoneInfo(EAST))
    Absence.objects.create(person=far, kind="leave", period=DateTimeTZRange(begins, None))
    first, second = load.load_of([far], since=MONDAY, weeks=2).rows[0].weeks
    assert (first.given - first.absent, second.given - second.absent) == (Decimal(16), Decimal(0))
