"""How long the pages of the daily work take, on an Opale that runs.

    PYTHONPATH=src:. .venv/bin/python bench/pages.py --data var --rounds 60

Asks for the queue, tickets, the alert board, customers and items as the service desk of the demo
company, over HTTP, one after another, and prints median and 95th percentile with their limit and
their ratio to a baseline, a page that is only the frame, measured in the same run, so that two
machines can be compared. Exit code 1 above a limit.
"""

import argparse
import http.client
import json
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter
from urllib.parse import urlencode, urlsplit

from opale.cli import credentials, installation

DAILY = timedelta(milliseconds=45)
ANY = timedelta(milliseconds=150)
AGENT = "desk_agent"
KNOWN = 200
WARM = 5
FRAME = "/ui/offline/"


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

    def get(self, path: str) -> bytes:
        return self._ask("GET", path, None)

    def log_in(self, login: str, password: str) -> None:
        self.get("/account/login/")
        token = self.cookies["csrftoken"].value
        form = {"login": login, "password": password, "csrfmiddlewaretoken": token}
        self._ask("POST", "/account/login/", urlencode(form).encode())
        if "sessionid" not in self.cookies:
            raise SystemExit("The demo's login was refused.")

    def _ask(self, verb: str, path: str, body: bytes | None) -> bytes:
        headers = {
            "Cookie": "; ".join(f"{name}={one.value}" for name, one in self.cookies.items()),
            "Accept-Language": "en",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://{self.host}:{self.port}{path}"
        self.connection.request(verb, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for said in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(said)
        if answer.status >= 400:
            raise SystemExit(f"{verb} {path} was answered by {answer.status}.")
        return content


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
        high = quantiles(took, n=20)[-1]
        return cls(timedelta(seconds=median(took)), timedelta(seconds=high))


def api(base_url: str, token: str, path: str) -> list[dict[str, object]]:
    request = urllib.request.Request(
        f"{base_url}/api/v1{path}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: list[dict[str, object]] = json.load(answer)["items"]
        return found


def pages(base_url: str, token: str) -> dict[str, tuple[timedelta, list[str]]]:
    """Each kind of page with its limit and addresses of it, so that no single one is measured."""

    def addresses(path: str, form: str) -> list[str]:
        found = [form.format(**one) for one in api(base_url, token, f"{path}?limit={KNOWN}")]
        if not found:
            raise SystemExit(f"There is nothing in {path}: is it a demo company?")
        return found

    return {
        "now": (DAILY, ["/"]),
        "queue": (DAILY, ["/desk/", "/desk/open/", "/desk/mine/"]),
        "ticket": (DAILY, addresses("/tickets", "/tickets/{number}/")),
        "alert board": (DAILY, ["/alerts/"]),
        "alert": (DAILY, addresses("/alerts", "/alerts/{id}/")),
        "customer": (ANY, addresses("/customers", "/customers/{code}/")),
        "service": (ANY, addresses("/services", "/services/{reference}/")),
        "item": (ANY, addresses("/items", "/items/{id}/")),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("var"), help="the folder of `up`")
    parser.add_argument("--rounds", type=int, default=60, help="requests of each kind of page")
    asked = parser.parse_args()
    place = installation.open_folder(asked.data.absolute())
    known = credentials.read(place)
    if known is None:
        raise SystemExit(f"There is no demo company in {place.folder}.")
    agent = known["personas"][AGENT]
    browser = Browser.of(place.base_url)
    browser.log_in(agent["login"], agent["password"])
    baseline = Times.of(partial(browser.get, FRAME), asked.rounds).median
    print(f"{'baseline':12} median {_ms(baseline)}: {FRAME}, the frame of a page without content")
    print(f"{'page':12} {'median':>10} {'p95':>10} {'limit':>10} {'p95 / baseline':>16}")
    slow = []
    chance = Random(1)
    for name, (limit, addresses) in pages(place.base_url, agent["api_token"]).items():
        times = Times.of(partial(_any, browser, addresses, chance), asked.rounds)
        print(
            f"{name:12} {_ms(times.median)} {_ms(times.p95)} {_ms(limit)}"
            f" {times.p95 / baseline:15.1f}x"
        )
        if times.p95 > limit:
            slow.append(name)
    if slow:
        print(f"Above the limit: {', '.join(slow)}.", file=sys.stderr)
    return 1 if slow else 0


def _any(browser: Browser, addresses: list[str], chance: Random) -> bytes:
    return browser.get(chance.choice(addresses))


def _ms(length: timedelta) -> str:
    return f"{length / timedelta(milliseconds=1):7.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
