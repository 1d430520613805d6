"""How long one act on ten thousand tickets takes, beside the same act on one.

    PYTHONPATH=src:. .venv/bin/python bench/bulk.py --data var/large --tickets 10000

Gives, grades, tags and cancels as many open tickets, each act taken back before the next, in one
process. Limit 15 s for 10,000, exit code 1 above it. What is taken back leaves its history, so that
another run takes other tickets.
"""

import argparse
import sys
from time import perf_counter

from bench.inside import baseline, opened

LIMIT_SECONDS = 15.0
OF = 10_000


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--data", help="the data folder of the installation")
    words.add_argument("--tickets", type=int, default=OF)
    words.add_argument("--acts", default="give,grade,tag,cancel")
    asked = words.parse_args()
    with opened(asked.data):
        return measure(asked.tickets, asked.acts.split(","))


def measure(wanted: int, acts: list[str]) -> int:
    # Django is set up by now, and not before.
    from opale.kernel.actor import system
    from opale.organisation.models import Person
    from opale.run.desk.actions import bulk_acts, bulk_jobs
    from opale.run.desk.actions.bulk_acts import BulkParameters
    from opale.run.desk.models import BulkItem, BulkJob, Classification, Grade, Ticket
    from opale.run.desk.states import OPEN_STATES

    by, base = system("bench"), baseline()
    # What an earlier run did stays in their history, which each further act reads.
    done = Classification.objects.filter(actor=by.key).values("ticket")
    found = Ticket.objects.filter(state__in=OPEN_STATES).exclude(pk__in=done)
    tickets = list(found.order_by("pk")[:wanted])
    person = Person.objects.filter(left_on=None).order_by("-pk").first()
    said = {
        "give": BulkParameters(person=person),
        "grade": BulkParameters(impact=Grade.MEDIUM, urgency=Grade.MEDIUM),
        "tag": BulkParameters(tags=("bench",)),
        "cancel": BulkParameters(reason="bench"),
    }

    def run(act: str, chosen: list[Ticket]) -> tuple[float, int, float]:
        """Seconds of the act, how many it changed, and seconds of taking it back."""
        job = BulkJob.objects.create(
            act=act,
            said=bulk_jobs._as_said(said[act]),  # noqa: SLF001  # without the job of a worker
            user_id=0,
            actor_name=by.name,
            credential="",
            language="en",
            state=BulkJob.State.WAITING,
            total=len(chosen),
        )
        BulkItem.objects.bulk_create(
            BulkItem(job=job, ticket=ticket, customer_id=ticket.customer_id) for ticket in chosen
        )
        begins = perf_counter()
        bulk_jobs._run(job, by)  # noqa: SLF001
        took = perf_counter() - begins
        changed = job.items.filter(outcome=BulkItem.Outcome.CHANGED).count()
        back = 0.0
        if bulk_acts.may_be_undone(act):
            BulkJob.objects.filter(pk=job.pk).update(state=BulkJob.State.UNDOING)
            job.refresh_from_db()
            begins = perf_counter()
            bulk_jobs._run(job, by)  # noqa: SLF001
            back = perf_counter() - begins
        job.delete()
        return took, changed, back

    kept = []
    for act in acts:
        ones = sorted(run(act, [ticket])[0] for ticket in tickets[:5])
        one = ones[len(ones) // 2]
        took, changed, back = run(act, tickets)
        limit = LIMIT_SECONDS * len(tickets) / OF
        kept.append(took <= limit)
        print(
            f"{act:<8} {len(tickets):,} tickets, {changed:,} changed, in {took:.1f} s"
            f" (taken back in {back:.1f} s), {1000 * took / max(len(tickets), 1):.2f} ms each;"
            f" one alone {1000 * one:.0f} ms, so many cost {took / one:,.0f} of one,"
            f" {1000 * took / max(len(tickets), 1) / base:.2f}x the baseline each,"
            f" limit {limit:.1f} s  {'ok' if kept[-1] else 'NOT KEPT'}",
            flush=True,
        )
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
