"""How long the explanation of the clocks of a ticket with 5,000 facts takes.

    PYTHONPATH=src:. .venv/bin/python bench/explain.py --data var

Makes such a ticket in a transaction that is undone: 4,000 public messages, 600 waits that overlap,
400 classifications under two plans' hours, over 60 days. Each explanation is asked for as the page
does, from the rows in the database to the last stretch. Limit 100 ms at the 95th percentile.
"""

import argparse
import sys
from datetime import timedelta

from bench.inside import baseline, milliseconds, opened, verdict

LIMIT_MS = 100.0
MESSAGES, PAUSES, CLASSIFICATIONS = 4000, 600, 400
DAYS = timedelta(days=60)


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--data", help="the data folder of the installation")
    words.add_argument("--rounds", type=int, default=20)
    asked = words.parse_args()
    with opened(asked.data):
        return measure(asked.rounds)


def measure(rounds: int) -> int:
    # Django is set up by now, and not before.
    from django.db import transaction

    from opale.kernel import clock
    from opale.run.desk.queries.clocks import clocks_of
    from opale.run.desk.web.clock_explanations import explain_ticket_clock

    kept, base = [], baseline()
    with transaction.atomic():
        ticket = _long_ticket()
        at = clock.now()
        for name in clocks_of(ticket):
            found = milliseconds(lambda name=name: explain_ticket_clock(ticket, name, at), rounds)  # type: ignore[misc]  # bound at once
            kept.append(verdict(f"explanation of {name}", found, LIMIT_MS, base))
        transaction.set_rollback(True)
    return 0 if all(kept) else 1


def _long_ticket():  # type: ignore[no-untyped-def]  # its type is only known once Django is set up
    from opale.customers.models import SupportPlanVersion
    from opale.kernel import clock
    from opale.kernel.actor import system
    from opale.kernel.attribution import attributed
    from opale.run.desk.models import Classification, Message, Pause, Ticket

    now = clock.now()
    received = now - DAYS
    open_one = Ticket.objects.filter(kind="incident", state="in_progress").exclude(service=None)
    ticket = open_one.exclude(plan_version=None).order_by("id")[0]
    versions = list(SupportPlanVersion.objects.order_by("id"))
    with attributed(system("bench")):
        Classification.objects.filter(ticket=ticket).delete()
        # In memory alone: the chain of owners of the row begins at its own receipt.
        ticket.received_at, ticket.restored_at = received, None
        ticket.triaged_at = ticket.acknowledged_at = ticket.answered_at = received
        at = [received + DAYS * n / MESSAGES for n in range(1, MESSAGES)]
        common = {"ticket": ticket, "customer_id": ticket.customer_id}
        Message.objects.bulk_create(
            Message(**common, direction="sent", visibility="public", author="x", body="x", at=when)
            for when in at
        )
        Pause.objects.bulk_create(
            Pause(
                **common,
                kind=Pause.Kind.values[n % 4],
                starts=received + DAYS * n / PAUSES,
                ends=received + DAYS * n / PAUSES + timedelta(minutes=30 + n % 90),
            )
            for n in range(PAUSES)
        )
        Classification.objects.bulk_create(
            Classification(
                **common,
                at=received + DAYS * n / CLASSIFICATIONS,
                kind="incident",
                service=ticket.service,
                plan_version=versions[n % len(versions)],
                impact=1 + n % 3,
                urgency=1,
                priority=1 + n % 4,
                actor="system:bench",
                actor_name="bench",
            )
            for n in range(CLASSIFICATIONS)
        )
    return ticket


if __name__ == "__main__":
    sys.exit(main())
