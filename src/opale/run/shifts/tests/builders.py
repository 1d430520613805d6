"""A provider with a desk and some people, for the tests of the roster."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from opale.kernel.actor import EVERYTHING, Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.calendars import Calendar
from opale.organisation.models import Company, Person, Team, WorkingCalendar
from opale.run.shifts.actions.duties import DutyPlan
from opale.run.shifts.models import Duty

HOUR = timedelta(hours=1)
NIGHT = datetime(2027, 3, 3, 22, 0, tzinfo=UTC)
"""Some evening on which nothing is special."""

PLANNER = Actor(
    "person",
    "user:1",
    "Maud",
    dict.fromkeys(("shifts.read", "shifts.edit", "organisation.read"), EVERYTHING),
)
READER = Actor(
    "person", "user:2", "Max", dict.fromkeys(("shifts.read", "organisation.read"), EVERYTHING)
)


@dataclass
class House:
    desk: Team
    engineering: Team
    manager: Person
    lea: Person
    karim: Person
    ines: Person


def make_house() -> House:
    with attributed(system("test")):
        office = Calendar.on_weekdays("Europe/Paris", "09:00-18:00", country="FR")
        calendar = WorkingCalendar.objects.create(name="Office", record=office.to_record())
        company = Company.objects.create(
            name="Nuage", country="FR", language="fr", calendar=calendar, operates=True
        )
        manager, lea, karim, ines = (
            Person.objects.create(
                company=company, name=name, email=f"{n}@nuage.example", seniority="confirmed"
            )
            for n, name in enumerate(("Maud Leroy", "Léa Morel", "Karim Benali", "Inès Roux"))
        )
        desk, engineering = (
            Team.objects.create(
                name=name, kind=kind, pillar="run", manager=manager, company=company
            )
            for name, kind in (
                ("Desk", Team.Kind.SERVICE_DESK),
                ("RUN engineering", Team.Kind.RUN_ENGINEERING),
            )
        )
    return House(desk, engineering, manager, lea, karim, ines)


def on_duty(
    person: Person,
    team: Team,
    role: str = "agent",
    *,
    starts: datetime = NIGHT,
    hours: float = 8,
    kind: str = "",
) -> Duty:
    with attributed(system("test")):
        return Duty.objects.create(
            person=person,
            team=team,
            kind=kind or ("standby" if role == "manager" else "staffed"),
            role=role,
            period=DateTimeTZRange(starts, starts + hours * HOUR),
        )


def plan(
    person: Person,
    team: Team,
    role: str = "agent",
    *,
    starts: datetime = NIGHT,
    hours: float = 8,
    kind: str = "staffed",
) -> DutyPlan:
    return DutyPlan(
        person=person,
        team=team,
        kind=Duty.Kind(kind),
        role=Duty.Role(role),
        starts=starts,
        ends=starts + hours * HOUR,
    )


def leave(person: Person) -> None:
    with attributed(system("test")):
        person.left_on = NIGHT.date()
        person.save(update_fields=["left_on"])
