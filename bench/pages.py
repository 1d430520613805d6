"""How long the pages of the daily work take, on an Opale that runs.

    PYTHONPATH=src:. .venv/bin/python bench/pages.py --data var --rounds 60

Asks for every page that people open daily, and for the API's lists, as the service desk of the demo
company, over HTTP, one after another, and prints median and 95th percentile with their limit and
their ratio to a baseline, a page that is only the frame, measured in the same run, so that two
machines can be compared. Exit code 1 above a limit. Which pages: bench/visits.py.

A list that is turned is begun each time at an address of its own, so that its lines are drawn anew:
else the few pages of a short list would be drawn once, and those of a long one at each turn.
"""

import argparse
import http.client
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from html import unescape
from http.cookies import SimpleCookie
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter, time_ns
from urllib.parse import urlencode, urljoin, urlsplit

import psycopg
from bench.demo import demo_in
from bench.visits import Visit, visits

AGENT = "desk_agent"
WARM = 5
FRAME = "/ui/offline/"
NEXT = re.compile(rb'rel="next" href="([^"]+)"')
Headers = dict[str, str]


@dataclass
class Browser:
    """One connection that stays open, with the cookies of one login."""

    host: str
    port: int
    cookies: SimpleCookie
    connection: http.client.HTTPConnection

    @classmethod
    def of(cls, base_url: str) -> "Browser":
        parts = urlsplit(base_url)
        host, port = parts.hostname or "localhost", parts.port or 80
        connection = http.client.HTTPConnection(host, port, timeout=60)
        return cls(host, port, SimpleCookie(), connection)

    def get(self, path: str, **headers: str) -> bytes:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, content: object, **headers: str) -> bytes:
        return self._ask("POST", path, json.dumps(content).encode(), headers)

    def put(self, path: str, content: object, **headers: str) -> bytes:
        return self._ask("PUT", path, json.dumps(content).encode(), headers)

    def delete(self, path: str, **headers: str) -> bytes:
        return self._ask("DELETE", path, None, headers)

    def log_in(self, login: str, password: str) -> None:
        self.get("/account/login/")
        token = self.cookies["csrftoken"].value
        form = {"login": login, "password": password, "csrfmiddlewaretoken": token}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"http://{self.host}:{self.port}/account/login/",
        }
        self._ask("POST", "/account/login/", urlencode(form).encode(), headers)
        if "sessionid" not in self.cookies:
            raise SystemExit("The demo's login was refused.")

    def _ask(self, verb: str, path: str, body: bytes | None, headers: Headers) -> bytes:
        cookies = "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())
        known = {"Accept-Language": "en"} | ({"Cookie": cookies} if cookies else {})
        answer = self._answer(verb, path, body, known | headers)
        content = answer.read()
        for said in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(said)
        if answer.status >= 400:
            raise SystemExit(f"{verb} {path} was answered by {answer.status}.")
        return content

    def _answer(
        self, verb: str, path: str, body: bytes | None, headers: Headers
    ) -> http.client.HTTPResponse:
        """A server ends a connection that was idle for a while: what only asks is asked again."""
        again = verb == "GET" and self.connection.sock is not None
        try:
            self.connection.request(verb, path, body, headers)
            return self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            self.connection.close()
            if not again:
                raise
        self.connection.request(verb, path, body, headers)
        return self.connection.getresponse()


@dataclass
class Walk:
    """Goes from one address of a visit to another, or from each page of a list to the next."""

    visit: Visit
    browser: Browser
    headers: Headers
    chance: Random = field(default_factory=lambda: Random(1))
    further: str = ""

    def step(self) -> None:
        asked = self.further or self._begun()
        content = self.browser.get(asked, **self.headers)
        if self.visit.turn:
            self.further = self._next(asked, content)

    def _begun(self) -> str:
        address = self.chance.choice(self.visit.addresses)
        if not self.visit.turn or self.visit.api:
            return address
        return f"{address}{'&' if '?' in address else '?'}walk={time_ns()}"

    def _next(self, asked: str, content: bytes) -> str:
        if self.visit.api:
            after = json.loads(content)["next"]
            return f"{urlsplit(asked).path}?{urlencode({'after': after})}" if after else ""
        found = NEXT.search(content)
        return urljoin(asked, unescape(found[1].decode())) if found else ""


@dataclass(frozen=True)
class Times:
    median: timedelta
    p95: timedelta

    @classmethod
    def of(cls, call: Callable[[], object], rounds: int) -> "Times":
        for _ in range(WARM):
            call()
        took = []
        for _ in range(rounds):
            begins = perf_counter()
            call()
            took.append(perf_counter() - begins)
        return cls.among(took)

    @classmethod
    def among(cls, took: Sequence[float]) -> "Times":
        high = quantiles(took, n=20)[-1]
        return cls(timedelta(seconds=median(took)), timedelta(seconds=high))


@dataclass
class House:
    """One installation, and how it is asked."""

    visits: list[Visit]
    browser: Browser
    program: Browser
    token: Headers

    @classmethod
    def of(cls, folder: Path) -> "House":
        place, known = demo_in(folder)
        agent = known["personas"][AGENT]
        browser = Browser.of(place.base_url)
        browser.log_in(agent["login"], agent["password"])
        with psycopg.connect(place.environment()["DATABASE_URL"]) as connection:
            found = list(visits(connection))
        token = {"Authorization": f"Bearer {agent['api_token']}"}
        return cls(found, browser, Browser.of(place.base_url), token)

    def walk(self, visit: Visit) -> Walk:
        headers = {"HX-Request": "true"} if visit.partial else self.token if visit.api else {}
        return Walk(visit, self.program if visit.api else self.browser, headers)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("var"), help="the folder of `up`")
    parser.add_argument("--rounds", type=int, default=60, help="requests of each kind of page")
    parser.add_argument("--only", default="", help="the kinds whose name begins so")
    asked = parser.parse_args()
    house = House.of(asked.data)
    baseline = Times.of(partial(house.browser.get, FRAME), asked.rounds).median
    print(f"load {os.getloadavg()[0]:.1f}; baseline {in_ms(baseline)}: {FRAME}, a frame alone")
    print(f"{'page':24} {'median':>10} {'p95':>10} {'limit':>10} {'p95 / baseline':>16}")
    slow = []
    for visit in house.visits:
        if not visit.name.strip().startswith(asked.only):
            continue
        times = Times.of(house.walk(visit).step, asked.rounds)
        print(
            f"{visit.name:24} {in_ms(times.median)} {in_ms(times.p95)} {in_ms(visit.limit)}"
            f" {times.p95 / baseline:15.1f}x",
            flush=True,
        )
        if times.p95 > visit.limit:
            slow.append(visit.name.strip())
    if slow:
        print(f"Above the limit: {', '.join(slow)}.", file=sys.stderr)
    return 1 if slow else 0


def in_ms(length: timedelta) -> str:
    return f"{length / timedelta(milliseconds=1):7.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
