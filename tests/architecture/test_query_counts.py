"""How many queries each page takes, committed in `query_counts.json`: a change shows in its diff.

What the numbers should be is written by

    OPALE_WRITE_QUERY_COUNTS=1 ./opale test tests/architecture/test_query_counts.py
"""

import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker
from tests.architecture.house import House, standing
from tests.architecture.route_table import API_ROOT, Row, rows

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.business_time import Calendar
from opale.organisation.models import WorkingCalendar
from opale.run.desk.queries import fulltext_scan

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.xdist_group("query-counts"),
]

MOST = 25
COMMITTED = Path(__file__).with_name("query_counts.json")
WRITE = "OPALE_WRITE_QUERY_COUNTS"
ASKED_BY = ("desk_agent", "administrator", "customer_contact")
"""A page is counted for the first of them who may see it."""
# Savepoints are the test's; a session and the link of a screen note their use once a minute, which
# a slow run lives to see.
UNCOUNTED = (
    "SAVEPOINT",
    "RELEASE SAVEPOINT",
    "ROLLBACK TO SAVEPOINT",
    'UPDATE "usersessions_usersession"',
    'UPDATE "desk_wallkey"',
)
Counts = dict[str, int]


def pages() -> Iterator[tuple[str, Row]]:
    """Every page and partial of ours, with who asks for it."""
    for row in rows().values():
        if row.verb == "GET" and not row.url.startswith((f"/{API_ROOT}", "/account/")):
            for name in ASKED_BY:
                if row.expected[name] == 200:
                    yield name, row
                    break


def counted(house: House) -> Counts:
    for name in ASKED_BY:
        # The first request of a session notes its use, which later ones do not.
        house.clients[name].get("/ui/offline/")
    known = committed()
    found: Counts = {}
    for name, row in pages():
        page = f"{row.name} as {name}"
        found[page] = queries(house, name, row)
        for _again in range(2):
            if found[page] != known.get(page) or os.environ.get(WRITE):
                # What a process reads once, or once a minute, is not the page's.
                found[page] = min(found[page], queries(house, name, row))
    return dict(sorted(found.items()))


def queries(house: House, name: str, row: Row) -> int:
    connection.queries_log.clear()  # the log has an end, beyond which nothing is counted
    with CaptureQueriesContext(connection) as captured:
        house.ask(name, row)
    return sum(not one["sql"].startswith(UNCOUNTED) for one in captured)


def committed() -> Counts:
    known: Counts = json.loads(COMMITTED.read_text(encoding="utf-8"))
    return known


@pytest.fixture(scope="module")
def counts(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Counts:
    ticks = itertools.count(step=0.0001)
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), standing() as house:
        # A search gives up, or looks further, by the time that it took: always the same here.
        patch.setattr(fulltext_scan, "monotonic", lambda: next(ticks))
        # Tickets are searched in blocks of their numbers: here one holds them all, whatever number
        # they were given after the tests before.
        patch.setattr(fulltext_scan, "BLOCKS", (40, 40, 40))
        # A queue is read in two parts while a calendar is shut: not by the hour of the test.
        with attributed(system("test")):
            WorkingCalendar.objects.update(record=Calendar.around_the_clock().to_record())
        return counted(house)


def test_no_page_takes_more_queries_than_it_may(counts: Counts) -> None:
    assert {page: count for page, count in counts.items() if count > MOST} == {}


def test_every_page_takes_the_queries_that_are_committed(counts: Counts) -> None:
    if os.environ.get(WRITE):
        COMMITTED.write_text(json.dumps(counts, indent=2) + "\n", encoding="utf-8")
    known = committed()
    changed = [
        f"  {page}: {known.get(page, 'none')} -> {counts.get(page, 'gone')}"
        for page in sorted(known.keys() | counts.keys())
        if known.get(page) != counts.get(page)
    ]
    assert not changed, "\n".join(
        [
            "the queries of pages have changed:",
            *changed,
            f"When that is meant, write the new numbers with {WRITE}=1 ./opale test {__file__}",
        ]
    )
