"""Operations reports at size: the page by each dimension, its file, figures of the home, groups.

    ./opale up --data /tmp/reports --port 8300 --no-demo &
    ./opale manage --data /tmp/reports load_demo --size large --tickets 100000
    PYTHONPATH=src:. .venv/bin/python bench/reports.py --data /tmp/reports

Asks as a service manager, who sees all tickets. Limits, at 100,000 tickets: p95 2 s for a report of
13 months or weeks, 300 ms for the home's figures, 1 s for a grouped list. Exit code 1 outside them.
Nothing is written.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import psycopg
from bench.demo import demo_in
from bench.pages import FRAME, Browser, Times

MANAGER = "service_manager"
ROUNDS = 20
REPORT, HOME, GROUPED = timedelta(seconds=2), timedelta(milliseconds=300), timedelta(seconds=1)
ADDRESSES = {
    "/reports/": REPORT,
    "/reports/?by=customer": REPORT,
    "/reports/?by=service": REPORT,
    "/reports/?by=team": REPORT,
    "/reports/?by=plan": REPORT,
    "/reports/?stream=corporate": REPORT,
    "/reports/?period={week}": REPORT,
    "/reports/?period={day}": REPORT,
    "/reports/figures.csv": REPORT,
    "/api/v1/reports/figures?by=customer": REPORT,
    "/reports/now/": HOME,
    "/reports/tickets/?figure=backlog": GROUPED,
    "/reports/tickets/?figure=gtr_missed&group=customer": GROUPED,
    "/tickets/?group=customer": GROUPED,
    "/tickets/?group=received": GROUPED,
}
TICKETS = "SELECT count(*), max(received_at) FROM desk_ticket"


@dataclass(frozen=True)
class Read:
    """How long an address takes beside its limit; `frames` are pages that are only the frame."""

    path: str
    times: Times
    limit: timedelta
    frames: float

    @property
    def kept(self) -> bool:
        return self.times.p95 <= self.limit

    def __str__(self) -> str:
        p50, p95, limit = (
            one.total_seconds() * 1000 for one in (self.times.median, self.times.p95, self.limit)
        )
        return (
            f"{self.path:<52} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   limit {limit:6.0f} ms"
            f"   {self.frames:6.1f} frames{'' if self.kept else '   NOT KEPT'}"
        )


def read(browser: Browser, named: dict[str, str], rounds: int) -> Iterator[Read]:
    """Yield how long each address takes."""
    frame = Times.of(partial(browser.get, FRAME), rounds).median
    for form, limit in ADDRESSES.items():
        path = form.format(**named)
        found = Times.of(partial(browser.get, path), rounds)
        yield Read(path, found, limit, found.median / frame)


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--data", type=Path, required=True, help="the folder of the installation")
    words.add_argument("--rounds", type=int, default=ROUNDS)
    options = words.parse_args()
    place, known = demo_in(options.data)
    with psycopg.connect(place.environment()["DATABASE_URL"]) as connection:
        number, newest = connection.execute(TICKETS).fetchone() or (0, None)
    if newest is None:
        raise SystemExit("There are no tickets.")
    print(f"{number:,} tickets, the newest of {newest:%Y-%m-%d}")
    monday = newest.date() - timedelta(days=newest.weekday() + 7)
    named = {"week": f"{monday:%Y-%m-%d}", "day": f"{newest.date() - timedelta(days=1):%Y-%j}"}
    browser = Browser.of(place.base_url)
    login = known["personas"][MANAGER]
    browser.log_in(login["login"], login["password"])
    found = []
    for one in read(browser, named, options.rounds):
        print(one, flush=True)
        found.append(one)
    return 0 if all(one.kept for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
