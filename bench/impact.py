"""How long "who is hit if this fails" takes for a router with 3,000 services above it.

    PYTHONPATH=src:. .venv/bin/python bench/impact.py --data var

Makes such an estate in a transaction that is undone: a router, 30 links on it, 10 aggregation
switches on each link, 10 accesses on each switch, and a service on each access, spread over the
customers. The page, its file and the API are asked for as a RUN engineer's browser and program do.
Limit 150 ms at the 95th percentile; what they cost in processor time, of this process and of the
database, is told beside it and does not hang on other work as much.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.inside import baseline, milliseconds, opened, verdict

LIMIT_MS = 150.0
LINKS, SWITCHES, ACCESSES = 30, 10, 10


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
    from django.test import Client

    from opale.infrastructure.queries import impact
    from opale.kernel.actor import system
    from opale.organisation.models import User
    from opale.organisation.rights import Function

    kept, base = [], baseline()
    with transaction.atomic():
        router = _estate()
        found = impact.impact_of(router, seen_by=system("bench"), most=impact.COUNTED)
        services = LINKS * SWITCHES * ACCESSES
        print(f"{services} services above; counted {found.service_count}, bounded {found.bounded}")
        engineer = User.objects.filter(
            person__memberships__function=Function.RUN_ENGINEER, is_active=True
        ).order_by("id")[0]
        client = Client(HTTP_HOST="localhost")
        client.force_login(engineer)

        def asking(path: str) -> Callable[[], None]:
            def ask() -> None:
                answer = client.get(path, HTTP_HX_REQUEST="true")
                assert answer.status_code == 200, (path, answer.status_code)
                b"".join(answer) if answer.streaming else answer.content

            return ask

        pages = {
            "page": f"/items/{router.pk}/impact/",
            "file": f"/items/{router.pk}/impact.csv",
            "API": f"/api/v1/items/{router.pk}/impact",
            "page of the item": f"/items/{router.pk}/",
        }
        for name, path in pages.items():
            ask = asking(path)
            kept.append(verdict(name, milliseconds(ask, rounds), LIMIT_MS, base))
            process, database = _processor(ask, rounds)
            print(f"{'':<36} processor: {process:.0f} ms here, {database:.0f} ms PostgreSQL")
        transaction.set_rollback(True)
    return 0 if all(kept) else 1


def _processor(call: Callable[[], None], rounds: int) -> tuple[float, float]:
    """Milliseconds of a core for one call: of this process and of its session of PostgreSQL."""
    from django.db import connection

    session = connection.connection.info.backend_pid
    here, there = time.process_time(), _ticks(session)
    for _ in range(rounds):
        call()
    hertz = os.sysconf("SC_CLK_TCK")
    return (
        (time.process_time() - here) * 1000 / rounds,
        (_ticks(session) - there) / hertz * 1000 / rounds,
    )


def _ticks(pid: int) -> int:
    told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(told[11]) + int(told[12])


def _estate() -> Any:
    from opale.customers.models import Customer, Service
    from opale.infrastructure.models import ConfigurationItem, Dependency, ServiceItem
    from opale.kernel.actor import system
    from opale.kernel.attribution import attributed

    like = Service.objects.filter(parent=None, state="active").order_by("id")[0]
    customers = list(Customer.objects.order_by("id"))
    # Not every customer has as many: the first of them has most.
    theirs = [customers[n % (1 + n % len(customers))] for n in range(LINKS * SWITCHES * ACCESSES)]

    def items(kind: str, count: int, owners: list[Any] | None = None) -> list[Any]:
        return ConfigurationItem.objects.bulk_create(
            ConfigurationItem(
                name=f"bench-{kind}-{n}",
                kind=kind,
                state="in_service",
                customer=owners[n] if owners else None,
            )
            for n in range(count)
        )

    with attributed(system("bench")):
        (router,) = items("router", 1)
        links = items("link", LINKS)
        switches = items("switch", LINKS * SWITCHES)
        accesses = items("circuit", len(theirs), theirs)
        for above, below in (([*links], [router]), (switches, links), (accesses, switches)):
            Dependency.objects.bulk_create(
                Dependency(upper=upper, lower=below[n * len(below) // len(above)])
                for n, upper in enumerate(above)
            )
        services = Service.objects.bulk_create(
            Service(
                reference=f"BENCH-{n:05d}",
                name=f"{like.name} {n}",
                customer=customer,
                offering_id=like.offering_id,
                state="active",
                started_on=like.started_on,
            )
            for n, customer in enumerate(theirs)
        )
        ServiceItem.objects.bulk_create(
            ServiceItem(customer=customer, service=service, item=access)
            for customer, service, access in zip(theirs, services, accesses, strict=True)
        )
    return router


if __name__ == "__main__":
    sys.exit(main())
