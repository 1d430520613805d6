"""How long it takes to mend the plan after one absence, and how much of it is touched.

    PYTHONPATH=src:. .venv/bin/python bench/replan.py --data var

Adds 60 people and 40 projects to an installation in one transaction, lets the one with the most
work be away for two weeks, searches as the planner does, and takes everything back. Limits: 10 s,
and 5 per cent of the pieces of work; exit code 1 above either. Also asked: who can take 40 hours
(2 s).
"""

import argparse
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import perf_counter

from bench.inside import opened
from bench.load_map import MONDAY, fill

SECONDS, SHARE, ASKED_SECONDS = 10.0, 5.0, 2.0


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--data", help="the data folder of the installation")
    words.add_argument("--projects", type=int, default=40)
    words.add_argument("--people", type=int, default=60)
    words.add_argument("--weeks", type=int, default=26)
    asked = words.parse_args()
    with opened(asked.data):
        return measure(asked.people, asked.projects, asked.weeks)


def measure(count: int, projects: int, weeks: int) -> int:
    # Django is set up by now, and not before.
    from django.db import transaction
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from opale.delivery.resources.queries.candidates import Need, candidates
    from opale.delivery.resources.queries.planner_input import build_planner_input, plan_changes
    from opale.kernel.actor import system
    from opale.kernel.attribution import attributed
    from opale.organisation.models import Absence, Membership, Person, Team
    from opale.organisation.rights import Function
    from opale.planning import staffing

    by = system("bench")
    with transaction.atomic():
        fill(count, projects, projects_alone=True)
        people = list(Person.objects.filter(name__startswith="Bench "))
        team = Team.objects.filter(kind=Team.Kind.BUILD_ENGINEERING)[0]
        away = max(people, key=lambda one: one.reserved_lines.filter(holds=True).count())
        begins = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=UTC) + timedelta(weeks=4)
        with attributed(by):
            Membership.objects.bulk_create(
                Membership(
                    team=team,
                    person=person,
                    function=Function.BUILD_ENGINEER,
                    period=DateTimeTZRange(datetime(2026, 1, 1, tzinfo=UTC), None),
                )
                for person in people
            )
            Absence.objects.create(
                person=away,
                kind=Absence.Kind.SICKNESS,
                period=DateTimeTZRange(begins, begins + timedelta(days=12)),
            )
        started = perf_counter()
        framed = build_planner_input(seen_by=by, first=MONDAY, weeks=weeks, team=team)
        read = perf_counter() - started
        found = staffing.plan(framed.problem, seconds=SECONDS - read)
        lines = plan_changes(framed, found)
        took = perf_counter() - started
        started = perf_counter()
        need = Need(hours=Decimal(40), since=MONDAY, last=MONDAY + timedelta(days=11), team=team)
        named = candidates(need, seen_by=by)
        asked = perf_counter() - started
        transaction.set_rollback(True)
    pieces = len(framed.problem.pieces)
    share = 100 * len(lines) / pieces
    nowhere = sum(line.to is None for line in lines)
    kept = took <= SECONDS and share <= SHARE and not nowhere
    quick = asked <= ASKED_SECONDS and len(named) == 5
    print(
        f"mended in {took:.1f} s (read in {read:.1f} s), limit {SECONDS:.0f} s: {len(lines)} of"
        f" {pieces} pieces touched, {share:.1f} %, limit {SHARE:.0f} %; {nowhere} without a place,"
        f" {sum(line.late for line in lines)} days late in all  {'ok' if kept else 'NOT KEPT'}"
    )
    print(
        f"who can take 40 h: {len(named)} named in {asked:.2f} s, limit {ASKED_SECONDS:.0f} s"
        f"  {'ok' if quick else 'NOT KEPT'}"
    )
    return 0 if kept and quick else 1


if __name__ == "__main__":
    sys.exit(main())
