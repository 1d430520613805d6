"""Tickets per second by the API, and how long one takes.

    python bench/tickets.py --data var --seconds 10

With one client, then with sixteen, each waiting for its answer before it asks again. Every ticket
has a customer, a service and a first message, as a customer's own tools would send it; every POST
carries an Idempotency-Key. Prints p50 and p95 in milliseconds and the sustained rate, checks in the
database that what was answered is there once, and ends with 1 where a limit is passed.
"""

import argparse
import asyncio
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

P95_LIMIT_MS = 20.0
RATE_LIMIT = 225.0
CLIENTS = 16
FRAME = "/ui/offline/"


@dataclass
class Run:
    """What one run saw: a duration for each ticket made, the numbers given, the refusals."""

    clients: int
    milliseconds: list[float] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    refused: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.numbers) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


class Client:
    """One connection that posts tickets, one after the other."""

    def __init__(self, base_url: str, token: str, sample: dict[str, int]) -> None:
        parts = urlsplit(base_url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.token, self.sample = token, sample

    async def post(self, run: Run, until: float, name: str) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        count = 0
        while time.perf_counter() < until:
            count += 1
            body = json.dumps(
                {
                    **self.sample,
                    "subject": f"Bench {name} {count}",
                    "body": "The line has been slow since nine this morning.",
                    "kind": "request",
                }
            ).encode()
            began = time.perf_counter()
            writer.write(
                b"POST /api/v1/tickets HTTP/1.1\r\nHost: "
                + f"{self.host}:{self.port}\r\n".encode()
                + f"Authorization: Bearer {self.token}\r\n".encode()
                + f"Idempotency-Key: bench-{name}-{count}-{began}\r\n".encode()
                + b"Content-Type: application/json\r\nContent-Length: "
                + f"{len(body)}\r\n\r\n".encode()
                + body
            )
            status, number = await _answer(reader)
            if status == 201:
                run.milliseconds.append((time.perf_counter() - began) * 1000)
                run.numbers.append(number)
            else:
                run.refused += 1
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    """Status and number. The client shares the cores with what it measures: it reads no more."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    body = await reader.readexactly(int(length[1])) if length else b""
    number = re.search(rb'"number": *(\d+)', body)
    return int(head.split(None, 2)[1]), int(number[1]) if number else 0


async def _run(base_url: str, token: str, sample: dict[str, int], clients: int, s: float) -> Run:
    run = Run(clients)
    began = time.perf_counter()
    posting = (
        Client(base_url, token, sample).post(run, began + s, f"{clients}x{index}")
        for index in range(clients)
    )
    await asyncio.gather(*posting)
    run.seconds = time.perf_counter() - began
    return run


def _get(base_url: str, token: str, path: str) -> dict[str, object]:
    from urllib.request import Request, urlopen

    request = Request(base_url + path, headers={"Authorization": f"Bearer {token}"})
    with urlopen(request) as answer:  # the address of --data, on loopback
        found: dict[str, object] = json.load(answer)
    return found


def _baseline(base_url: str, rounds: int = 40) -> float:
    """Milliseconds of the smallest page, on one connection, in the same run."""
    parts = urlsplit(base_url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80)
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        connection.request("GET", FRAME)
        connection.getresponse().read()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--data", type=Path, default=Path("var"))
    asked.add_argument("--seconds", type=float, default=10.0)
    options = asked.parse_args()
    told = subprocess.run(
        ["./opale", "credentials", "--json", "--data", str(options.data)],
        check=True,
        capture_output=True,
        text=True,
    )
    known = json.loads(told.stdout)
    base_url, token = known["base_url"], known["personas"]["desk_agent"]["api_token"]
    services = _get(base_url, token, "/api/v1/services?limit=50")["items"]
    assert isinstance(services, list)
    service = next(one for one in services if one["state"] == "active")
    sample = {"customer_id": service["customer_id"], "service_id": service["id"]}
    asyncio.run(_run(base_url, token, sample, 2, 1.0))  # fills the caches of the process
    failed = False
    base = _baseline(base_url)
    print(f"load {os.getloadavg()[0]:.1f}; baseline {base:.1f} ms: {FRAME}, a frame alone")
    for clients in (1, CLIENTS):
        run = asyncio.run(_run(base_url, token, sample, clients, options.seconds))
        doubled = len(run.numbers) - len(set(run.numbers))
        failed |= bool(run.refused or doubled)
        print(
            f"{clients:>3} client(s): {run.rate:7.1f}/s   p50 {run.percentile(0.5):6.1f} ms"
            f"   p95 {run.percentile(0.95):6.1f} ms"
            f"   p50 / baseline {run.percentile(0.5) / base:5.1f}x"
            f"   refused {run.refused}   doubled {doubled}"
        )
        failed |= clients == 1 and run.percentile(0.95) > P95_LIMIT_MS
        failed |= clients == CLIENTS and run.rate < RATE_LIMIT
    print(f"limits: p95 {P95_LIMIT_MS:.0f} ms with one client, {RATE_LIMIT:.0f}/s with {CLIENTS}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
