"""Patterns, wishes and absences of the demo company's roster.

The roster ends four weeks from now; the patterns plan the days after it in the same rhythm.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from procrastinate.contrib.django import app

from opale.demo.company import DESK, PARIS, Staff
from opale.demo.roster import PAIRS, place_of
from opale.organisation.models import Absence, Person
from opale.organisation.rights import Function
from opale.run.shifts.models import Duty, DutyWish, PatternLine, ShiftPattern, StaffingNeed

OFF: list[str] = []
MORNING, AFTERNOON, NIGHT = ["06:00-14:00"], ["14:00-22:00"], ["22:00-06:00"]
FIRST_OF_PAIRS = [MORNING, OFF, AFTERNOON, OFF, NIGHT, OFF, OFF]
SECOND_OF_PAIRS = [OFF, MORNING, OFF, AFTERNOON, OFF, OFF, OFF]
"""In the morning and the afternoon, one of the two pairs has the lead and triage duties."""
OFFICE = [["09:00-17:00"]] * 5 + [OFF] * 2
WEEK = "06:00-06:00+7"
SOON = 60  # seconds after which the patterns are drawn: first pages come first
WISHES = ((0, 9, "off"), (3, 12, "off"), (4, 20, "night"), (7, 24, "off"), (9, 30, "morning"),
          (11, 33, "off"), (12, 36, "afternoon"))  # fmt: skip
"""Wishes: the agent, in how many days, and what."""
Place = tuple[Person, int]


def write_patterns(staff: Staff, now: datetime) -> None:
    agents = staff.by_team[DESK]
    follows = staff.shifts[-1].starts.date() + timedelta(days=1)
    places = [place_of(pair, follows, now=now, zone=PARIS) for pair in range(PAIRS)]
    firsts = [(agents[2 * pair], place) for pair, place in enumerate(places)]
    seconds = [(agents[2 * pair + 1], place) for pair, place in enumerate(places)]
    desk = (
        ("3x8, responsables", Duty.Role.LEAD, FIRST_OF_PAIRS, firsts),
        ("3x8, triage", Duty.Role.TRIAGE, FIRST_OF_PAIRS, seconds),
        ("3x8, agents", Duty.Role.AGENT, SECOND_OF_PAIRS, firsts + seconds),
    )
    for name, role, days, people in desk:
        _write(staff, DESK, name, role, days, follows, people)
    _write_standby(staff)
    monday = now.date() + timedelta(days=7 - now.weekday())
    engineers = staff.by_team["Ingénierie RUN"]
    everybody = [(person, 0) for person in engineers]
    _write(staff, "Ingénierie RUN", "Heures de bureau", Duty.Role.AGENT, OFFICE, monday, everybody)
    StaffingNeed.objects.create(
        team=staff.teams[DESK], name="Moins de deux agents", kind=Duty.Kind.STAFFED, minimum=2
    )
    today = now.date()
    DutyWish.objects.bulk_create(
        DutyWish(person=agents[who], day=today + timedelta(days=ahead), wanted=wanted)
        for who, ahead, wanted in WISHES
    )
    Absence.objects.create(
        person=agents[5],
        kind=Absence.Kind.TRAINING,
        period=(now + timedelta(days=12), now + timedelta(days=15)),
    )
    app.configure_task("shifts.draw_all_ahead", schedule_in={"seconds": SOON}).defer(
        timestamp=int(now.timestamp())
    )


def _write_standby(staff: Staff) -> None:
    """Write a stand-by pattern with a week each in turn, continuing the turns of the roster."""
    first, last = staff.shifts[0].starts.date(), staff.shifts[-1].ends.date()
    weeks = -(-(last - first).days // 7)
    for team, role, members in (
        (DESK, Duty.Role.MANAGER, staff.by_function[Function.SERVICE_MANAGER]),
        ("Ingénierie RUN", Duty.Role.AGENT, staff.by_team["Ingénierie RUN"]),
        ("Infrastructure cœur", Duty.Role.AGENT, staff.by_team["Infrastructure cœur"]),
    ):
        count = len(members)
        days = [[WEEK], *[OFF] * (7 * count - 1)]
        people = [(members[n], -7 * (n - weeks) % (7 * count)) for n in range(count)]
        begins = first + timedelta(weeks=weeks)
        _write(staff, team, "Astreinte, sept jours", role, days, begins, people, Duty.Kind.STANDBY)


def _write(
    staff: Staff,
    team: str,
    name: str,
    role: Duty.Role,
    days: Sequence[Sequence[str]],
    first: date,
    people: Iterable[Place],
    kind: Duty.Kind = Duty.Kind.STAFFED,
) -> None:
    pattern = ShiftPattern.objects.create(
        team=staff.teams[team],
        name=name,
        kind=kind,
        role=role,
        time_zone=PARIS,
        first_day=first,
        days=days,
    )
    PatternLine.objects.bulk_create(
        PatternLine(pattern=pattern, person=person, offset=offset, since=first)
        for person, offset in people
    )
