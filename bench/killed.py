"""Every process killed at random moments under posted alerts: nothing acknowledged is lost.

    PYTHONPATH=src:. .venv/bin/python bench/killed.py --kills 20

A throwaway Opale is started; web, worker, planner, gateway, PostgreSQL and `up` itself are killed
(SIGKILL), `--kills` times each in an order and at moments that `--seed` decides, while senders of
bench/senders.py post alerts and keep a ledger. At the end every acknowledged alert must be in
`GET /api/v1/alerts` exactly once, and no process may be left. Exit code 1 otherwise.

With `--same-key` sixteen senders tell of the same alerts all the time, each delivery under an id of
its own; web, worker and PostgreSQL are killed. Every acknowledged id must be among the events, and
no alert may be there twice.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from bench.senders import Comparison, Form, Ledger, Sender, same_alerts, webhook

from opale.cli import installation
from opale.cli.postgres import free_port

ROOT = Path(__file__).parents[1]
UP = "up"
TARGETS = ("web", "worker", "planner", "gateway", "postgres", UP)
READY_WITHIN = 120.0
BACK_WITHIN = 60.0
STOPPED_WITHIN = 60.0
LONGEST_WAIT = 0.6
PAGE = 200
SAME = 400
"""So many deliveries tell of the same alert; then of the next, so that senders race to open it."""
EVENTS = """
    SELECT substring(raw -> 'event' -> 'annotations' ->> 'summary' FROM '[^ ]+$')
    FROM events_event WHERE identity LIKE %s
"""
ALERTS = "SELECT identity FROM events_alert WHERE identity LIKE %s"


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.02)


@dataclass
class Installation:
    """An Opale whose `up` may be killed and started again on the same folder and port."""

    data: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.data.with_suffix(".log")

    def start(self) -> None:
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*self._words("up"), "--port", str(self.port)],
                env=self._environment(),
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._is_ready, READY_WITHIN, f"ready (see {self.log})")

    def stop(self) -> int:
        """The exit code of `up` after SIGTERM."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOPPED_WITHIN)

    def kill(self, name: str) -> None:
        """SIGKILL to one process; back when what replaces it runs."""
        if name == UP and self.process is not None:
            self.process.kill()
            self.process.wait()
            self.start()
            return
        wait_until(lambda: self._alive(name) > 0, BACK_WITHIN, f"{name} runs")
        pid = self._alive(name)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self._alive(name) not in (0, pid), BACK_WITHIN, f"{name} runs again")

    def credentials(self) -> Any:
        told = subprocess.run(
            self._words("credentials", "--json"),
            env=self._environment(),
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        return json.loads(told.stdout)

    def processes(self) -> list[int]:
        """Every living process that was started for this folder (Linux)."""
        sign = os.fsencode(self.data)
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if sign in told and state != "Z" and int(entry.name) != os.getpid():
                found.append(int(entry.name))
        return found

    def _alive(self, name: str) -> int:
        try:
            pid = int(json.loads((self.data / "processes.json").read_text())[name][0])
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, ValueError, KeyError):
            return 0
        return 0 if state == "Z" else pid

    def _is_ready(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise ChildProcessError(self.log.read_text(errors="replace")[-2000:])
        return b"Opale is ready" in self.log.read_bytes()

    def _words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "opale.cli", *words, "--data", str(self.data)]

    @staticmethod
    def _environment() -> dict[str, str]:
        ours = ("OPALE_", "DJANGO_", "DATABASE_", "EMAIL_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {**kept, "PYTHONPATH": str(ROOT / "src")}


@contextmanager
def posting(sender: Sender) -> Iterator[None]:
    """Alerts are posted in a thread until the block ends; what was not acknowledged is repeated."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(sender.run()), daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(sender.stop.set)
        thread.join(30)


def list_alert_identities(base_url: str, token: str, prefix: str) -> Iterator[str]:
    """The identity of each alert of this run in the API, page after page."""
    after = ""
    while True:
        query = f"q={prefix}&limit={PAGE}" + (f"&after={after}" if after else "")
        request = urllib.request.Request(
            f"{base_url}/api/v1/alerts?{query}", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            page = json.load(answer)
        yield from (alert["labels"]["instance"] for alert in page["items"])
        after = page["next"] or ""
        if not after:
            return


@dataclass(frozen=True)
class FoundAlerts:
    """What is there at the end: how much, and how it compares with the ledger."""

    count: int
    comparison: Comparison


def compare_by_api(place: Installation, known: Any, ledger: Ledger) -> FoundAlerts:
    """Each id has an alert of its own."""
    token = known["personas"]["desk_agent"]["api_token"]
    found = list(list_alert_identities(known["base_url"], token, ledger.prefix))
    return FoundAlerts(len(found), ledger.compare(found))


def compare_in_database(place: Installation, known: Any, ledger: Ledger) -> FoundAlerts:
    """Each id has an event at least: a delivery whose answer was lost comes twice. Few alerts."""
    url = installation.open_folder(place.data).superuser_url(installation.DATABASE)
    mark = [f"{ledger.prefix}-%"]
    with psycopg.connect(url) as connection:
        ids = [one for (one,) in connection.execute(EVENTS, mark)]
        alerts = [one for (one,) in connection.execute(ALERTS, mark)]
    return FoundAlerts(
        len(ids), Comparison(ledger.compare(ids).missing, Ledger().compare(alerts).doubled)
    )


@dataclass(frozen=True)
class Plan:
    """Who sends, what is killed meanwhile, and what tells at the end what is there."""

    connections: int
    form: Form
    targets: tuple[str, ...]
    told: Callable[[Installation, Any, Ledger], FoundAlerts]
    pause: float = 0
    """Of each connection after an acknowledgement, in seconds."""


OWN_ALERTS = Plan(2, webhook, TARGETS, compare_by_api)
SAME_ALERTS = Plan(16, same_alerts(SAME), ("web", "worker", "postgres"), compare_in_database)


@dataclass
class Outcome:
    kills: Counter[str]
    ledger: Ledger
    told: int
    comparison: Comparison
    exit_code: int
    left: list[int]

    @property
    def faults(self) -> list[str]:
        found = []
        if self.comparison.missing:
            found.append(f"acknowledged and missing: {self.comparison.missing[:5]} ...")
        if self.comparison.doubled:
            found.append(f"doubled: {self.comparison.doubled[:5]} ...")
        if self.exit_code:
            found.append(f"up ended with {self.exit_code}")
        if self.left:
            found.append(f"processes left: {self.left}")
        return found


def run(
    place: Installation, kills: int, seed: int, say: Callable[[str], None], plan: Plan = OWN_ALERTS
) -> Outcome:
    """Kill each target `kills` times while alerts are posted, then compare."""
    chance = random.Random(seed)
    order = [name for name in plan.targets for _ in range(kills)]
    chance.shuffle(order)
    ledger = Ledger()
    try:
        place.start()
        known = place.credentials()
        url = known["integrations"]["alertmanager"]["url"]
        sender = Sender(url, ledger, connections=plan.connections, form=plan.form, pause=plan.pause)
        with posting(sender):
            for number, name in enumerate(order, 1):
                before = len(ledger.acknowledged)
                wait_until(lambda n=before: len(ledger.acknowledged) > n, BACK_WITHIN, "a success")  # type: ignore[misc]  # the default binds the number of this round
                time.sleep(chance.uniform(0, LONGEST_WAIT))
                place.kill(name)
                say(f"{number:4}/{len(order)} {name:9} {len(ledger.acknowledged):7} acknowledged")
            before = len(ledger.acknowledged)
            wait_until(lambda: len(ledger.acknowledged) > before, BACK_WITHIN, "a last success")
        told = plan.told(place, known, ledger)
    finally:
        code = place.stop()
    return Outcome(Counter(order), ledger, told.count, told.comparison, code, place.processes())


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20, help="of each process")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--same-key", action="store_true", help="sixteen tell of the same alerts")
    asked = parser.parse_args()
    plan = SAME_ALERTS if asked.same_key else OWN_ALERTS
    with tempfile.TemporaryDirectory(prefix="opale-killed-") as folder:
        outcome = run(Installation(Path(folder) / "data"), asked.kills, asked.seed, print, plan)
    ledger = outcome.ledger
    print(f"kills                 {sum(outcome.kills.values())}: {dict(outcome.kills)}")
    print(f"sent                  {ledger.sent}")
    print(f"acknowledged          {len(ledger.acknowledged)}")
    print(f"found at the end      {outcome.told}")
    print(f"refused or lost       {dict(ledger.refusals)}")
    for fault in outcome.faults:
        print(fault, file=sys.stderr)
    if not outcome.faults:
        print("Nothing acknowledged is missing, nothing is doubled, nothing is left running.")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
