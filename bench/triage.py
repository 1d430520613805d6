"""How right triage's proposals are, on tickets of an Opale's history held out by time.

    PYTHONPATH=src:. .venv/bin/python bench/triage.py --data var --tickets 2000

Takes the newest tickets, learns from the earlier ones alone, shows each to triage as it came in,
its texts and where it was sent from and nothing else, and compares the proposals with what the
ticket was. Exit code 1 where a promise is not kept: docs/rules/triage.md.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles

from opale.cli import installation, manage

LEARNED_FROM = 20_000
LIMIT_MS = 50


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("--data", help="the data folder of the installation")
    words.add_argument("--tickets", type=int, default=2000, help="how many to hold out")
    options = words.parse_args()
    with _database(options.data):
        import django

        django.setup()
        from bench.inside import baseline
        from bench.triage_measure import measure

        base = baseline()
        found, times = measure(options.tickets, LEARNED_FROM)
    return 0 if _report(found, times, base) else 1


@contextmanager
def _database(data: str | None) -> Iterator[None]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opale.settings")
    if not data:
        yield
        return
    place = installation.open_folder(installation.folder_of(data))
    with manage.database(place):
        os.environ.update(place.environment())
        yield


def _report(found: Counter[str], times: list[float], base: float) -> bool:
    of, with_service = found["tickets"], found["of_services"]
    wrong = found["customer_wrong"] / of
    among = found["service_among"] / with_service
    slow = quantiles(times, n=20)[-1] * 1000
    lines = [
        ("tickets held out", f"{of:,}", "", True),
        ("customer proposed", f"{found['customer_proposed'] / of:.1%}", "", True),
        ("  wrong", f"{wrong:.2%}", "<= 0.1 %", wrong <= 0.001),
        (
            "service known and customer found",
            f"{found['of_known']:,} of {with_service:,}",
            "",
            True,
        ),
        ("right service among the first three", f"{among:.1%}", ">= 70 %", among >= 0.7),
        ("  first of all", f"{found['service_first'] / with_service:.1%}", "", True),
        ("service filled in", f"{found['service_filled'] / with_service:.1%}", "", True),
        ("  wrongly", _of(found["service_filled_wrong"], found["service_filled"]), "", True),
        ("kind proposed", f"{found['kind_proposed'] / of:.1%}", "", True),
        ("  wrong", _of(found["kind_wrong"], found["kind_proposed"]), "", True),
        ("milliseconds a ticket, median", f"{median(times) * 1000:.1f}", "", True),
        ("  of the baseline", f"{median(times) * 1000 / base:.1f}x", "", True),
        ("milliseconds a ticket, p95", f"{slow:.1f}", f"<= {LIMIT_MS}", slow <= LIMIT_MS),
    ]
    for name, shown, promised, holds in lines:
        verdict = "" if not promised else "ok" if holds else "NOT KEPT"
        print(f"{name:<40} {shown:>16}  {promised:<10} {verdict}")
    return all(line[3] for line in lines)


def _of(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


if __name__ == "__main__":
    sys.exit(main())
