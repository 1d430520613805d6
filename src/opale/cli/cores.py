"""Which core each of several like processes keeps to.

Of the threads of a process one runs at a time, whoever has the interpreter. On several cores each
hands it to another core, which wakes up for it and finds cold caches: a page costs up to twice the
processor time. Source: docs/decisions/0027-each-web-process-keeps-to-a-core.md.
"""

import os
from collections.abc import Collection
from contextlib import suppress
from typing import Final

CAN_KEEP: Final = hasattr(os, "sched_setaffinity")


def shared_out(cores: Collection[int], among: int, start: int = 0) -> list[set[int]]:
    """Where each of so many keeps to: a core, as far from each other as they come, counted on from
    `start`; where there are fewer cores than processes, all of them."""
    if len(cores) < among:
        return [set(cores)] * among
    ordered = sorted(cores)
    places = [place * len(ordered) // among + start for place in range(among)]
    return [{ordered[place % len(ordered)]} for place in places]


def keep_to_one(place: int, among: int, start: int) -> None:
    """Let this process, with the threads that it is going to start, keep to its core; nothing where
    the system knows no such thing, or does not let it."""
    if not CAN_KEEP:
        return
    with suppress(OSError):  # a sandbox may refuse it: slower, and no reason not to serve
        found = shared_out(os.sched_getaffinity(0), among, start)
        os.sched_setaffinity(0, found[place])
