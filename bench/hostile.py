"""A desk goes on working while people of the same Opale misuse what they may do.

    ./opale up --data /tmp/hostile &
    PYTHONPATH=src:. .venv/bin/python bench/hostile.py --data /tmp/hostile

One attack after another, each by somebody of the demo company with the rights that this person has:
readers that take nothing of a large file, requests that never end, receivers that answer a byte
every two seconds, answers and calendars that unpack to gigabytes, 2,000 live streams of one
contact, 100,000 API calls of another. Beside each a desk agent opens the queue and tickets and
records calls; how long that takes is compared with the same beside nothing, which comes first.

Exit code 1 where the desk was refused or waited too long, where a call that it recorded is lost,
where a page or a webhook for somebody else came late, where an answer was a 5xx, or where a process
kept much more memory. What is written stays: use a throwaway installation. `--scale 0.02` is a
trial of the bench itself.
"""

import argparse
import asyncio
import http.client
import json
import os
import resource
import socket
import statistics
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
from bench.demo import demo_in
from bench.memory import family
from bench.pages import Browser

AGENT, CONTACT, OTHER_CONTACT = "desk_agent", "customer_contact", "foreign_contact"
EMPLOYEES = ("provisioner", "build_engineer", "solution_architect", "project_manager")
ON_CALL = "run_engineer"
P95_LIMIT = 1.0
"""Beside nothing; beside an attack it is so many times what it was then."""
TIMES_QUIET = 2.0
LONGEST_LIMIT = 5.0
PATIENCE = 25.0
"""Seconds after which the desk gives a request up."""
ARRIVES_WITHIN = 30.0
"""Of what is sent to a receiver that answers, beside those that do not."""
GROWTH_LIMIT_MB = 250.0
"""Of the peak of any process, with files, mails and texts at their limits under way."""
FILE_BYTES = 19 * 1024 * 1024
UNPACKED_BYTES = 800 * 1024 * 1024
TEXT_BYTES = 24 * 1024 * 1024
PAGE_BYTES = 2 * 1024 * 1024
REPETITIONS = 200_000
PATTERN = r"text:/^(.*)(.*)(.*)\3\2\1x?$/"
QUERY_WITHIN = 30.0
LONG = """
    FROM pg_stat_activity
    WHERE state = 'active' AND query LIKE '%events_alert%' AND pid <> pg_backend_pid()
      AND now() - query_start > interval '2 seconds'
"""
CLIENTS = 16
SLOW_HOST, BOMB_HOST, QUICK_HOST = "127.0.0.2", "127.0.0.3", "127.0.0.1"


@dataclass
class Program:
    """Somebody's program: one connection a call."""

    base_url: str
    token: str

    def call(
        self, verb: str, path: str, content: object = None, *, seconds: float = 60
    ) -> tuple[int, Any]:
        """Return status and answer; (0, reason) where none came."""
        body = None if content is None else json.dumps(content).encode()
        return self.send(verb, path, body, "application/json", seconds=seconds)

    def send(
        self, verb: str, path: str, body: bytes | None, kind: str, *, seconds: float = 60
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        return ask(self.base_url, verb, path, body, headers, seconds)


def ask(
    base_url: str,
    verb: str,
    path: str,
    body: bytes | None,
    headers: dict[str, str],
    seconds: float,
) -> tuple[int, Any]:
    parts = urlsplit(base_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request(verb, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error) or type(error).__name__
    finally:
        connection.close()
    try:
        return answer.status, json.loads(content)
    except ValueError:
        return answer.status, content


@dataclass
class Ground:
    """The installation under attack."""

    folder: Path
    base_url: str
    database: str
    personas: dict[str, dict[str, str]]
    integrations: dict[str, dict[str, str]]
    scale: float

    def many(self, count: int) -> int:
        return max(2, int(count * self.scale))

    def program(self, name: str) -> Program:
        return Program(self.base_url, self.personas[name]["api_token"])

    def browser(self, name: str) -> Browser:
        browser = Browser.of(self.base_url)
        browser.log_in(self.personas[name]["login"], self.personas[name]["password"])
        return browser

    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.base_url)
        return socket.gethostbyname(parts.hostname or ""), parts.port or 80

    def peaks(self) -> dict[str, float]:
        """The most memory that each process of Opale has held, in MB, by name and process."""
        started = json.loads((self.folder / "processes.json").read_text())
        found = {}
        for name in ("web", "worker", "gateway"):
            for pid in family(int(started[name][0])):
                with suppress(OSError, StopIteration):
                    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                    peak = next(line for line in lines if line.startswith("VmHWM:"))
                    found[f"{name} {pid}"] = int(peak.split()[1]) / 1024
        return found


@dataclass
class Desk:
    """One desk agent at work: the queue, a ticket, and now and then a call that is recorded."""

    ground: Ground
    browser: Browser
    tickets: list[int]
    waits: list[float] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    recorded: list[int] = field(default_factory=list)
    """Numbers of the tickets of the calls that were answered by 201."""

    @contextmanager
    def at_work(self) -> Iterator[None]:
        ended = threading.Event()
        thread = threading.Thread(target=self._work, args=(ended,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(PATIENCE + 5)

    def _work(self, ended: threading.Event) -> None:
        cookies = "; ".join(f"{n}={one.value}" for n, one in self.browser.cookies.items())
        program, turn = self.ground.program(AGENT), 0
        while not ended.is_set():
            turn += 1
            began = time.perf_counter()
            if turn % 10 == 0:
                said = {"subject": "Recorded beside an attack", "source": "phone"}
                what = "POST /api/v1/tickets"
                status, made = program.call("POST", "/api/v1/tickets", said, seconds=PATIENCE)
                if status == 201:
                    self.recorded.append(made["number"])
            else:
                number = self.tickets[turn % len(self.tickets)]
                what = "/desk/" if turn % 2 else f"/tickets/{number}/"
                headers = {"Cookie": cookies, "Accept-Language": "en"}
                status, _answer = ask(self.ground.base_url, "GET", what, None, headers, PATIENCE)
            self.waits.append(time.perf_counter() - began)
            if status not in (200, 201):
                self.refusals[f"{what.rstrip('/0123456789')} {status or 'no answer'}"] += 1
            ended.wait(0.02)

    def lost(self) -> list[int]:
        """Return the numbers of recorded calls that are not there."""
        program = self.ground.program(AGENT)
        return [n for n in self.recorded if program.call("GET", f"/api/v1/tickets/{n}")[0] != 200]

    def faults(self, p95_limit: float = P95_LIMIT) -> Iterator[str]:
        if self.refusals:
            yield f"the desk was refused: {dict(self.refusals)}"
        if self.p95 > p95_limit:
            yield f"the desk waited {self.p95:.3f} s, p95, of {p95_limit:.3f}"
        if max(self.waits) > LONGEST_LIMIT:
            yield f"the desk waited {max(self.waits):.1f} s once"

    @property
    def p95(self) -> float:
        return sorted(self.waits)[int(len(self.waits) * 0.95)]


@dataclass
class Receiver:
    """A web server that answers as badly as it can: by its path `/drip`, `/bomb` or anything."""

    host: str
    bomb: bytes = b""
    heard: dict[str, float] = field(default_factory=dict)
    connections: int = 0
    port: int = 0

    @contextmanager
    def running(self) -> Iterator["Receiver"]:
        loop, ready = asyncio.new_event_loop(), threading.Event()

        async def serve() -> None:
            server = await asyncio.start_server(self._answer, self.host, 0)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            with suppress(asyncio.CancelledError):
                await server.serve_forever()

        def run() -> None:
            with suppress(RuntimeError, asyncio.CancelledError):
                loop.run_until_complete(serve())

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        ready.wait(10)
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(loop)])
            thread.join(10)

    def arrived(self, path: str, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while path not in self.heard and time.monotonic() < until:
            time.sleep(0.05)
        return path in self.heard

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split()[1].decode()
            self.heard.setdefault(path, time.monotonic())
            if path.startswith("/drip"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while True:
                    await asyncio.sleep(2)
                    writer.write(b"x")
                    await writer.drain()
            if path.startswith("/bomb"):
                kind = b"Content-Type: text/plain\r\nContent-Encoding: gzip\r\n"
                length = b"Content-Length: %d\r\n\r\n" % len(self.bomb)
                writer.write(b"HTTP/1.1 200 OK\r\n" + kind + length + self.bomb)
            else:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
        writer.close()


Faults = list[str]
Told = list[str]


@contextmanager
def nothing(ground: Ground, faults: Faults) -> Iterator[Told]:
    """Beside nothing: what the desk is compared with."""
    yield ["nobody"]


@contextmanager
def slow_readers(ground: Ground, faults: Faults) -> Iterator[Told]:
    """A contact asks for a file on its own ticket, many times, and reads none of it."""
    contact = ground.program(CONTACT)
    path = attach(contact, FILE_BYTES)
    head = f"GET {path} HTTP/1.1\r\nHost: {urlsplit(ground.base_url).netloc}\r\n"
    head += f"Authorization: Bearer {contact.token}\r\n\r\n"
    count = ground.many(50)
    with opened(ground, count, head.encode()):
        yield [f"{count} readers of {FILE_BYTES >> 20} MB"]


def attach(contact: Program, size: int) -> str:
    """Attach a file to a ticket of the contact's own; return where its content is."""
    status, ticket = contact.call("POST", "/api/v1/tickets", {"subject": "With a large file"})
    require(status == 201, f"no ticket: {status} {ticket}")
    mark = "----hostile"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="large.txt"\r\n\r\n'
    body = head.encode() + b"word " * (size // 5) + f"\r\n--{mark}--\r\n".encode()
    where = f"/api/v1/tickets/{ticket['number']}"
    kind = f"multipart/form-data; boundary={mark}"
    status, file = contact.send("POST", f"{where}/attachments", body, kind)
    require(status == 201, f"no attachment: {status} {file}")
    said = {"body": "Here it is.", "attachments": [file["id"]]}
    status, told = contact.call("POST", f"{where}/messages", said)
    require(status == 201, f"no message: {status} {told}")
    return f"{where}/attachments/{file['id']}/content"


def require(holds: bool, why: str) -> None:
    if not holds:
        raise SystemExit(f"The attack could not be begun: {why}")


@contextmanager
def half_requests(ground: Ground, faults: Faults) -> Iterator[Told]:
    """Anybody begins requests and does not end them."""
    head = f"POST /account/login/ HTTP/1.1\r\nHost: {urlsplit(ground.base_url).netloc}\r\n"
    half, bodies = ground.many(1500), ground.many(300)
    with opened(ground, half, head.encode()):
        body = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9999\r\n\r\na"
        with opened(ground, bodies, head.encode() + body):
            yield [f"{half} heads and {bodies} bodies that do not end"]


@contextmanager
def opened(ground: Ground, count: int, said: bytes) -> Iterator[list[socket.socket]]:
    """Connections that say something, take at most a few KB and are held open."""
    with ExitStack() as stack:
        held = []
        for _ in range(count):
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.settimeout(PATIENCE)
            with suppress(OSError):
                one.connect(ground.address())
                one.sendall(said)
                held.append(one)
        yield held


@contextmanager
def streams(ground: Ground, faults: Faults) -> Iterator[Told]:
    """A contact opens live streams; others are to have theirs."""
    browser, count = ground.browser(CONTACT), ground.many(2000)
    with opened(ground, count, live(browser)) as held:
        taken = sum(answered(one) == 200 for one in held)
        with opened(ground, 1, live(ground.browser(AGENT))) as (other,):
            status = answered(other)
            if status != 200:
                faults.append(f"a stream of the desk's was answered by {status or 'nothing'}")
            yield [f"{taken} of {count} streams open"]


def live(browser: Browser) -> bytes:
    cookies = "; ".join(f"{name}={one.value}" for name, one in browser.cookies.items())
    return f"GET /live HTTP/1.1\r\nHost: {browser.host}\r\nCookie: {cookies}\r\n\r\n".encode()


def answered(one: socket.socket) -> int:
    """The status that a connection was answered by, or 0."""
    with suppress(OSError, ValueError, IndexError):
        return int(one.recv(64).split()[1])
    return 0


@contextmanager
def drips(ground: Ground, faults: Faults) -> Iterator[Told]:
    """Employees are paged at receivers that drip, a contact's webhooks go there; others' leave."""
    with Receiver(SLOW_HOST).running() as slow, Receiver(QUICK_HOST).running() as quick:
        count = ground.many(40)
        page(ground, EMPLOYEES[0], slow, [f"/drip{n}" for n in range(count)])
        page(ground, EMPLOYEES[1], slow, [f"/drip-too{n}" for n in range(count)])
        hook(ground, CONTACT, slow, [f"/drip-hook{n}" for n in range(count)])
        slow.arrived("/drip0", 10)
        time.sleep(2)
        before = time.monotonic()
        page(ground, ON_CALL, quick, ["/page"])
        hook(ground, OTHER_CONTACT, quick, ["/hook"])
        for path in ("/page", "/hook"):
            if not quick.arrived(path, before + ARRIVES_WITHIN - time.monotonic()):
                faults.append(f"{path} for somebody else did not leave in {ARRIVES_WITHIN:.0f} s")
        late = [moment - before for moment in quick.heard.values()]
        waited = f"others' left after {max(late):.1f} s" if late else "others' did not leave"
        yield [f"{slow.connections} held by a dripping receiver", waited]


def page(ground: Ground, name: str, receiver: Receiver, paths: list[str]) -> None:
    """Let somebody make contact methods, to each of which a code is sent at once."""
    program = ground.program(name)
    for path in paths:
        address = f"json://{receiver.host}:{receiver.port}{path}"
        status, told = program.call(
            "POST", "/api/v1/paging/contacts", {"kind": "channel", "address": address}
        )
        if status >= 400:  # so many are enough, says Opale
            require(path != paths[0], f"no contact method: {status} {told}")
            return


def hook(ground: Ground, name: str, receiver: Receiver, paths: list[str]) -> None:
    """Let somebody make webhooks and try each; those of an attack before make room for them."""
    program = ground.program(name)
    _status, old = program.call("GET", "/api/v1/webhooks?limit=100")
    for one in items(old):
        program.call("DELETE", f"/api/v1/webhooks/{one['id']}")
    _status, known = program.call("GET", "/api/v1/webhooks/events")
    events = [one["name"] if isinstance(one, dict) else one for one in items(known)][:1]
    for path in paths:
        url = f"http://{receiver.host}:{receiver.port}{path}"
        said = {"name": path, "url": url, "events": events}
        status, made = program.call("POST", "/api/v1/webhooks", said)
        if status >= 400:
            require(path != paths[0], f"no webhook: {status} {made}")
            return
        program.call("POST", f"/api/v1/webhooks/{made['id']}/ping")


def items(answer: Any) -> list[Any]:
    found: list[Any] = answer["items"] if isinstance(answer, dict) else answer
    return found


@contextmanager
def bombs(ground: Ground, faults: Faults) -> Iterator[Told]:
    """Small things that become large: answers, calendars, patterns, texts."""
    size = max(1 << 20, int(UNPACKED_BYTES * ground.scale))
    with Receiver(BOMB_HOST, bomb=packed(size)).running() as receiver:
        page(ground, EMPLOYEES[2], receiver, [f"/bomb{n}" for n in range(8)])
        hook(ground, CONTACT, receiver, ["/bomb-hook"])
        receiver.arrived("/bomb0", 30)
        told = [calendar(ground, faults), pattern(ground, faults), text(ground, faults)]
        yield [f"answers of {size >> 20} MB", *told]


def packed(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(size >> 20)) + packer.flush()


def calendar(ground: Ground, faults: Faults) -> str:
    """An employee's calendar says an absence every second."""
    browser, mark = ground.browser(EMPLOYEES[3]), "----hostile"
    count = max(10, int(REPETITIONS * ground.scale))
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:1", "SUMMARY:a"]
    when = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + 86_400))
    lines += [f"DTSTART:{when}", "DURATION:PT1S", f"RRULE:FREQ=SECONDLY;COUNT={count}"]
    file = "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""])
    token = browser.cookies["csrftoken"].value
    body = f'--{mark}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}'
    body += f'\r\n--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.ics"'
    body += f"\r\nContent-Type: text/calendar\r\n\r\n{file}\r\n--{mark}--\r\n"
    cookies = "; ".join(f"{name}={one.value}" for name, one in browser.cookies.items())
    headers = {
        "Content-Type": f"multipart/form-data; boundary={mark}",
        "Cookie": cookies,
        "Referer": f"{ground.base_url}/shifts/calendars/",
    }
    began = time.perf_counter()
    status, _page = ask(
        ground.base_url, "POST", "/shifts/calendars/absences/", body.encode(), headers, 120
    )
    took = time.perf_counter() - began
    if took > LONGEST_LIMIT or not 200 <= status < 500:
        faults.append(f"a calendar of {len(file)} bytes: {status or 'no answer'}, {took:.1f} s")
    return f"calendar {status} in {took:.1f} s"


def pattern(ground: Ground, faults: Faults) -> str:
    """A tool asks for alerts by a pattern with references to itself, and leaves."""
    known = ground.integrations["alerta"]
    root, headers = urlsplit(known["url"]).path, {"Content-Type": "application/json"}
    headers["Authorization"] = f"Key {known['key']}"
    for number in range(30):
        said = {"event": f"Bench {number}", "resource": f"r{number}", "environment": "Production"}
        said |= {"service": ["Bench"], "severity": "minor", "text": "a" * 860}  # type: ignore[dict-item]  # a body
        body = json.dumps(said).encode()
        ask(ground.base_url, "POST", f"{root.rstrip('/')}/alert", body, headers, 30)
    where = f"{root.rstrip('/')}/alerts?q={quote(PATTERN)}"
    status, _answer = ask(ground.base_url, "GET", where, None, headers, 5)
    if status >= 500:
        faults.append(f"a pattern was answered by {status}")
    with psycopg.connect(ground.database, autocommit=True) as session:
        until = time.monotonic() + QUERY_WITHIN
        while (busy := running(session)) and time.monotonic() < until:
            time.sleep(0.5)
        if busy:
            faults.append(f"a query that nobody waits for runs for {busy:.0f} s")
            session.execute(f"SELECT pg_cancel_backend(pid) {LONG}")
    return f"pattern {status or 'left'}"


def running(session: psycopg.Connection[Any]) -> float:
    """Seconds for which the longest query on alerts has run; 0 for none."""
    row = session.execute(
        f"SELECT extract(epoch FROM max(now() - query_start))::float {LONG}"
    ).fetchone()
    return float(row[0]) if row and row[0] else 0.0


def text(ground: Ground, faults: Faults) -> str:
    """A contact writes a ticket of many megabytes; the desk opens it."""
    size = max(1 << 20, int(TEXT_BYTES * ground.scale))
    said = {"subject": "A long story", "body": "word " * (size // 5)}
    status, ticket = ground.program(CONTACT).call("POST", "/api/v1/tickets", said)
    if status != 201:
        if status >= 500 or not status:
            faults.append(f"a text of {size >> 20} MB was answered by {status or 'nothing'}")
        return f"text {status}"
    browser = ground.browser(AGENT)
    shown = len(browser.get(f"/tickets/{ticket['number']}/"))
    if shown > PAGE_BYTES:
        faults.append(f"the page of a ticket has {shown / 1e6:.1f} MB")
    return f"text 201, page of {shown / 1e6:.1f} MB"


@contextmanager
def calls(ground: Ground, faults: Faults) -> Iterator[Told]:
    """A contact's program asks and asks, on sixteen connections."""
    answers: Counter[int] = Counter()
    left = iter(range(ground.many(100_000)))
    lock = threading.Lock()
    head = {"Authorization": f"Bearer {ground.program(CONTACT).token}"}

    def ask_on() -> None:
        host, port = ground.address()
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        netloc = {"Host": urlsplit(ground.base_url).netloc}
        while True:
            with lock:
                if next(left, None) is None:
                    return
            try:
                connection.request("GET", "/api/v1/tickets?limit=20", headers=head | netloc)
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                connection.close()
                status = 0
            with lock:
                answers[status] += 1

    threads = [threading.Thread(target=ask_on, daemon=True) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    told = [f"{CLIENTS} clients"]
    yield told
    for thread in threads:
        thread.join()
    rate = sum(answers.values()) / (time.perf_counter() - began)
    told.append(f"answers {dict(sorted(answers.items()))}, {rate:.0f}/s")
    if bad := {status: n for status, n in answers.items() if status >= 500 or not status}:
        faults.append(f"calls were answered by {bad}")


ATTACKS: dict[str, Callable[..., Any]] = {
    "nothing": nothing,
    "slow readers": slow_readers,
    "half requests": half_requests,
    "streams": streams,
    "drips": drips,
    "bombs": bombs,
    "calls": calls,
}


def try_attack(
    ground: Ground, name: str, desk: Desk, seconds: float, p95_limit: float = P95_LIMIT
) -> Faults:
    """Let the desk work beside an attack; return what did not hold."""
    faults: Faults = []
    before = ground.peaks()
    with desk.at_work(), ATTACKS[name](ground, faults) as told:
        time.sleep(seconds)
    faults += desk.faults(p95_limit)
    if lost := desk.lost():
        faults.append(f"calls that the desk recorded are lost: {lost}")
    for process, peak in ground.peaks().items():
        growth = peak - before.get(process, peak)
        if growth > GROWTH_LIMIT_MB:
            faults.append(f"{process} grew by {growth:.0f} MB")
    print(
        f"{name:14} {len(desk.waits):5} of the desk's   p50 {statistics.median(desk.waits):6.3f} s"
        f"   p95 {desk.p95:6.3f} s   longest {max(desk.waits):6.3f} s   {'; '.join(told)}",
        flush=True,
    )
    for fault in faults:
        print(f"{'':14} ! {fault}", file=sys.stderr, flush=True)
    return faults


def open_tickets(program: Program) -> list[int]:
    status, found = program.call("GET", "/api/v1/tickets?state=inProgress&limit=20")
    require(status == 200, f"no tickets: {status} {found}")
    return [one["number"] for one in found["items"]]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("var"), help="the folder of `up`")
    parser.add_argument("--scale", type=float, default=1.0, help="a part of each attack")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each is kept up")
    parser.add_argument("--only", choices=sorted(ATTACKS), help="one attack alone")
    asked = parser.parse_args()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    place, known = demo_in(asked.data)
    ground = Ground(
        place.folder,
        place.base_url,
        place.superuser_url("opale"),
        known["personas"],
        known["integrations"],
        asked.scale,
    )
    browser, tickets = ground.browser(AGENT), open_tickets(ground.program(AGENT))
    print(f"load {os.getloadavg()[0]:.1f}; scale {asked.scale}")
    quiet = Desk(ground, browser, tickets)
    faults = try_attack(ground, "nothing", quiet, asked.seconds)
    p95_limit = TIMES_QUIET * quiet.p95
    for name in [asked.only] if asked.only else ATTACKS:
        if name != "nothing":
            desk = Desk(ground, browser, tickets)
            faults += try_attack(ground, name, desk, asked.seconds, p95_limit)
    print(
        f"limits: the desk p95 {p95_limit:.3f} s (beside nothing {P95_LIMIT:.0f}), longest"
        f" {LONGEST_LIMIT:.0f} s, never refused, nothing lost;"
        f" others' pages and webhooks {ARRIVES_WITHIN:.0f} s; memory {GROWTH_LIMIT_MB:.0f} MB more"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
