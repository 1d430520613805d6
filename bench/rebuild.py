"""How long it takes to recompute the clocks of all open tickets from their record.

    PYTHONPATH=src:. .venv/bin/python bench/rebuild.py --data var/large

Twice: the first run writes whatever has changed, the second finds everything as it was. Limit 60 s
for each, exit code 1 above it. It is what `./opale manage rebuild_clocks` does; nothing is undone,
since what is stored is a cache.
"""

import argparse
import sys
from time import perf_counter

from bench.inside import baseline, opened

LIMIT_SECONDS = 60.0


def main() -> int:
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--data", help="the data folder of the installation")
    asked = words.parse_args()
    with opened(asked.data):
        return measure()


def measure() -> int:
    # Django is set up by now, and not before.
    from opale.run.desk.actions.commitments import rebuild_commitments
    from opale.run.desk.models import Ticket
    from opale.run.desk.states import OPEN_STATES

    kept, base = [], baseline()
    for name in ("first", "again"):
        begins = perf_counter()
        done = rebuild_commitments(Ticket.objects.filter(state__in=OPEN_STATES))
        seconds = perf_counter() - begins
        kept.append(seconds <= LIMIT_SECONDS)
        said = "ok" if kept[-1] else "NOT KEPT"
        print(
            f"{name:<6} {done:,} open tickets in {seconds:.1f} s,"
            f" {1000 * seconds / max(done, 1):.2f} ms each,"
            f" {1000 * seconds / max(done, 1) / base:.2f}x the baseline,"
            f" limit {LIMIT_SECONDS:.0f} s  {said}",
            flush=True,
        )
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
