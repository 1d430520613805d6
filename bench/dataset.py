"""The figures of the large data set, each beside what was promised of it.

Reads an installation (`--data DIR`, started for the time if it is not running) or the server that
DATABASE_URL names. Words are counted over a random share of the messages (`--share`, in percent).
"""

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import log
from typing import Any

import psycopg

from opale.cli import installation, manage
from opale.demo.vocabulary import english, french

WORD = re.compile(r"[^\W\d_]{2,}")
HEAD, TAIL = 50, 5_000
OPEN = "state IN ('new', 'in_progress', 'pending', 'held')"
"""As the desk says it; who waits for somebody else is open too."""


@dataclass(frozen=True)
class Figure:
    """`holds` is None for a figure that is shown without a promise."""

    name: str
    shown: str
    promised: str = ""
    holds: bool | None = None


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--data", help="the data folder of the installation")
    words.add_argument("--share", type=float, default=20.0, help="percent of messages to read")
    options = words.parse_args()
    with _database(options.data) as url, psycopg.connect(url) as connection:
        figures = [*_volumes(connection), *_shares(connection)]
        figures += _vocabulary(connection, options.share)
    width = max(len(figure.name) for figure in figures)
    for figure in figures:
        verdict = {None: "", True: "ok", False: "NOT KEPT"}[figure.holds]
        print(f"{figure.name:<{width}}  {figure.shown:>14}  {figure.promised:<16} {verdict}")
    return 1 if any(figure.holds is False for figure in figures) else 0


@contextmanager
def _database(data: str | None) -> Iterator[str]:
    if not data and (url := os.environ.get("DATABASE_URL")):
        yield url
        return
    place = installation.open_folder(installation.folder_of(data))
    with manage.database(place):
        yield place.environment()["DATABASE_URL"]


def _volumes(connection: psycopg.Connection[Any]) -> Iterator[Figure]:
    def one(query: Any) -> Any:
        row = connection.execute(query).fetchone()
        return row[0] if row else None

    def least(name: str, found: int, promised: int) -> Figure:
        return Figure(name, f"{found:,}", f">= {promised:,}", found >= promised)

    tickets = one("SELECT count(*) FROM desk_ticket")
    yield least("tickets", tickets, 1_000_000)
    yield least("messages", one("SELECT count(*) FROM desk_message"), 10_000_000)
    yield least("open tickets", one(f"SELECT count(*) FROM desk_ticket WHERE {OPEN}"), 8_000)
    yield Figure("customers", f"{one('SELECT count(*) FROM customers_customer'):,}")
    yield Figure("items", f"{one('SELECT count(*) FROM infrastructure_configurationitem'):,}")
    lengths = connection.execute(
        """
        SELECT percentile_disc(ARRAY[0.5, 0.9, 0.99, 0.999]) WITHIN GROUP (ORDER BY n), max(n)
        FROM (SELECT count(*) AS n FROM desk_message GROUP BY ticket_id) AS conversations
        """
    ).fetchone()
    quantiles, longest = lengths or ([], 0)
    yield Figure("messages per ticket, p50 p90", " ".join(map(str, quantiles[:2])))
    yield Figure("messages per ticket, p99 p99.9", " ".join(map(str, quantiles[2:])))
    yield Figure("longest conversation", f"{longest:,}", "up to 5,000", 4_000 <= longest <= 5_000)


def _shares(connection: psycopg.Connection[Any]) -> Iterator[Figure]:
    def share(query: Any) -> float:
        row = connection.execute(query).fetchone()
        return float(row[0]) if row else 0.0

    def within(name: str, found: float, low: float, high: float) -> Figure:
        return Figure(
            name, f"{found:.1%}", f"{low:.1%} to {high:.1%}", low <= round(found, 3) <= high
        )

    largest = share(
        """
        SELECT max(n)::float / sum(n) FROM
            (SELECT count(*) AS n FROM desk_ticket GROUP BY customer_id
             HAVING customer_id IS NOT NULL) AS customers
        """
    )
    yield within("tickets of the largest customer", largest, 0.075, 0.085)
    of_tickets = "/ (SELECT count(*) FROM desk_ticket)"
    paused = share("SELECT count(DISTINCT ticket_id)::float " + of_tickets + " FROM desk_pause")
    yield within("tickets paused at least once", paused, 0.30, 0.45)
    breached = share(
        "SELECT count(DISTINCT ticket_id)::float " + of_tickets + " FROM desk_commitment "
        "WHERE breached_at IS NOT NULL"
    )
    yield within("tickets with a breach", breached, 0.05, 0.10)
    for state in ("new", "in_progress", "pending", "held", "resolved", "closed", "cancelled"):
        query = f"SELECT count(*) FROM desk_ticket WHERE state = '{state}'"
        yield Figure(f"  {state}", f"{int(share(query)):,}")


def _vocabulary(connection: psycopg.Connection[Any], share: float) -> Iterator[Figure]:
    counts: Counter[str] = Counter()
    read = 0
    with connection.cursor("bodies") as cursor:
        cursor.itersize = 20_000
        cursor.execute("SELECT body FROM desk_message TABLESAMPLE BERNOULLI (%s)", [share])
        for (body,) in cursor:
            counts.update(WORD.findall(body.lower()))
            read += 1
    lexicon = {word for language in (french(), english()) for word in language.words()}
    of_lexicon = sum(word in lexicon for word in counts)
    yield Figure("messages read for their words", f"{read:,}")
    yield Figure("distinct words", f"{len(counts):,}")
    yield Figure(
        "  of them French or English", f"{of_lexicon:,}", ">= 50,000", of_lexicon >= 50_000
    )
    ordered = [count for _word, count in counts.most_common()]
    yield from _curve(ordered, sum(ordered))


def _curve(ordered: list[int], total: int) -> Iterator[Figure]:
    """The slope of frequency over rank on log axes: about -1 in any natural text."""
    if len(ordered) < TAIL:
        return
    slope = (log(ordered[TAIL - 1]) - log(ordered[HEAD - 1])) / (log(TAIL) - log(HEAD))
    yield Figure(
        "slope of the frequency curve", f"{slope:.2f}", "-1.5 to -0.7", -1.5 < slope < -0.7
    )
    yield Figure("share of the 100 most frequent", f"{sum(ordered[:100]) / total:.0%}")
    yield Figure("words seen once", f"{sum(count == 1 for count in ordered):,}")


if __name__ == "__main__":
    sys.exit(main())
