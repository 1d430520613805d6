"""Senders of alerts that cost little themselves, and a ledger of what was acknowledged.

`Sender` posts alerts with unique ids until it is told to stop, through refusals and lost
connections, and its `Ledger` knows which ids were acknowledged; `Ledger.compare` says which of them
are missing or doubled in what the database holds.
"""

import asyncio
import itertools
import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

PAUSE_SECONDS = 0.05
Form = Callable[[list[str]], bytes]
"""The body of a delivery of these ids, in the words of one tool."""


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
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def new_id(self) -> str:
        self.sent += 1
        return f"{self.prefix}-{next(self.numbers):08d}"

    def acknowledge(self, ids: Iterable[str], milliseconds: float) -> None:
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
    """Posts to one address over some connections, until `stop` is set."""

    def __init__(
        self,
        url: str,
        ledger: Ledger,
        *,
        connections: int = 64,
        batch: int = 1,
        form: Form | None = None,
        pause: float = 0,
    ) -> None:
        """`pause`: how long a connection waits after an acknowledgement, in seconds."""
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        ).encode()
        self.ledger, self.connections, self.batch = ledger, connections, batch
        self.form, self.pause = form or webhook, pause
        self.stop = asyncio.Event()

    async def run(self, seconds: float | None = None) -> None:
        if seconds is not None:
            asyncio.get_running_loop().call_later(seconds, self.stop.set)
        await asyncio.gather(*(self._one() for _ in range(self.connections)))

    async def _one(self) -> None:
        """One connection after another: what was not acknowledged is sent again, under its ids."""
        loop = asyncio.get_running_loop()
        ids: list[str] = []
        while not self.stop.is_set():
            posting = Posting(self, ids)
            try:
                await loop.create_connection(lambda one=posting: one, self.host, self.port)  # type: ignore[misc]  # the default binds this one
            except OSError:
                self.ledger.refusals["no connection"] += 1
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                ids = await posting.over
            if ids and not self.stop.is_set():
                await asyncio.sleep(PAUSE_SECONDS)


class Posting(asyncio.Protocol):
    """One connection: a delivery, its answer, and the next. `over` are the ids under way."""

    def __init__(self, sender: Sender, ids: list[str]) -> None:
        self.sender, self.ids = sender, ids
        self.over: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
        self.heard = b""
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._post()

    def data_received(self, data: bytes) -> None:
        self.heard += data
        head, ended, body = self.heard.partition(b"\r\n\r\n")
        if not ended or len(body) < length_in(head):
            return
        self.heard = b""
        status = head[9:12]
        if status in (b"200", b"201", b"202"):
            took = (perf_counter() - self.began) * 1000
            self.sender.ledger.acknowledge(self.ids, took)
            self.ids = []
            if b"connection: close" in head.lower():
                return
            if pause := self.sender.pause:
                asyncio.get_running_loop().call_later(pause, self._post)
            else:
                self._post()
        else:
            self.sender.ledger.refusals[status.decode("latin-1")] += 1
            asyncio.get_running_loop().call_later(PAUSE_SECONDS, self._post)

    def connection_lost(self, error: Exception | None) -> None:
        if self.ids:
            self.sender.ledger.refusals["connection lost"] += 1
        if not self.over.done():
            self.over.set_result(self.ids)

    def _post(self) -> None:
        sender = self.sender
        if sender.stop.is_set() or self.transport.is_closing():
            with suppress(OSError):
                self.transport.close()
            if not self.over.done():
                self.over.set_result(self.ids)
            return
        if not self.ids:
            self.ids = [sender.ledger.new_id() for _ in range(sender.batch)]
        body = sender.form(self.ids)
        self.began = perf_counter()
        self.transport.write(sender.head % len(body) + body)


def length_in(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


def webhook(ids: list[str]) -> bytes:
    """What Alertmanager would post for one group of these alerts."""
    at = moment()
    alerts = ",".join([ALERT % (one, one, at, one) for one in ids])
    return (GROUP % alerts).encode()


def alerts_about(names: Sequence[str]) -> Form:
    """Alerts of things that Opale knows, one after another, each with labels that rules look at."""

    def form(ids: list[str]) -> bytes:
        at = moment()
        said = []
        for one in ids:
            number = int(one.rpartition("-")[2])
            name = names[number % len(names)]
            said.append(KNOWN % (json.dumps(name), number % 40, one, at, one))
        return (GROUP % ",".join(said)).encode()

    return form


def same_alerts(every: int) -> Form:
    """Each delivery says again what others say: another alert only after so many ids."""

    def form(ids: list[str]) -> bytes:
        at = moment()
        said = []
        for one in ids:
            prefix, _, number = one.rpartition("-")
            key = f"{prefix}-{int(number) // every:08d}"
            said.append(ALERT % (key, one, at, key))
        return (GROUP % ",".join(said)).encode()

    return form


def to_alertmanager(ids: list[str]) -> bytes:
    """The same alerts as Prometheus would post them to Alertmanager itself."""
    at = moment()
    return f"[{','.join([TO_ALERTMANAGER % (one, one, at) for one in ids])}]".encode()


def to_alerta(ids: list[str]) -> bytes:
    """The same alert as Alerta's own API takes it: one at a time."""
    (one,) = ids
    return (TO_ALERTA % (one, one, moment())).encode()


def moment() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


GROUP = '{"version":"4","status":"firing","receiver":"bench","groupKey":"{}:{}","alerts":[%s]}'
ALERT = (
    '{"status":"firing","labels":{"alertname":"Bench","severity":"warning","instance":"%s"},'
    '"annotations":{"summary":"Bench alert %s"},"startsAt":"%s",'
    '"endsAt":"0001-01-01T00:00:00Z","fingerprint":"%s"}'
)
KNOWN = (
    '{"status":"firing","labels":{"alertname":"Bench","severity":"warning","instance":%s,'
    '"job":"node","env":"prod","rack":"r%d"},"annotations":{"summary":"Bench alert %s"},'
    '"startsAt":"%s","endsAt":"0001-01-01T00:00:00Z","fingerprint":"%s"}'
)
TO_ALERTMANAGER = (
    '{"labels":{"alertname":"Bench","severity":"warning","instance":"%s"},'
    '"annotations":{"summary":"Bench alert %s"},"startsAt":"%s"}'
)
TO_ALERTA = (
    '{"event":"Bench","resource":"%s","severity":"warning","environment":"Production",'
    '"service":["Bench"],"text":"Bench alert %s","createTime":"%s"}'
)
