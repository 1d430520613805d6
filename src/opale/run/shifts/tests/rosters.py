"""A team of level 2 with people in it, and its shifts in a week to come."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.organisation.models import Absence, Membership, Person, Team
from opale.run.shifts.domain.cycles import DAY, Hours, Span
from opale.run.shifts.models import Duty, PlannedDuty, ShiftPattern
from opale.run.shifts.tests.builders import House, make_house

PARIS = ZoneInfo("Europe/Paris")
EARLY, LATE, NIGHT = "06:00-14:00", "14:00-22:00", "22:00-06:00"


def monday() -> date:
    """The one after the next: whatever stands there is to come."""
    today = clock.now().astimezone(PARIS).date()
    return today + timedelta(days=14 - today.weekday())


def on(day: int, hours: str) -> Span:
    return Hours.parse(hours).on(monday() + day * DAY, PARIS)


def make_team(*, desk: bool = False) -> tuple[House, Team]:
    house = make_house()
    team = house.desk if desk else house.engineering
    for person in (house.lea, house.karim, house.ines):
        join(person, team)
    return house, team


def join(person: Person, team: Team, **fields: object) -> None:
    with attributed(system("test")):
        Membership.objects.create(
            **{
                "team": team,
                "person": person,
                "function": "run_engineer",
                "period": DateTimeTZRange(clock.now() - 400 * DAY, None),
                **fields,
            }
        )


def works(person: Person, team: Team, day: int, hours: str, role: str = "agent") -> Duty:
    span = on(day, hours)
    with attributed(system("test")):
        return Duty.objects.create(
            person=person,
            team=team,
            kind="staffed",
            role=role,
            period=DateTimeTZRange(span.starts, span.ends),
        )


def planned(person: Person, team: Team, day: int, hours: str) -> PlannedDuty:
    span = on(day, hours)
    with attributed(system("test")):
        pattern, _new = ShiftPattern.objects.get_or_create(
            team=team,
            name="Days",
            defaults={
                "time_zone": "Europe/Paris",
                "first_day": monday(),
                "days": [[EARLY]],
            },
        )
        return PlannedDuty.objects.create(
            pattern=pattern,
            key=f"{person.pk}:{day}",
            person=person,
            period=DateTimeTZRange(span.starts, span.ends),
        )


def away(person: Person, day: int, days: int = 1) -> None:
    begins = datetime.combine(monday() + day * DAY, time(), PARIS)
    with attributed(system("test")):
        Absence.objects.create(
            person=person, kind="leave", period=DateTimeTZRange(begins, begins + days * DAY)
        )
