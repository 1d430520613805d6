"""What a region costs the process that draws it again, for each of those who follow it.

    PYTHONPATH=src:. .venv/bin/python bench/redraws.py --data var

Sessions of the demo company's people and contacts, as those of `bench/sessions.py`, ask in this
process after each of a few new tickets for what their pages follow: the list of all tickets and the
rail with its counts, or a contact's tickets by the API. Told is the processor time of the thread
that answers, the mean; PostgreSQL and the web server are not in it. Run it before and after a
change, in turn: there is no limit. Tickets stay: use a throwaway installation.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from random import Random
from statistics import fmean

from bench import inside
from bench.browsing import REDRAW
from bench.sessions import LIST, OWN, SessionLogin, sessions

RAIL = f"/ui/rail/?at={LIST}"
SESSIONS, TICKETS = 150, 4
NAMES = {
    LIST: "list of all tickets",
    RAIL: "rail with its counts",
    OWN: "a contact's tickets by the API",
}


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--data", help="the data folder of the installation")
    words.add_argument("--sessions", type=int, default=SESSIONS)
    words.add_argument("--tickets", type=int, default=TICKETS)
    asked = words.parse_args()
    with inside.opened(asked.data):
        inside.baseline()
        return measure(asked.sessions, asked.tickets)


def measure(wanted: int, tickets: int) -> int:
    # Django is set up by now, and not before.
    from django.conf import settings
    from django.test import Client

    found, customers = sessions(wanted, Random(1))
    host = settings.ALLOWED_HOSTS[0]
    clients = {who: Client(headers={"cookie": who.cookies}, SERVER_NAME=host) for who in found}
    took = defaultdict[str, list[float]](list)
    for number in range(tickets + 1):
        _receive(customers[number % len(customers)], number)
        for who, client in clients.items():
            for path in _followed(who):
                headers = REDRAW if path != OWN else {}
                began = time.thread_time()
                answer = client.get(path, headers=headers)
                if answer.status_code != 200:
                    raise RuntimeError(f"{who.name}: {path} answered {answer.status_code}")
                if number:  # the first one warms up
                    took[path].append((time.thread_time() - began) * 1000)
    for path, times in took.items():
        print(f"{NAMES[path]:<32} {fmean(times):6.2f} ms   of {len(times)}")
    print(f"{'all of them':<32} {fmean(chain.from_iterable(took.values())):6.2f} ms")
    return 0


def _followed(who: SessionLogin) -> Sequence[str]:
    return (OWN,) if who.customer is not None else (LIST, RAIL)


def _receive(customer: int, number: int) -> None:
    from opale.customers.models import Customer
    from opale.kernel.actor import system
    from opale.run.desk.actions import ticket_creation
    from opale.run.desk.models import Kind, Source

    new = ticket_creation.NewTicket(
        subject=f"Redrawn {number}: the line is slow",
        body="Since nine this morning.",
        source=Source.API,
        kind=Kind.REQUEST,
        customer=Customer.objects.get(pk=customer),
    )
    ticket_creation.receive_ticket(new, by=system("bench"))


if __name__ == "__main__":
    sys.exit(main())
