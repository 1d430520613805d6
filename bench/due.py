"""How long the list of what falls due next takes, on the large data set.

    PYTHONPATH=src:. .venv/bin/python bench/due.py --data var/large

As the service desk, which sees everything, and as somebody who sees the largest customer alone.
Limit 50 ms at the 95th percentile, exit code 1 above it.
"""

import argparse
import sys

from bench.inside import baseline, milliseconds, opened, verdict

LIMIT_MS = 50.0


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--data", help="the data folder of the installation")
    words.add_argument("--rounds", type=int, default=40)
    asked = words.parse_args()
    with opened(asked.data):
        return measure(asked.rounds)


def measure(rounds: int) -> int:
    # Django is set up by now, and not before.
    from django.db.models import Count

    from opale.kernel.actor import EVERYTHING, Actor, Scope
    from opale.run.desk.models import Ticket
    from opale.run.desk.queries.ticket_lists import due_next

    by_size = Ticket.objects.exclude(customer=None).values_list("customer").annotate(n=Count("id"))
    largest = by_size.order_by("-n").values_list("customer", flat=True)[0]
    seen = {
        "the service desk": EVERYTHING,
        "one customer's": Scope(customers=frozenset({largest})),
    }
    kept, base = [], baseline()
    for name, scope in seen.items():
        actor = Actor("person", "person:bench", "Bench", {"desk.read": scope})
        found = milliseconds(lambda actor=actor: due_next(seen_by=actor), rounds)  # type: ignore[misc]  # bound at once
        kept.append(verdict(f"due next, {name}", found, LIMIT_MS, base))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
