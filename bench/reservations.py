"""Many who want the last unit at once: exactly one gets it, every time.

    ./opale up --data /tmp/race
    PYTHONPATH=src:. .venv/bin/python bench/reservations.py --data /tmp/race

As many threads as `--racers`, each with a connection of its own, begin together and reserve the
last kilowatt of a pool, the last hours of a person's day and the last unit of a rack in turn; who
won gives it back, and all begin again. Exit code 1 where not exactly one won. What was reserved
stays in the history of the installation: use a throwaway one.
"""

import argparse
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Lock
from time import perf_counter

from bench.inside import opened

MONDAY = date(2031, 3, 3)


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--data", help="the data folder of the installation")
    words.add_argument("--racers", type=int, default=32)
    words.add_argument("--rounds", type=int, default=1000)
    asked = words.parse_args()
    with opened(asked.data):
        return race(asked.racers, asked.rounds)


@dataclass
class Tally:
    """How many won each round, and what else than a refusal was met."""

    winners: Counter[int] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def won(self, number: int) -> None:
        with self.lock:
            self.winners[number] += 1

    def met(self, error: BaseException) -> None:
        with self.lock:
            self.odd.append(repr(error))


def race(racers: int, rounds: int) -> int:
    # Django is set up by now, and not before.
    from django.db import connections

    from opale.infrastructure.models import CapacityPool, ConfigurationItem
    from opale.kernel.actor import system
    from opale.kernel.attribution import attributed
    from opale.kernel.clock import now
    from opale.kernel.errors import Conflict
    from opale.organisation.models import Person
    from opale.reservations.actions.reservations import (
        Line,
        NewReservation,
        move_reservation,
        reserve,
    )
    from opale.reservations.states import RELEASE

    by = system("bench")
    with attributed(by):
        pool, _made = CapacityPool.objects.get_or_create(
            name="Bench", unit="kW", defaults={"capacity": Decimal(1)}
        )
        rack, _made = ConfigurationItem.objects.get_or_create(name="bench-rack", kind="rack")
        person = Person.objects.filter(left_on=None).order_by("id")[0]
    until = MONDAY + timedelta(days=1)
    things = (
        Line(pool=pool, quantity=Decimal(1), since=MONDAY, until=None),
        Line(person=person, quantity=Decimal(8), since=MONDAY, until=until),
        Line(item=rack, unit="U12", since=MONDAY, until=None),
    )
    start, tally = Barrier(racers), Tally()

    def run(_racer: int) -> None:
        try:
            for number in range(rounds):
                line = things[number % len(things)]
                start.wait(timeout=120)
                try:
                    made = reserve(NewReservation(purpose="Race", lines=(line,)), by=by)
                except Conflict:
                    made = None
                else:
                    tally.won(number)
                start.wait(timeout=120)
                if made is not None:
                    move_reservation(made, RELEASE, by=by, at=now())
        except BaseException as error:
            tally.met(error)
            start.abort()
            raise
        finally:
            connections.close_all()

    begins = perf_counter()
    with ThreadPoolExecutor(racers) as crowd:
        for done in [crowd.submit(run, racer) for racer in range(racers)]:
            done.exception()
    took = perf_counter() - begins
    wrong = {n: tally.winners[n] for n in range(rounds) if tally.winners[n] != 1}
    print(
        f"{racers} at once, {rounds} rounds in {took:.0f} s:"
        f" {rounds - len(wrong)} with exactly one winner, {len(wrong)} without"
    )
    for odd in tally.odd[:3]:
        print(odd, file=sys.stderr)
    return 1 if wrong or tally.odd else 0


if __name__ == "__main__":
    sys.exit(main())
