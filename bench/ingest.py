"""Events per second over HTTP, and a ledger that proves that nothing acknowledged was lost.

    python bench/ingest.py --url http://127.0.0.1:8000/ingest/alertmanager/KEY \
        --database postgresql://... --seconds 10 --connections 64 --batch 1

As a library: `Sender` posts alerts with unique ids until it is told to stop, through refusals and
lost connections, and its `Ledger` knows which ids were acknowledged; `Ledger.compare` says which of
them are missing or doubled in what the database holds.
"""

import argparse
import asyncio
import itertools
import json
import secrets
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

BASELINE_SECONDS = 3.0
PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Comparison:
    """`missing`: acknowledged and not there. `doubled`: there more than once."""

    missing: list[str]
    doubled: list[str]

    @property
    def holds(self) -> bool:
        return not self.missing and not self.doubled


@dataclass
class Ledger:
    """What was sent and what was acknowledged, by id; written down at once if a file is given."""

    path: Path | None = None
    prefix: str = field(default_factory=lambda: f"bench-{secrets.token_hex(4)}")
    sent: int = 0
    acknowledged: set[str] = field(default_factory=set)
    milliseconds: list[float] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)

    def acknowledge(self, ids: Iterable[str], milliseconds: float) -> None:
        ids = list(ids)
        self.acknowledged.update(ids)
        self.milliseconds.append(milliseconds)
        if self.path:
            with self.path.open("a", encoding="utf-8") as ledger:
                ledger.writelines(f"{one}\n" for one in ids)

    def compare(self, found: Iterable[str]) -> Comparison:
        counted = Counter(found)
        return Comparison(
            sorted(self.acknowledged - counted.keys()),
            sorted(one for one, count in counted.items() if count > 1),
        )

    def percentile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class Sender:
    """Posts to one integration over some connections, until `stop` is set."""

    def __init__(self, url: str, ledger: Ledger, *, connections: int = 64, batch: int = 1) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        self.ledger, self.connections, self.batch = ledger, connections, batch
        self.numbers = itertools.count(1)
        self.stop = asyncio.Event()

    async def run(self, seconds: float | None = None) -> None:
        if seconds is not None:
            asyncio.get_running_loop().call_later(seconds, self.stop.set)
        await asyncio.gather(*(self._one() for _ in range(self.connections)))

    async def _one(self) -> None:
        """One connection after another: what was not acknowledged is sent again, under its ids."""
        ids: list[str] = []
        while not self.stop.is_set():
            try:
                reader, writer = await asyncio.open_connection(self.host, self.port)
            except OSError:
                self.ledger.refusals["no connection"] += 1
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            try:
                while not self.stop.is_set():
                    ids = ids or [self._new_id() for _ in range(self.batch)]
                    began = time.perf_counter()
                    status = await self._post(reader, writer, ids)
                    if status == 200:
                        self.ledger.acknowledge(ids, (time.perf_counter() - began) * 1000)
                        ids = []
                    else:
                        self.ledger.refusals[str(status)] += 1
                        await asyncio.sleep(PAUSE_SECONDS)
            except (OSError, asyncio.IncompleteReadError, ValueError):
                self.ledger.refusals["connection lost"] += 1
            finally:
                writer.close()

    def _new_id(self) -> str:
        self.ledger.sent += 1
        return f"{self.ledger.prefix}-{next(self.numbers):08d}"

    async def _post(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ids: list[str]
    ) -> int:
        body = json.dumps(webhook(ids)).encode()
        writer.write(self.head + str(len(body)).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        length = next(
            (int(x.partition(":")[2]) for x in lines if x.startswith("content-length:")), 0
        )
        await reader.readexactly(length)
        return int(lines[0].split()[1])


def webhook(ids: list[str]) -> dict[str, object]:
    """What Alertmanager would post for one group of these alerts."""
    moment = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return {
        "version": "4",
        "status": "firing",
        "receiver": "bench",
        "groupKey": "{}:{}",
        "alerts": [
            {
                "status": "firing",
                "labels": {"alertname": "Bench", "severity": "warning", "instance": one},
                "annotations": {"summary": f"Bench alert {one}"},
                "startsAt": moment,
                "endsAt": "0001-01-01T00:00:00Z",
                "fingerprint": one,
            }
            for one in ids
        ],
    }


def found_in(database: str, prefix: str) -> Iterator[str]:
    """The ids of that ledger which the database holds, once for each alert."""
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT identity FROM events_alert WHERE identity LIKE %s", [f"{prefix}-%"]
        )
        for (identity,) in rows:
            yield identity


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
    parser.add_argument("--url", required=True, help="the address of an integration, with its key")
    parser.add_argument("--database", help="to compare the ledger, and to measure the disk")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--batch", type=int, default=1, help="alerts in one delivery")
    parser.add_argument("--ledger", type=Path, help="where to write down what was acknowledged")
    asked = parser.parse_args()
    baseline = durable_commits_per_second(asked.database) if asked.database else 0.0
    ledger = Ledger(asked.ledger)
    sender = Sender(asked.url, ledger, connections=asked.connections, batch=asked.batch)
    began = time.perf_counter()
    asyncio.run(sender.run(asked.seconds))
    rate = len(ledger.acknowledged) / (time.perf_counter() - began)
    print(f"events acknowledged   {len(ledger.acknowledged)} ({rate:,.0f}/s)")
    print(f"deliveries of         {asked.batch}, over {asked.connections} connections")
    if ledger.milliseconds:
        print(
            f"time to acknowledge   p50 {statistics.median(ledger.milliseconds):.0f} ms,"
            f" p99 {ledger.percentile(0.99):.0f} ms"
        )
    print(f"refused or lost       {dict(ledger.refusals) or 'nothing'}")
    if not asked.database:
        return 0
    compared = ledger.compare(found_in(asked.database, ledger.prefix))
    print(f"durable commits       {baseline:,.0f}/s; events per commit {rate / baseline:.1f}")
    print(f"missing               {len(compared.missing)}")
    print(f"doubled               {len(compared.doubled)}")
    return 0 if compared.holds else 1


if __name__ == "__main__":
    sys.exit(main())
