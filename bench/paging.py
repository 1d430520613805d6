"""How long after its due time a page leaves, with ten thousand timers open.

    ./opale up --data var/pages &
    PYTHONPATH=src:. .venv/bin/python bench/paging.py --data var/pages

Writes mobilisations into the installation that runs there: some thousands whose next step lies an
hour ahead, each with its timer in the queue, and some that fall due one by one while it waits. The
worker of the installation does the rest; what is told is the time from due to gone. Takes away what
it wrote. Prints JSON; exit code 1 where a page left later than 5 seconds after its time.
"""

import argparse
import json
import sys
import time
from datetime import datetime, timedelta
from typing import Any

from bench.inside import opened

LIMIT_S = 5.0
FIRST = timedelta(seconds=5)
PATIENCE_S = 60


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--data", help="the data folder of the installation")
    words.add_argument("--open", type=int, default=10_000, help="timers that lie ahead")
    words.add_argument("--due", type=int, default=60, help="pages that fall due, one a second")
    asked = words.parse_args()
    with opened(asked.data):
        return measure(asked.open, asked.due)


def measure(ahead: int, due: int) -> int:
    # Django is set up by now, and not before.
    from procrastinate.contrib.django import app

    from opale.kernel.actor import system
    from opale.kernel.attribution import attributed
    from opale.kernel.clock import now
    from opale.organisation.models import Person, Team
    from opale.run.paging.actions.mobilisations import TIMER_JOB, TIMERS
    from opale.run.paging.actions.policies import create_policy
    from opale.run.paging.domain.escalation_plans import (
        EscalationPlan,
        PagedPerson,
        PlannedStep,
        PolicyContent,
        Step,
        Target,
        to_record,
    )
    from opale.run.paging.models import Mobilisation, Page

    by = system("bench")
    people = list(Person.objects.filter(left_on=None)[:500])
    person = people[0]
    team = Team.objects.filter(closed_on=None)[0]
    steps = (Step((Target("person", person.pk),), 60),)
    policy = create_policy(
        name=f"Bench {time.time()}", team=team, content=PolicyContent(steps), is_on=False, by=by
    )
    version = policy.versions.get()

    def mobilisation(number: int, at: datetime) -> Mobilisation:
        person = people[number % len(people)]
        step = PlannedStep(
            1, 1, at, at + timedelta(hours=1), (PagedPerson(person.pk, person.name, "person"),)
        )
        return Mobilisation(
            version=version,
            team=team,
            about=f"bench.paging:{policy.pk}.{number}",
            trigger="trial",
            title=f"Bench {number}",
            plan=to_record(EscalationPlan((step,), at + timedelta(hours=1), team.pk)),
            next_at=at,
            last_round=1,
        )

    begun = now()
    later = [begun + timedelta(hours=1, seconds=n) for n in range(ahead)]
    soon = [begun + timedelta(seconds=20) + FIRST + timedelta(seconds=n) for n in range(due)]
    try:
        with attributed(by):
            Mobilisation.objects.bulk_create(
                [mobilisation(n, at) for n, at in enumerate([*later, *soon])], batch_size=1000
            )
            for at in later:
                app.configure_task(TIMER_JOB, schedule_at=at).defer()
            TIMERS.set(soon, at=now())
        pages = Page.objects.filter(mobilisation__version=version)
        until = soon[-1] + timedelta(seconds=PATIENCE_S)
        while pages.exclude(left_at=None).count() < due and now() < until:
            time.sleep(1)
        rows = pages.exclude(left_at=None).values_list("due_at", "left_at")
        return print_result(
            ahead, due, sorted((left - at).total_seconds() for at, left in rows if left)
        )
    finally:
        with attributed(by):
            Mobilisation.objects.filter(version=version).delete()
            policy.delete()


def print_result(ahead: int, due: int, late: list[float]) -> int:
    worst = late[-1] if late else None
    found: dict[str, Any] = {
        "open_timers": ahead,
        "due": due,
        "left": len(late),
        "median_s": round(late[len(late) // 2], 2) if late else None,
        "p95_s": round(late[int(len(late) * 0.95)], 2) if late else None,
        "worst_s": None if worst is None else round(worst, 2),
        "limit_s": LIMIT_S,
    }
    print(json.dumps(found))
    return 0 if len(late) == due and worst is not None and worst <= LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
