"""Which cores each of several like processes keeps to.

A process that is moved from core to core finds cold caches at each. Its threads, of which one runs
at a time, wait for each other across cores, and the kernel of a virtual machine takes a core that
sleeps for a busy one, and lets two wait in line at the other.
"""

import os
from collections.abc import Collection
from itertools import pairwise
from typing import Final

CAN_KEEP: Final = hasattr(os, "sched_setaffinity")


def shares(cores: Collection[int], among: int) -> list[set[int]]:
    """Cores shared out to so many, neighbours together: each has as many as another, or one more.

    Where there are fewer cores than processes, each has them all.
    """
    if len(cores) < among:
        return [set(cores)] * among
    ordered = sorted(cores)
    cuts = [len(ordered) * place // among for place in range(among + 1)]
    return [set(ordered[a:b]) for a, b in pairwise(cuts)]


def keep_to_share(place: int, among: int) -> None:
    """Let this process, with the threads that it is going to start, run on its share of the cores
    it may have; nothing where the system knows no such thing."""
    if CAN_KEEP:
        os.sched_setaffinity(0, shares(os.sched_getaffinity(0), among)[place])
