"""How long the load map takes: 40 projects, 60 people, 52 weeks, built from the database.

    PYTHONPATH=src:. .venv/bin/python bench/load_map.py --data var

Adds people, projects, shifts, stand-by and absences to an installation in one transaction, asks
for the map and for its page, and takes everything back. Limit 200 ms at the 95th percentile for the
page as the server makes it; exit code 1 above it.
"""

import argparse
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice
from random import Random
from typing import Any

from bench.inside import baseline, milliseconds, opened, verdict

LIMIT_MS = 200.0
MONDAY = date(2031, 1, 6)
WEEKS = 52
SEED = 11


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--data", help="the data folder of the installation")
    words.add_argument("--rounds", type=int, default=20)
    words.add_argument("--projects", type=int, default=40)
    words.add_argument("--people", type=int, default=60)
    asked = words.parse_args()
    with opened(asked.data):
        return measure(asked.rounds, asked.projects, asked.people)


def measure(rounds: int, projects: int, count: int) -> int:
    # Django is set up by now, and not before.
    from django.db import transaction
    from django.test import Client

    from opale.kernel.actor import system
    from opale.kernel.attribution import attributed
    from opale.organisation.models import Membership, Person
    from opale.organisation.queries.identity import actor_of
    from opale.organisation.rights import Function
    from opale.reservations.queries.load import load_map

    leads = Membership.objects.filter(function=Function.PROJECT_MANAGER, person__user__isnull=False)
    user = leads.select_related("person__user")[0].person.user
    assert user is not None
    actor = actor_of(user)
    with transaction.atomic():
        with attributed(system("bench")):
            others = Person.objects.exclude(user=user).filter(left_on=None)
            others.update(left_on=date(2026, 1, 1))
        lines = fill(count - 1, projects)
        found = load_map(seen_by=actor, since=MONDAY, weeks=WEEKS)
        cells = sum(bool(week.booked) for row in found.rows for week in row.weeks)
        print(f"{len(found.rows)} people, {lines} lines of {projects} projects, {cells} weeks")
        base = baseline()
        kept = [
            verdict(
                "load map, as values",
                milliseconds(lambda: load_map(seen_by=actor, since=MONDAY, weeks=WEEKS), rounds),
                LIMIT_MS,
                base,
            )
        ]
        client = Client(headers={"Accept-Language": "en"}, HTTP_HOST="localhost")
        client.force_login(user)
        address = f"/load/?weeks={WEEKS}&since={MONDAY.isoformat()}"

        def page() -> None:
            answer = client.get(address)
            assert answer.status_code == 200, answer.status_code

        kept.append(verdict("load map, the page", milliseconds(page, rounds), LIMIT_MS, base))
        transaction.set_rollback(True)
    return 0 if all(kept) else 1


def fill(count: int, projects: int, *, projects_alone: bool = False) -> int:
    """People, and what takes their time in a year; how many lines the projects hold."""
    from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

    from opale.kernel.actor import system
    from opale.kernel.attribution import attributed
    from opale.organisation.models import Absence, Company, Person
    from opale.reservations.models import BusyTime, Reservation, ReservationLine

    chance = Random(SEED)
    company = Company.objects.get(operates=True)
    with attributed(system("bench")):
        people = Person.objects.bulk_create(
            Person(
                company=company,
                name=f"Bench {n:02}",
                email=f"bench{n}@opale.example",
                seniority="senior",
                time_zone="Europe/Paris",
            )
            for n in range(count)
        )
        held = Reservation.objects.bulk_create(
            Reservation(
                purpose=f"Project {n}",
                state="confirmed" if n % 4 else "tentative",
                probability=60,
                expires_at=datetime(2032, 1, 1, tzinfo=UTC),
            )
            for n in range(projects)
        )
        lines = ReservationLine.objects.bulk_create(_lines(chance, people, held, DateRange))
        if projects_alone:
            return len(lines)
        at = datetime(2031, 1, 6, 7, tzinfo=UTC)
        BusyTime.objects.bulk_create(
            BusyTime(
                person=person,
                kind="standby" if n % 5 == 0 else "duty",
                period=DateTimeTZRange(day, day + timedelta(hours=24 if n % 5 == 0 else 8)),
                source=f"bench:{person.pk}:{n}",
            )
            for place, person in enumerate(people[: count // 3])
            for n, day in enumerate(at + timedelta(days=2 * k + place % 2) for k in range(180))
        )
        Absence.objects.bulk_create(
            Absence(
                person=person, kind="leave", period=DateTimeTZRange(day, day + timedelta(days=5))
            )
            for person in people
            for day in (at + timedelta(weeks=w) for w in chance.sample(range(0, WEEKS, 2), 5))
        )
    return len(lines)


def _lines(chance: Random, people: Any, held: Any, days: Any) -> Any:
    """Each person works on something of some project from week to week."""
    from opale.reservations.models import ReservationLine

    turn = cycle(held)
    for person in people:
        week = 0
        for reservation in islice(turn, 20):
            lasts = chance.randint(1, 4)
            since = MONDAY + timedelta(weeks=week)
            week += lasts
            if week > WEEKS:
                break
            yield ReservationLine(
                reservation=reservation,
                person=person,
                quantity=Decimal(chance.choice((2, 4, 6))),
                days=days(since, since + timedelta(weeks=lasts, days=-2)),
            )


if __name__ == "__main__":
    sys.exit(main())
