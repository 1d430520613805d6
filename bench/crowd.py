"""Pages for sixteen people at once, and how long a reply takes to be saved.

    PYTHONPATH=src:. .venv/bin/python bench/crowd.py --data var --seconds 10

Sixteen clients of the service desk, each waiting for its page before it asks for the next, ask for
queues, then for tickets from anywhere. One client then writes replies by the API on tickets that
it owns, each with an Idempotency-Key of its own: use a throwaway installation. Limits: 70 queues
and 100 tickets a second with two web processes, p95 20 ms for a reply. Exit code 1 outside them.
Beside each stands the processor time of one request, which other work on the machine changes less.
"""

import argparse
import asyncio
import json
import os
import re
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import psycopg
from bench.demo import demo_in
from bench.memory import family
from bench.pages import AGENT, FRAME, WARM, Browser, Times
from bench.tickets import CLIENTS
from bench.visits import OPEN, visits

RATES = {"queue": 70.0, "ticket": 100.0}
REPLY_P95_MS = 20.0
OWN = f"SELECT number FROM {OPEN} AND owner_id = (SELECT id FROM organisation_person WHERE user_id"
OWN += " = (SELECT id FROM organisation_user WHERE email = %s))"
OWN += " AND contact_id IN (SELECT id FROM customers_contact WHERE email <> '') LIMIT 50"
BODY = "We look into it and tell you more before noon."


@dataclass
class ConcurrentClients:
    """Clients with the cookies of one login, and how long each answer took them."""

    browser: Browser
    addresses: list[str]
    milliseconds: list[float] = field(default_factory=list)
    refused: int = 0

    def rate(self, seconds: float) -> float:
        """Answers a second."""
        began = time.perf_counter()
        asyncio.run(self._ask_until(began + seconds))
        return len(self.milliseconds) / (time.perf_counter() - began)

    async def _ask_until(self, until: float) -> None:
        await asyncio.gather(*(self._client(Random(one), until) for one in range(CLIENTS)))

    async def _client(self, chance: Random, until: float) -> None:
        reader, writer = await asyncio.open_connection(self.browser.host, self.browser.port)
        cookies = "; ".join(f"{name}={one.value}" for name, one in self.browser.cookies.items())
        host = f"{self.browser.host}:{self.browser.port}"
        while (began := time.perf_counter()) < until:
            asked = f"GET {chance.choice(self.addresses)} HTTP/1.1\r\nHost: {host}\r\n"
            writer.write(f"{asked}Accept-Language: en\r\nCookie: {cookies}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if length := re.search(rb"(?i)\r\ncontent-length: *(\d+)", head):
                await reader.readexactly(int(length[1]))
            if head.split(None, 2)[1] == b"200":
                self.milliseconds.append((time.perf_counter() - began) * 1000)
            else:
                self.refused += 1
        writer.close()

    def percentile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


@dataclass
class Writer:
    """Writes replies on tickets in turn."""

    browser: Browser
    token: str
    numbers: list[int]
    written: int = 0

    def write(self) -> None:
        number = self.numbers[self.written % len(self.numbers)]
        self.written += 1
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"bench-{number}-{self.written}-{time.time_ns()}",
        }
        self.browser.post(f"/api/v1/tickets/{number}/messages", {"body": BODY}, **headers)


@dataclass
class Processors:
    """How long processes, the web's and PostgreSQL's if not told others, kept processors busy."""

    folder: Path
    names: tuple[str, ...] = ("web", "postgres")
    before: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        self.before = self._seconds()

    def each(self, requests: int, unit: str = "ms") -> str:
        """Since `begin`, of one of so many requests."""
        parts = {"ms": 1e3, "us": 1e6}[unit] / max(1, requests)
        used = {name: now - self.before[name] for name, now in self._seconds().items()}
        return "  ".join(f"{name} {seconds * parts:.1f} {unit}" for name, seconds in used.items())

    def _seconds(self) -> dict[str, float]:
        started = json.loads((self.folder / "processes.json").read_text())
        return {
            name: sum(map(busy, family(int(started[name][0]))))
            for name in self.names
            if name in started
        }


def busy(pid: int) -> float:
    """Seconds of a process and of those of its children that ended, in their own code and in the
    system's (proc(5), fields 14 to 17): what was busy stays counted when it ends."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0  # it ended meanwhile, as the workers of PostgreSQL do
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("var"), help="the folder of `up`")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=100, help="replies")
    asked = parser.parse_args()
    place, known = demo_in(asked.data)
    agent = known["personas"][AGENT]
    browser, program = Browser.of(place.base_url), Browser.of(place.base_url)
    browser.log_in(agent["login"], agent["password"])
    with psycopg.connect(place.environment()["DATABASE_URL"]) as connection:
        addresses = {v.name: [*v.addresses] for v in visits(connection) if v.name in RATES}
        numbers = [number for (number,) in connection.execute(OWN, [agent["login"]])]
    if not numbers:
        raise SystemExit("The desk agent has no open ticket of his own to reply on: take one.")
    base = Times.of(partial(browser.get, FRAME), 40).median.total_seconds() * 1000
    print(f"load {os.getloadavg()[0]:.1f}; baseline {base:.1f} ms: {FRAME}, a frame alone")
    kept, processors = True, Processors(place.folder)
    for name, limit in RATES.items():
        ConcurrentClients(browser, addresses[name]).rate(1.0)  # fills the caches of the processes
        crowd = ConcurrentClients(browser, addresses[name])
        processors.begin()
        rate = crowd.rate(asked.seconds)
        each = processors.each(len(crowd.milliseconds))
        kept &= rate >= limit and not crowd.refused
        print(
            f"{name:<8} {CLIENTS} clients {rate:7.1f}/s   p50 {crowd.percentile(0.5):6.1f} ms"
            f"   p95 {crowd.percentile(0.95):6.1f} ms   refused {crowd.refused}"
            f"   limit {limit:.0f}/s   each: {each}"
        )
    processors.begin()
    saved = Times.of(Writer(program, agent["api_token"], numbers).write, asked.rounds)
    p50, p95 = (one.total_seconds() * 1000 for one in (saved.median, saved.p95))
    kept &= p95 <= REPLY_P95_MS
    print(
        f"reply     1 client            p50 {p50:6.1f} ms   p95 {p95:6.1f} ms"
        f"   p95 / baseline {p95 / base:.1f}x   limit {REPLY_P95_MS:.0f} ms"
        f"   each: {processors.each(asked.rounds + WARM)}"
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
