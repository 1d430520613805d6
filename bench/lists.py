"""Lists of alerts at size, and the rate of ingest before and after a storm stands.

    ./opale up --data /tmp/storm --port 8300 &
    PYTHONPATH=src:. .venv/bin/python bench/lists.py --data /tmp/storm --scale 0.02

Fills the demo company by SQL with 1,000,000 open alerts and 50,000,000 events, times `--scale`, and
asks for each list of alerts as the service desk. Limits: p95 300 ms for each, and the rate of
ingest in hundreds within 20 % of what it was before. Exit code 1 outside them. Searches are asked
once more right after that rate, when the words of 100,000 alerts are not read yet: no limit is set
for that. The rows stay: use a throwaway installation. The whole takes some 20 GB of disk.

Filling takes a quarter of an hour, and a machine that others use may be another one after it. With
`--beside`, the folder of a second, new installation, the rates are those of the full and of the
new store in turn, and the limit is for the medians.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from bench.crowd import Processors
from bench.demo import demo_in
from bench.ingest import HUNDREDS_OVER, rate
from bench.pages import AGENT, FRAME, Browser, Times
from bench.standing import ALERTS, EVENTS, build

from opale.cli import installation

LIMIT_MS = 300.0
FLAT = 0.8
ROUNDS = 20
TURNS = 5
ADDRESSES = (
    "/alerts/",
    "/alerts/?severity=critical",
    "/alerts/?view=open",
    "/alerts/?view=acknowledged",
    "/alerts/?view=shelved",
    "/alerts/?view=muted",
    "/alerts/?view=cleared",
    "/alerts/?view=closed",
    "/alerts/?owner=me",
    "/alerts/?flapping=yes",
    "/alerts/?integration={integration}",
    "/alerts/?service={service}",
    "/alerts/?q=disk",
    "/alerts/?q=port+4321",
    "/alerts/?q=zzznothing",
    "/alerts/?by=service",
    "/alerts/?by=customer",
    "/alerts/all/",
    "/alerts/all/?q=zzznothing",
    "/alerts/{alert}/",
    "/alerts/noise/",
    "/alerts/silences/",
    "/events/integrations/",
    "/events/integrations/{integration}/",
    "/search/?q=disk+full",
)
KNOWN = """
    SELECT min(integration_id) AS integration, min(id) AS alert, min(service_id) AS service
    FROM events_alert WHERE identity LIKE 'standing-%'
"""


def known_in(database: str) -> dict[str, Any]:
    with psycopg.connect(database) as connection:
        cursor = connection.execute(KNOWN)
        names = [column.name for column in cursor.description or ()]
        return dict(zip(names, cursor.fetchone() or (), strict=True))


@dataclass(frozen=True)
class Read:
    """How long a page takes, in milliseconds; `frames` are pages that are only the frame."""

    path: str
    p50: float
    p95: float
    frames: float

    def __str__(self) -> str:
        return (
            f"{self.path:<38} p50 {self.p50:7.1f} ms   p95 {self.p95:7.1f} ms"
            f"   {self.frames:5.1f} frames"
        )


def wait_until_read(database: str) -> None:
    """Until the worker has read the words of all alerts, which a search is for."""
    began = time.perf_counter()
    with psycopg.connect(database, autocommit=True) as connection:
        while connection.execute("SELECT FROM events_unreadwords LIMIT 1").fetchone():
            time.sleep(1)
        connection.execute("VACUUM ANALYZE events_alertwords, events_unreadwords")
    print(f"words read     {time.perf_counter() - began:5.0f} s")


def read(browser: Browser, database: str, addresses: Iterable[str], rounds: int) -> Iterator[Read]:
    """Each list, as whoever is logged in."""
    base = Times.of(partial(browser.get, FRAME), rounds).median.total_seconds()
    things = known_in(database)
    for form in addresses:
        path = form.format(**things)
        found = Times.of(partial(browser.get, path), rounds)
        p50, p95 = (one.total_seconds() for one in (found.median, found.p95))
        yield Read(path, p50 * 1000, p95 * 1000, p50 / base)


@dataclass(frozen=True)
class Company:
    """The demo company of an installation."""

    place: installation.Installation
    known: dict[str, Any]

    @classmethod
    def of(cls, folder: Path) -> "Company":
        return cls(*demo_in(folder))

    def ingested(self, seconds: float) -> float:
        """Events a second in hundreds; what each costs is printed beside it."""
        url = self.known["integrations"]["alertmanager"]["url"]
        rate(url, 1.0, over=HUNDREDS_OVER, batch=100)
        processors = Processors(self.place.folder, ("web", "postgres"))
        processors.begin()
        found = rate(url, seconds, over=HUNDREDS_OVER, batch=100)
        each = processors.each(len(found.ledger.acknowledged), "us")
        print(f"ingest in hundreds {found}   an event: {each}")
        return found.events


def in_turn(full: Company, new: Company, seconds: float) -> float:
    """The rate of the full store as a share of the new one's, medians of windows in turn."""
    pairs = [(full.ingested(seconds), new.ingested(seconds)) for _ in range(TURNS)]
    print(f"full, then new: {', '.join(f'{one / other:.2f}' for one, other in pairs)}")
    return statistics.median(one for one, _ in pairs) / statistics.median(two for _, two in pairs)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("var"), help="the folder of `up`")
    parser.add_argument("--scale", type=float, default=1.0, help="of the full size")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each rate")
    parser.add_argument("--beside", type=Path, help="the folder of a new installation")
    asked = parser.parse_args()
    full = Company.of(asked.data)
    new = Company.of(asked.beside) if asked.beside else None
    database = full.place.superuser_url(installation.DATABASE)
    browser, agent = Browser.of(full.place.base_url), full.known["personas"][AGENT]
    browser.log_in(agent["login"], agent["password"])
    before = full.ingested(asked.seconds)
    build(database, int(ALERTS * asked.scale), int(EVENTS * asked.scale), print)
    wait_until_read(database)
    print(f"load {os.getloadavg()[0]:.1f}")
    kept = True
    for one in read(browser, database, ADDRESSES, ROUNDS):
        kept &= one.p95 <= LIMIT_MS
        print(f"{one}   {'ok' if one.p95 <= LIMIT_MS else 'NOT KEPT'}")
    after = full.ingested(asked.seconds)
    print(f"{after / before:.2f} of the rate before")
    share = in_turn(full, new, asked.seconds) if new else after / before
    flat = share >= FLAT
    kept &= flat
    print(f"{share:.2f} of the rate of a new store   {'ok' if flat else 'NOT KEPT'} {FLAT}")
    print("searched again at once, while the words of what just came are read:")
    searches = [form for form in ADDRESSES if "/alerts/?q=" in form]
    for one in read(browser, database, searches, ROUNDS):
        print(one)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
