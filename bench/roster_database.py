"""A desk of many people made in the database, a roster of a year for it, and one absence.

Called by `bench/roster_year.py --data`, once Django is set up.
"""

import json
import time
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.calendars import WEEKDAYS, Calendar
from opale.organisation.models import (
    Absence,
    Company,
    Membership,
    Person,
    Team,
    WorkingCalendar,
)
from opale.run.shifts.actions.needs import NeedTerms, create_need
from opale.run.shifts.actions.patterns import PatternTerms, create_pattern
from opale.run.shifts.actions.proposals import SearchWatcher
from opale.run.shifts.domain.roster_generator.planner import plan_roster
from opale.run.shifts.domain.roster_generator.rule_check import breaches_of_row
from opale.run.shifts.models import Duty, RosterProposal
from opale.run.shifts.queries import roster_frames

BY = system("bench")
NEEDED = {"06:00-14:00": 9, "14:00-22:00": 8, "22:00-06:00": 6}
OPEN = {"22:00-06:00": ("00:00-06:00", "22:00-24:00")}
"""A calendar opens within a day."""
AWAY_FROM, AWAY_DAYS, AROUND = 7, 14, 28
AGAIN_SECONDS = 5.0
MANY = 2000


def measure(people: int, weeks: int, seconds: float) -> int:
    with transaction.atomic():
        with attributed(BY):
            team = _desk(people)
            first = clock.now().date() + timedelta(days=7)
            year = _proposed(team, first, 7 * weeks, seconds, gentle=False)
            _published(team, year)
            _away(team, first)
            again = _proposed(team, first, AROUND, AGAIN_SECONDS, gentle=True)
        transaction.set_rollback(True)
    found = {
        "seconds": year.told["seconds"],
        "year": year.told,
        "again": again.told,
        "again_share": round(again.told["lines"] / max(1, again.told["duties"]), 4),
    }
    print(json.dumps(found))
    kept = year.told["seconds"] <= 20 and again.told["seconds"] <= 5
    return 0 if kept and found["again_share"] <= 0.05 else 1


class _Found:
    def __init__(self, proposal: RosterProposal, told: dict[str, float]) -> None:
        self.proposal, self.told = proposal, told


def _proposed(team: Team, first: date, days: int, seconds: float, *, gentle: bool) -> _Found:
    """As the planner does it: read, searched, written down as lines."""
    began = time.monotonic()
    proposal = RosterProposal.objects.create(
        team=team,
        first=first,
        days=days,
        gentle=gentle,
        seconds=int(seconds),
        user_id=0,
        actor_name="bench",
        credential="session",
        language="en",
    )
    asked = roster_frames.load_frame(team, first, days, seen_by=BY, gentle=gentle)
    before = roster_frames.uncovered_time(team, asked.entries, asked.span, seen_by=BY)
    read = time.monotonic() - began
    found = plan_roster(asked.frame, seconds=max(1.0, WRITING * seconds - read))
    searched = time.monotonic() - began - read
    SearchWatcher(proposal, asked, BY).write(found.rows)
    took = time.monotonic() - began
    frame = asked.frame
    standing = frame.standing()
    told = {
        "seconds": round(took, 1),
        "read": round(read, 1),
        "searched": round(searched, 1),
        "lines": proposal.lines.count(),
        "duties": len(frame.slots) or proposal.lines.count(),
        "bare_hours": round(proposal.bare_after / timedelta(hours=1), 1),
        "bare_hours_before": round(before / timedelta(hours=1), 1),
        "broken": sum(
            len(breaches_of_row(frame, one, found.rows[one.person]))
            - len(breaches_of_row(frame, one, standing[one.person]))
            for one in frame.members
        ),
    }
    return _Found(proposal, told)


WRITING = 0.95
"""The rest of the time is for writing the lines down."""


def _desk(people: int) -> Team:
    company = Company.objects.filter(country="FR").first()
    if company is None:
        raise SystemExit("This installation has no company in France.")
    made = Person.objects.bulk_create(
        Person(
            company=company,
            name=f"Bench {n:02}",
            email=f"bench-{n}@bench.example",
            seniority="confirmed",
        )
        for n in range(people + 1)
    )
    manager, *members = made
    team = Team.objects.create(
        name="Bench desk",
        kind=Team.Kind.RUN_ENGINEERING,
        pillar="run",
        manager=manager,
        company=company,
    )
    since = clock.now() - timedelta(days=400)
    Membership.objects.bulk_create(
        Membership(
            team=team, person=one, function="run_engineer", period=DateTimeTZRange(since, None)
        )
        for one in members
    )
    for hours, count in NEEDED.items():
        day = tuple(OPEN.get(hours, (hours,)))
        record = {"time_zone": company.time_zone, "weekly": {name: list(day) for name in WEEKDAYS}}
        calendar = WorkingCalendar.objects.create(
            name=f"Bench {hours}", record=Calendar.from_record(record).to_record()
        )
        minimum = max(1, count * people // 40)
        sheet = NeedTerms(name=f"At {hours}", minimum=minimum, calendar=calendar, role="agent")
        create_need(team, sheet, by=BY)
        create_pattern(
            team,
            PatternTerms(
                name=f"Pattern {hours}",
                time_zone=company.time_zone,
                first_day=clock.now().date(),
                days=[[hours]],
            ),
            by=BY,
        )
    return team


def _published(team: Team, year: _Found) -> None:
    lines = year.proposal.lines.exclude(to=None).values_list("to_id", "role", "period")
    Duty.objects.bulk_create(
        (
            Duty(person_id=person, team=team, kind="staffed", role=role, period=period)
            for person, role, period in lines
        ),
        batch_size=MANY,
    )


def _away(team: Team, first: date) -> None:
    person = Membership.objects.filter(team=team).earliest("pk").person
    begins = datetime.combine(
        first + timedelta(days=AWAY_FROM), datetime.min.time(), roster_frames.zone_of_team(team)
    )
    Absence.objects.create(
        person=person,
        kind=Absence.Kind.LEAVE,
        period=DateTimeTZRange(begins, begins + timedelta(days=AWAY_DAYS)),
    )
