"""From commit to sight: how soon hundreds of browsers show what changed, and that nobody sees more.

    OPALE_WEB_WORKERS=2 ./opale up --data var
    PYTHONPATH=src:. .venv/bin/python bench/sessions.py --data var --minutes 10

Sessions of the demo company's people and of its customers' contacts look at what their rights open:
the desk's lists, or their own customer's tickets by the API. Meanwhile tickets are opened by the
API, one a second (`--changes`), a few of them confidential, and in the middle one web process is
killed. Each session asks again for what the live stream says (bench/browsing.py). Limits: p95 three
seconds from the request that makes a ticket to its sight, no ticket missed by who should see it,
none seen by who may not. Where thirty newer tickets have pushed one off the page before a session
showed it, the page that shows those counts as its sight, and how many there were is told. Beside it
stands the processor time of web and PostgreSQL until the kill for each region that was asked for
again, with all else that they do meanwhile. Exit code 1 outside the limits.
Tickets stay: use a throwaway installation.
"""

import argparse
import asyncio
import http.client
import json
import math
import os
import re
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from bench import inside
from bench.browsing import Session
from bench.crowd import Processors
from bench.demo import demo_in

SESSIONS = 300
CONTACTS = 0.25
"""Of the sessions, those of customers' contacts."""
CHANGES_A_SECOND = 1.0
CONFIDENTIAL_EACH = 50
LIMIT_P95 = 3.0
SEEN_WITHIN = 15.0
FULL = 25
"""So many of the bench's tickets on a page, and it shows nothing else."""
LIST = "/desk/all/"
OWN = "/api/v1/tickets?limit=30"
QUEUE = frozenset({"desk.queue"})
KILL_AFTER = 0.5
AGENT = "desk_agent"


@dataclass(frozen=True, slots=True)
class SessionLogin:
    """A login with a session of its own: what it may see decides what it must and must not see."""

    name: str
    cookies: str
    person: int | None
    customer: int | None
    confidential: bool
    language: str


@dataclass(slots=True)
class Change:
    began: float
    customer: int
    owner: int = 0
    hidden_by: int = 0
    hidden_at: float = math.inf
    """Since when it is confidential: seen by its owner, by who made it so, who goes on watching it,
    and by those with a right to all."""


@dataclass
class Watch:
    """Who saw which ticket when, beside who should have."""

    mark: str
    who: dict[str, SessionLogin] = field(default_factory=dict)
    changes: dict[int, Change] = field(default_factory=dict)
    seen: dict[tuple[str, int], float] = field(default_factory=dict)
    overtaken: set[tuple[str, int]] = field(default_factory=set)
    """Those that newer ones had pushed off the page when it was shown with what came after them."""
    settled: dict[str, int] = field(default_factory=dict)
    foreign: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.pattern = re.compile(rf"{self.mark}-(\d+)-".encode())

    def saw(self, session: Session, body: bytes, asked: float) -> None:
        now, who = time.monotonic(), self.who[session.name]
        found = {int(number) for number in self.pattern.findall(body)}
        if len(found) >= FULL:
            for number in range(self.settled.get(session.name, 0), min(found)):
                change = self.changes.get(number)
                if change is None or not self.may(who, change, change.began):
                    continue
                if (session.name, number) not in self.seen:
                    self.seen[session.name, number] = now
                    self.overtaken.add((session.name, number))
            self.settled[session.name] = max(self.settled.get(session.name, 0), min(found))
        for number in found:
            self.seen.setdefault((session.name, number), now)
            change = self.changes[number]
            if not self.may(who, change, asked):
                self.foreign[f"{who.name} saw {number} of {change}"] += 1

    @staticmethod
    def may(who: SessionLogin, change: Change, asked: float) -> bool:
        """Whether somebody who asks at this moment may be shown it."""
        hidden = asked > change.hidden_at
        if who.customer is not None:
            return who.customer == change.customer and not hidden
        return not hidden or who.confidential or who.person in (change.owner, change.hidden_by)

    def seconds(self) -> tuple[list[float], int]:
        """How long each sight took, and how many sights there should have been and were not."""
        took, missed = [], 0
        for number, change in self.changes.items():
            for who in self.who.values():
                if change.hidden_at < math.inf or not self.may(who, change, change.began):
                    continue
                at = self.seen.get((who.name, number))
                if at is None:
                    missed += 1
                else:
                    took.append(at - change.began)
        return sorted(took), missed


def sessions(wanted: int, chance: Random) -> tuple[list[SessionLogin], list[int]]:
    """Sessions of as many logins as there are, in turn; the customers of the tickets to come."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from opale.customers.models import Contact, Customer
    from opale.organisation.models import User
    from opale.organisation.queries.identity import actor_of

    def opened(user: User, number: int) -> SessionLogin | None:
        actor = actor_of(user)
        if not (actor.can("desk.console") or actor.contact_id):
            return None
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.save()
        customer = None
        if actor.contact_id:
            customer = Contact.objects.get(pk=actor.contact_id).customer_id
        language = ("en", "fr")[number % 2]
        cookies = f"sessionid={store.session_key}; django_language={language}"
        hidden = actor.can("desk.confidential")
        name = f"{actor.name} {number}"
        return SessionLogin(name, cookies, actor.person_id, customer, hidden, language)

    users = list(User.objects.filter(is_active=True).order_by("pk"))
    kinds = {kind: [one for one in users if one.kind == kind] for kind in ("employee", "contact")}
    found: list[SessionLogin] = []
    for kind, number in (("contact", int(wanted * CONTACTS)), ("employee", wanted)):
        while kinds[kind] and len(found) < number:
            for user in kinds[kind]:
                who = opened(user, len(found)) if len(found) < number else None
                found += [who] if who else []
    known = sorted({one.customer for one in found if one.customer is not None})
    others = list(Customer.objects.exclude(pk__in=known).values_list("pk", flat=True)[:50])
    # One ticket in three is of a customer whose contacts are looking.
    return found, [*chance.choices(known, k=25), *others] if known else others


def person_of(login: str) -> int:
    from opale.organisation.models import Person

    return int(Person.objects.get(user__email=login).pk)


@dataclass
class Bench:
    host: str
    port: int
    token: str
    watch: Watch
    customers: Sequence[int]
    chance: Random
    agent: int
    """The person in whose name it opens tickets."""
    changes_a_second: float = CHANGES_A_SECOND
    refused: int = 0

    async def change(self, seconds: float) -> None:
        """Open tickets at an even rate, whether or not the last one was answered."""
        began, number, tasks = time.monotonic(), 0, set()
        while (number / self.changes_a_second) < seconds:
            await asyncio.sleep(max(0.0, began + number / self.changes_a_second - time.monotonic()))
            tasks.add(asyncio.create_task(asyncio.to_thread(self.open_ticket, number)))
            number += 1
        await asyncio.gather(*tasks)

    def open_ticket(self, number: int) -> None:
        change = Change(time.monotonic(), self.chance.choice(self.customers))
        self.watch.changes[number] = change
        wanted = {
            "subject": f"{self.watch.mark}-{number}- the line is slow",
            "body": "Since nine this morning.",
            "kind": "request",
            "customer_id": change.customer,
        }
        told = self._until("POST", "/api/v1/tickets", wanted, 201, f"{self.watch.mark}-{number}")
        if told is None:
            self.refused += 1
            change.hidden_at = 0.0
            return
        change.owner = told["owner_id"]
        if number % CONFIDENTIAL_EACH == CONFIDENTIAL_EACH - 1:
            self._hide(number, told["number"])

    def _hide(self, number: int, known_as: int) -> None:
        """Make a ticket confidential: whoever asked before may still see it, and nobody after."""
        path = f"/api/v1/tickets/{known_as}/confidentiality"
        self._until("PUT", path, {"confidential": True, "reason": "Bench"}, 200)
        self.watch.changes[number].hidden_by = self.agent
        self.watch.changes[number].hidden_at = time.monotonic()

    def _until(self, verb: str, path: str, content: object, status: int, key: str = "") -> Any:
        """What is told with this status; None where it never comes.

        The process that answers may be the one that is killed: it is asked again.
        """
        for attempt in range(20):
            try:
                found, told = self._send(verb, path, content, key)
            except (OSError, http.client.HTTPException):
                found, told = 0, None
            if found == status:
                return told
            time.sleep(0.1 * (attempt + 1))
        return None

    def _send(self, verb: str, path: str, content: object, key: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            **({"Idempotency-Key": key} if key else {}),
        }
        connection.request(verb, path, json.dumps(content), headers)
        answer = connection.getresponse()
        told = json.loads(answer.read() or b"{}")
        connection.close()
        return answer.status, told


def one_of(web: int) -> int:
    """A process that answers, among the children of the web process (Linux)."""
    return max(answering(web))


def answering(web: int) -> list[int]:
    """The processes that answer, in the order in which they were started."""
    children = Path(f"/proc/{web}/task/{web}/children").read_text().split()
    return sorted(int(pid) for pid in children if b"resource_tracker" not in _words(pid))


def _words(pid: str) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


async def run(
    bench: Bench, found: Sequence[SessionLogin], seconds: float, web: int, processors: Processors
) -> list[Session]:
    watch, open_ = bench.watch, []
    for who in found:
        own = who.customer is not None
        page = OWN if own else LIST
        topics = QUEUE if own else frozenset()
        watch.who[who.name] = who
        open_.append(
            Session(
                who.name, page, bench.host, bench.port, who.cookies, who.language, watch.saw, topics
            )
        )
    gate = asyncio.Semaphore(8)

    async def begin(session: Session) -> None:
        async with gate:
            await session.open()

    await asyncio.gather(*map(begin, open_))
    following = [asyncio.create_task(session.follow()) for session in open_]
    await asyncio.sleep(3)
    print(f"{len(open_)} sessions follow; load {os.getloadavg()[0]:.1f}", flush=True)
    began, used = time.monotonic(), time.process_time()
    before = sum(session.asked for session in open_)
    processors.begin()
    changing = asyncio.create_task(bench.change(seconds))
    await asyncio.sleep(seconds * KILL_AFTER)
    regions = sum(session.asked for session in open_) - before
    rate = regions / (time.monotonic() - began)
    print(f"{rate:.0f} regions a second, each: {processors.each(regions)}", flush=True)
    os.kill(one_of(web), signal.SIGKILL)
    print("one web process killed", flush=True)
    await changing
    used = (time.process_time() - used) / (time.monotonic() - began)
    await asyncio.sleep(SEEN_WITHIN)
    print(f"this bench itself used {used:.2f} cores; load {os.getloadavg()[0]:.1f}")
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    return open_


def at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", default="var", help="the folder of `up`")
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--changes", type=float, default=CHANGES_A_SECOND)
    parser.add_argument("--minutes", type=float, default=10.0)
    asked = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8192), most))
    place, known = demo_in(Path(asked.data))
    chance = Random(1)
    with inside.opened(asked.data):
        found, customers = sessions(asked.sessions, chance)
        agent = person_of(known["personas"][AGENT]["login"])
    web = json.loads((place.folder / "processes.json").read_text())["web"][0]
    token = known["personas"][AGENT]["api_token"]
    host, _, port = place.base_url.rpartition("//")[2].rstrip("/").partition(":")
    watch = Watch(f"sight{os.getpid()}")
    bench = Bench(host, int(port or 80), token, watch, customers, chance, agent, asked.changes)
    seconds, processors = asked.minutes * 60, Processors(place.folder)
    open_ = asyncio.run(run(bench, found, seconds, int(web), processors))
    took, missed = watch.seconds()
    p95 = at(took, 0.95)
    print(
        f"tickets opened {len(watch.changes)}, refused {bench.refused}; sights {len(took)}\n"
        f"commit to sight  p50 {at(took, 0.5):.2f} s   p95 {p95:.2f} s   p99 {at(took, 0.99):.2f} s"
        f"   most {at(took, 1.0):.2f} s   limit {LIMIT_P95:.0f} s p95\n"
        f"missed {missed}, overtaken {len(watch.overtaken)},"
        f" foreign rows {sum(watch.foreign.values())}\n"
        f"regions asked for {sum(one.asked for one in open_)}, of which failed"
        f" {sum(one.failed for one in open_)}; streams lost {sum(one.lost for one in open_)}"
    )
    for what in list(watch.foreign)[:5]:
        print(what, file=sys.stderr)
    return 1 if missed or watch.foreign or bench.refused or not (took and p95 < LIMIT_P95) else 0


if __name__ == "__main__":
    sys.exit(main())
