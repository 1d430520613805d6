"""Events at the speed of a storm, beside Alerta on the same PostgreSQL and Debian's Alertmanager.

    ./opale up --data /tmp/storm --port 8300 &
    PYTHONPATH=src:. .venv/bin/python bench/ingest.py --data /tmp/storm

Posts alerts to the demo company's Alertmanager integration, each with an id of its own and about an
item of the company, so that each is enriched, while eleven rules of events are in force, of which
one fits each fortieth alert. Single ones over 128 connections, then hundreds, until 100,000 stand
open; then single ones again, and the page of the open list. With `--bare` nothing is known of the
alerts, and there is no rule. Every rate is of deliveries that were acknowledged, after the commit.
At the end the ledger of acknowledged ids is compared with the database: exit code 1 where one is
missing or there twice, or a limit is not kept. The alerts stay: use a throwaway installation.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
from bench import peers
from bench.crowd import Processors, busy
from bench.demo import demo_in
from bench.pages import AGENT, FRAME, Browser, Times
from bench.rules import KINDS
from bench.senders import Form, Ledger, Sender, alerts_about, to_alerta, to_alertmanager, webhook

from opale.cli import installation

SINGLES, SINGLES_P99_MS, SINGLES_OVER = 4_000.0, 100.0, 128
HUNDREDS, HUNDREDS_P99_MS, HUNDREDS_OVER = 20_000.0, 300.0, 28
PAGE_MS = 40.0
OVER_ALERTA, OVER_ALERTA_FULL = 30.0, 150.0
"""Single events beside Alerta's while little stands open, hundreds beside its single ones while
100,000 do: both say that Alerta takes 133 a second where Opale takes 4,000 and 20,000."""
ALERTA_OVER = 16
"""Connections to Alerta: each takes one of PostgreSQL's, of which there are a hundred."""
OPEN = 100_000
OPEN_NOW = "SELECT count(*) FROM events_alert WHERE state IN ('open', 'acknowledged')"
BASELINE_SECONDS = 2.0
WARM_SECONDS = 3.0
SETTLED_SECONDS = 4.0
"""So long after a rule was changed all that stands is looked at anew: what a new one does is not
what an event costs."""
DRAWING = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE task_name = 'shifts.draw_all_ahead' AND status IN ('todo', 'doing')
"""
"""A new demo company draws its rosters a minute after it is there, and never again so much."""
TOOLS = "tools_engineer"
RULES = 10
ITEMS = """
    SELECT i.name FROM infrastructure_configurationitem i
    JOIN infrastructure_serviceitem s ON s.item_id = i.id ORDER BY i.id LIMIT 500
"""
TEAM = "SELECT id FROM organisation_team WHERE closed_on IS NULL ORDER BY id LIMIT 1"


@dataclass(frozen=True)
class Rate:
    """Events acknowledged a second, and how much of a core the generator took meanwhile."""

    events: float
    ledger: Ledger
    generator: float

    def __str__(self) -> str:
        refused = dict(self.ledger.refusals) or "nothing"
        return (
            f"{self.events:9,.0f}/s   p50 {self.ledger.percentile(0.5):4.0f} ms"
            f"   p99 {self.ledger.percentile(0.99):4.0f} ms   refused {refused}"
            f"   generator {self.generator:.2f} cores"
        )


def rate(url: str, seconds: float, *, over: int, batch: int = 1, form: Form = webhook) -> Rate:
    ledger = Ledger()
    sender = Sender(url, ledger, connections=over, batch=batch, form=form)
    began, busy = time.perf_counter(), time.process_time()
    asyncio.run(sender.run(seconds))
    took = time.perf_counter() - began
    used = (time.process_time() - busy) / took
    return Rate(len(ledger.acknowledged) / took, ledger, used)


@dataclass
class Bench:
    place: installation.Installation
    url: str
    seconds: float
    browser: Browser
    form: Form = webhook
    kept: bool = True

    @property
    def database(self) -> str:
        return self.place.superuser_url(installation.DATABASE)

    def measured(self, name: str, *, over: int, batch: int, least: float, p99: float) -> Rate:
        """One rate of Opale with what an event costs its processes, and the check of its ledger."""
        # Fills the caches of the processes, and lets them forget the rules of before.
        rate(self.url, WARM_SECONDS, over=over, batch=batch, form=self.form)
        processors = Processors(self.place.folder, ("web", "postgres", "worker"))
        processors.begin()
        with Commits(self.database) as commits:
            found = rate(self.url, self.seconds, over=over, batch=batch, form=self.form)
        events = len(found.ledger.acknowledged)
        each = processors.each(events, "us")
        print(f"{name:<28}{found}")
        print(f"{'':<28}an event: {each}   {commits.count / max(1, events):.3f} commits")
        self.check(f"at least {least:,.0f}/s", found.events >= least)
        self.check(f"p99 {p99:.0f} ms", found.ledger.percentile(0.99) <= p99)
        compared = found.ledger.compare(found_in(self.database, found.ledger.prefix))
        what = f"missing {len(compared.missing)}, doubled {len(compared.doubled)}"
        self.check(f"ledger of {events}: {what}", compared.holds)
        return found

    def check(self, what: str, kept: bool) -> None:
        self.kept &= kept
        print(f"{'':<28}{'ok      ' if kept else 'NOT KEPT'} {what}")

    def fill(self) -> None:
        with psycopg.connect(self.database) as connection:
            row = connection.execute(OPEN_NOW).fetchone()
        missing = OPEN - (row[0] if row else 0)
        ledger = Ledger()
        sender = Sender(self.url, ledger, connections=HUNDREDS_OVER, batch=100, form=self.form)

        async def until_full() -> None:
            task = asyncio.create_task(sender.run())
            while len(ledger.acknowledged) < missing:
                await asyncio.sleep(0.1)
            sender.stop.set()
            await task

        if missing > 0:
            asyncio.run(until_full())
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute("ANALYZE events_alert")

    def page(self, path: str) -> None:
        found = Times.of(partial(self.browser.get, path), 60)
        base = Times.of(partial(self.browser.get, FRAME), 40)
        p50, p95 = (one.total_seconds() * 1000 for one in (found.median, found.p95))
        ratio = p50 / (base.median.total_seconds() * 1000)
        print(f"{path:<28}p50 {p50:.1f} ms   p95 {p95:.1f} ms   {ratio:.1f} frames")
        self.check(f"p95 {PAGE_MS:.0f} ms", p95 <= PAGE_MS)

    def beside(self, name: str, own: Rate, found: Rate, least: float | None = None) -> None:
        ratio = own.events / found.events if found.events else float("inf")
        print(f"{name:<28}{found}")
        if least is None:
            print(f"{'':<28}Opale {ratio:.2f} times that")
        else:
            self.check(f"Opale {ratio:.0f} times that, at least {least:.0f}", ratio >= least)


@contextmanager
def ruled(bench: Bench, token: str) -> Iterator[None]:
    """Alerts about known items, and rules in force, until the block ends."""
    program = Browser.of(bench.place.base_url)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with psycopg.connect(bench.database) as connection:
        names = [row[0] for row in connection.execute(ITEMS)]
        (team,) = connection.execute(TEAM).fetchone() or (None,)
    run = f"bench {time.time_ns()}"
    terms: list[dict[str, object]] = [
        {"condition": KINDS[n % len(KINDS)].format(n=n), "effect": "suppress"} for n in range(RULES)
    ]
    terms.append({"condition": 'labels.rack == "r7"', "effect": "route", "team_id": team})
    made = []
    for n, one in enumerate(terms):
        rule = json.loads(
            program.post("/api/v1/events/rules", one | {"name": f"{run} {n}"}, **headers)
        )
        made.append(f"/api/v1/events/rules/{rule['id']}")
        program.put(f"{made[-1]}/activity", {"active": True}, **headers)
    time.sleep(SETTLED_SECONDS)
    bench.form, before = alerts_about(names), bench.form
    try:
        yield
    finally:
        bench.form = before
        program = Browser.of(bench.place.base_url)
        for address in made:
            program.delete(address, **headers)


class Commits:
    """How many transactions the database committed in a block."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.count = 0

    def __enter__(self) -> "Commits":
        self.before = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        self.count = self._now() - self.before

    def _now(self) -> int:
        with psycopg.connect(self.database) as connection:
            row = connection.execute(
                "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone()
        return int(row[0]) if row else 0


def found_in(database: str, prefix: str) -> Iterator[str]:
    """The ids of that ledger which the database holds, once for each alert."""
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT identity FROM events_alert WHERE identity LIKE %s", [f"{prefix}-%"]
        )
        for (identity,) in rows:
            yield identity


def settle(database: str) -> None:
    """Wait for what a new installation does once."""
    with psycopg.connect(database, autocommit=True) as connection:
        while any(count for (count,) in connection.execute(DRAWING)):
            time.sleep(0.5)


def durable_commits_per_second(database: str, seconds: float = BASELINE_SECONDS) -> float:
    """What this disk allows one connection: the smallest transaction that must reach it."""
    count = 0
    with psycopg.connect(database, autocommit=True) as connection:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            connection.execute("SELECT pg_logical_emit_message(true, 'bench', 'x')")
            count += 1
    return count / seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("var"), help="the folder of `up`")
    parser.add_argument("--seconds", type=float, default=10.0, help="of each rate")
    parser.add_argument("--no-peers", action="store_true", help="measure Opale alone")
    parser.add_argument("--bare", action="store_true", help="no rules, and alerts of nothing known")
    asked = parser.parse_args()
    place, known = demo_in(asked.data)
    browser = Browser.of(place.base_url)
    browser.log_in(known["personas"][AGENT]["login"], known["personas"][AGENT]["password"])
    url = known["integrations"]["alertmanager"]["url"]
    bench = Bench(place, url, asked.seconds, browser)
    settle(bench.database)
    commits = durable_commits_per_second(bench.database)
    print(
        f"load {os.getloadavg()[0]:.1f}; {commits:,.0f} durable commits a second on one connection"
    )
    with ExitStack() as stack:
        if not asked.bare:
            stack.enter_context(ruled(bench, known["personas"][TOOLS]["api_token"]))
        few, many, full = measure(bench)
    if not asked.no_peers:
        with tempfile.TemporaryDirectory(prefix="opale-peers-") as folder:
            compare(bench, Path(folder), few, many, full)
    return 0 if bench.kept else 1


def measure(bench: Bench) -> tuple[Rate, Rate, Rate]:
    """Opale alone; single events while few alerts stand and while many do, and hundreds then."""
    singles = partial(bench.measured, over=SINGLES_OVER, batch=1, least=SINGLES, p99=SINGLES_P99_MS)
    hundreds = partial(
        bench.measured, over=HUNDREDS_OVER, batch=100, least=HUNDREDS, p99=HUNDREDS_P99_MS
    )
    few = singles("single events")
    hundreds("hundreds")
    bench.fill()
    many = singles(f"single, {OPEN:,} open")
    full = hundreds(f"hundreds, {OPEN:,} open")
    bench.page("/alerts/")
    return few, many, full


def compare(bench: Bench, folder: Path, few: Rate, many: Rate, full: Rate) -> None:
    """Opale's rates beside those of the peers, which are measured one after the other."""
    with peers.alerta(bench.place.superuser_url, folder) as peer:

        def alerta(url: str, form: Form, batch: int = 1) -> Rate:
            before = busy(peer.process)
            found = rate(url, bench.seconds, over=ALERTA_OVER, batch=batch, form=form)
            each = (busy(peer.process) - before) / max(1, len(found.ledger.acknowledged))
            print(f"{'':<28}an event: alertad {each * 1e6:.0f} us, without PostgreSQL")
            return found

        bench.beside("Alerta, empty", few, alerta(peer.address, to_alerta), OVER_ALERTA)
        peer.fill(OPEN)
        single = alerta(peer.address, to_alerta)
        bench.beside(f"Alerta, {OPEN:,} open", many, single)
        bench.beside("the same beside hundreds", full, single, OVER_ALERTA_FULL)
        # The same groups as Opale's, of alerts that Alerta does not take for one.
        grouped = alerta(peer.webhook, webhook, 100)
        bench.beside(f"Alerta, hundreds, {OPEN:,}", full, grouped)
    with peers.alertmanager(folder) as address:
        found = rate(address, bench.seconds, over=SINGLES_OVER, form=to_alertmanager)
        bench.beside("Alertmanager, in memory", few, found)


if __name__ == "__main__":
    sys.exit(main())
