"""What this machine is worth at the moment: the processor, and the way to the memory.

    .venv/bin/python bench/machine.py

A machine that is one of several on its host can add as fast as ever while each step to memory that
is not near takes ten times as long, and a page with it. Prints the seconds of 5,000,000 additions
and the nanoseconds of a step from object to object, of as many objects as take so much memory.
"""

import sys
from random import shuffle
from time import perf_counter

STEPS = 300_000
OBJECTS = (1_000, 20_000, 200_000, 1_000_000)
BYTES = 120
"""Of a list with one entry, with its place in the heap and in the collector's chain."""


def additions() -> float:
    began, found = perf_counter(), 0
    for number in range(5_000_000):
        found += number
    return perf_counter() - began


def step(objects: int) -> float:
    """Nanoseconds; the best of three walks through them in no order."""
    chain: list[list[object]] = [[None] for _ in range(objects)]
    shuffle(chain)
    for one, following in zip(chain, [*chain[1:], chain[0]], strict=True):
        one[0] = following
    here, took = chain[0], []
    for _ in range(3):
        began = perf_counter()
        for _ in range(STEPS):
            here = here[0]  # type: ignore[assignment]  # each holds the next
        took.append(perf_counter() - began)
    chain.clear()
    return min(took) / STEPS * 1e9


def main() -> int:
    print(f"5,000,000 additions {additions():.2f} s")
    for objects in OBJECTS:
        print(f"a step in {objects * BYTES / 1e6:6.1f} MB {step(objects):8.0f} ns")
    return 0


if __name__ == "__main__":
    sys.exit(main())
