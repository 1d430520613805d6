"""How long search and the palette take, on an Opale that runs with the large data set.

    PYTHONPATH=src:. .venv/bin/python bench/search.py --data var/large

Asks the page of search, over HTTP, for the 200 committed queries (bench/search_queries.json: forty
each of rare, middling, common and missing words, and of two words) as four people who see
differently much, and the palette while somebody types. Each query is asked twice, the second time
being counted, unless `--cold`. Prints median and 95th percentile of each class with their limits:
150 ms for search, 50 ms for the palette and for what it fetches after it. Exit code 1 above one.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from urllib.parse import urlencode

import psycopg
from bench.demo import demo_in
from bench.pages import FRAME, Browser

ROLES = ("desk_agent", "service_manager", "customer_contact", "employee")
QUERIES = Path(__file__).with_name("search_queries.json")
SEARCH, PALETTE = timedelta(milliseconds=150), timedelta(milliseconds=50)
SAMPLES = {
    "a number": "SELECT number::text FROM desk_ticket ORDER BY random() LIMIT 40",
    "another's number": "SELECT number FROM desk_externalreference ORDER BY random() LIMIT 40",
    "a customer": "SELECT left(name, 9) FROM customers_customer ORDER BY random() LIMIT 40",
    "a host name": "SELECT name FROM infrastructure_configurationitem ORDER BY random() LIMIT 40",
    "a phrase": "SELECT left(subject, 18) FROM desk_ticket ORDER BY random() LIMIT 40",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("var"), help="the folder of `up`")
    parser.add_argument("--cold", action="store_true", help="count the first time of each query")
    asked = parser.parse_args()
    place, known = demo_in(asked.data)
    queries: dict[str, list[str]] = json.loads(QUERIES.read_text(encoding="utf-8"))
    slow = []
    for role in ROLES:
        persona = known["personas"][role]
        browser = Browser.of(place.base_url)
        browser.log_in(persona["login"], persona["password"])
        frame = median(times(browser, [FRAME] * 20, cold=False))
        print(f"{role}: load {os.getloadavg()[0]:.1f}, a frame alone {_ms(frame)}")
        for name, texts in queries.items():
            addresses = [f"/search/?{urlencode({'q': text})}" for text in texts]
            took = times(browser, addresses, cold=asked.cold)
            slow += print_result(f"  {name}", took, SEARCH, frame)
        if role == ROLES[0]:
            for name, texts in typed(place.environment()["DATABASE_URL"]).items():
                for part, path in (("", ""), (", further", "further/")):
                    addresses = [f"/ui/palette/{path}?{urlencode({'q': text})}" for text in texts]
                    took = times(browser, addresses, cold=asked.cold, partial=True)
                    slow += print_result(f"  palette{part}, {name}", took, PALETTE, frame)
    if slow:
        print(f"Above the limit: {', '.join(slow)}.", file=sys.stderr)
    return 1 if slow else 0


def typed(database_url: str) -> dict[str, list[str]]:
    """What somebody types into the palette, drawn from the whole of the installation."""
    with psycopg.connect(database_url) as connection:
        found = {
            name: [str(row[0]) for row in connection.execute(query.encode())]
            for name, query in SAMPLES.items()
        }
    return {name: texts for name, texts in found.items() if texts}


def times(
    browser: Browser, addresses: Sequence[str], *, cold: bool, partial: bool = False
) -> list[timedelta]:
    headers = {"HX-Request": "true"} if partial else {}
    took = []
    for address in addresses:
        if not cold:
            browser.get(address, **headers)
        begins = perf_counter()
        browser.get(address, **headers)
        took.append(timedelta(seconds=perf_counter() - begins))
    return took


def print_result(
    name: str, took: Sequence[timedelta], limit: timedelta, frame: timedelta
) -> list[str]:
    """Print a line; the name again when it is above its limit."""
    p95 = timedelta(seconds=quantiles([one.total_seconds() for one in took], n=20)[-1])
    print(
        f"{name:28} {_ms(median(took))} {_ms(p95)} {_ms(max(took))} of {_ms(limit)}"
        f" {p95 / frame:8.1f}x",
        flush=True,
    )
    return [name.strip()] if p95 > limit else []


def _ms(length: timedelta) -> str:
    return f"{length / timedelta(milliseconds=1):7.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
