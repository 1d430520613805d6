"""How much longer the pages of the daily work take where there are more tickets.

    PYTHONPATH=src:. .venv/bin/python bench/growth.py --small var-10k --large var-1m --rounds 200

Two installations run, on ports of their own; each page is asked of both in turn, as pages.py asks
for it, so that what else happens on the machine meets both alike. Prints the 95th percentile and
the median of each, and their ratios. Exit code 1 where a page takes more than 1.5 times as long
of the large one, by both. Which pages: bench/visits.py.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from bench.pages import WARM, House, Times, Walk, in_ms

LIMIT = 1.5


def pairs(small: House, large: House, only: str) -> Iterator[tuple[str, Walk, Walk]]:
    named = {visit.name: visit for visit in small.visits}
    for visit in large.visits:
        if visit.name in named and visit.name.strip().startswith(only):
            yield visit.name, small.walk(named[visit.name]), large.walk(visit)


Took = tuple[list[float], list[float]]


def in_turn(walks: tuple[Walk, Walk], rounds: int) -> tuple[Times, Times]:
    took: Took = ([], [])
    _turn(walks, WARM, ([], []))
    _turn(walks, rounds, took)
    return Times.among(took[0]), Times.among(took[1])


def _turn(walks: tuple[Walk, Walk], rounds: int, took: Took) -> None:
    for number in range(rounds):
        # Each of them first in every other round: whoever comes second finds the caches cold.
        for which in (0, 1) if number % 2 else (1, 0):
            begins = perf_counter()
            walks[which].step()
            took[which].append(perf_counter() - begins)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--small", type=Path, required=True, help="the folder of `up` with few")
    parser.add_argument("--large", type=Path, required=True, help="that with a hundred times more")
    parser.add_argument("--rounds", type=int, default=200, help="requests of each kind of page")
    parser.add_argument("--only", default="", help="the kinds whose name begins so")
    asked = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f}; small, large and ratio of the median, then of the p95")
    over = []
    for name, *walks in pairs(House.of(asked.small), House.of(asked.large), asked.only):
        few, many = in_turn((walks[0], walks[1]), asked.rounds)
        ratios = (many.median / few.median, many.p95 / few.p95)
        print(
            f"{name:24} {in_ms(few.median)} {in_ms(many.median)} {ratios[0]:6.2f}"
            f"   {in_ms(few.p95)} {in_ms(many.p95)} {ratios[1]:6.2f}",
            flush=True,
        )
        if min(ratios) > LIMIT:
            over.append(name.strip())
    if over:
        print(f"More than {LIMIT} times as long: {', '.join(over)}.", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
