"""How long business time takes on a span of 30 days. Exit code 1 above the limit.

`fresh` forgets the calendar before each call: a process meets it for the first time; `known` is
every later call. The median is compared, so that a busy machine does not decide.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

from opale.kernel import business_time
from opale.kernel.business_time import Calendar, Pause, add, between, due, explain

LIMIT = timedelta(milliseconds=1)
ROUNDS = 300

OFFICE = Calendar.on_weekdays("Europe/Paris", "08:00-12:00", "14:00-18:00", country="FR")
ALWAYS = Calendar.around_the_clock("Europe/Paris")
START = datetime(2026, 3, 16, 9, 17, 3, 250, tzinfo=UTC)  # the clocks change on the 29th
END = START + timedelta(days=30)
OPEN = between(OFFICE, START, END)
PAUSES = [
    Pause(START + timedelta(days=day), START + timedelta(days=day, hours=5), "customer")
    for day in range(1, 30, 3)
]
CALLS: dict[str, tuple[bool, Callable[[], object]]] = {
    "add, office hours": (True, lambda: add(OFFICE, START, OPEN)),
    "between, office hours": (True, lambda: between(OFFICE, START, END)),
    "add, 24x7": (True, lambda: add(ALWAYS, START, END - START)),
    "between, 24x7": (True, lambda: between(ALWAYS, START, END)),
    "due, office hours, 10 pauses": (False, lambda: due(OFFICE, START, OPEN / 2, PAUSES)),
    "explain, office hours, 10 pauses": (False, lambda: explain(OFFICE, START, END, PAUSES)),
}


def measure(call: Callable[[], object], *, fresh: bool) -> timedelta:
    """The median time of one call."""
    times = []
    for _ in range(ROUNDS):
        if fresh:
            business_time.clear_cache()
        begins = perf_counter()
        call()
        times.append(perf_counter() - begins)
    return timedelta(seconds=median(times))


def main() -> int:
    too_slow = []
    print(f"{'30 days':36} {'state':6} {'median':>10}   share of {LIMIT.microseconds} us")
    for name, (limited, call) in CALLS.items():
        for state in ("fresh", "known"):
            took = measure(call, fresh=state == "fresh")
            print(
                f"{name:36} {state:6} {took / timedelta(microseconds=1):7.0f} us"
                f"   {took / LIMIT:6.1%}{'' if limited else '   (no limit)'}"
            )
            if limited and took > LIMIT:
                too_slow.append(f"{name} ({state})")
    if too_slow:
        print(f"Above the limit: {', '.join(too_slow)}.", file=sys.stderr)
    return 1 if too_slow else 0


if __name__ == "__main__":
    sys.exit(main())
