"""What a search finds among what stands: page by page as one sorted list would have it."""

import base64
import json
from random import Random

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from tests.personas import make_personas

from opale.kernel.actor import Actor
from opale.run.events.actions import retention, search
from opale.run.events.models import Alert, AlertWords, UnreadWords
from opale.run.events.queries import alerts
from opale.run.events.queries.alerts import AlertFilters
from opale.run.events.queries.search import alerts_matching, prefer_hash_join
from opale.run.events.states import Severity
from opale.run.events.tests.builders import at, fires, hand_in, make_integration
from opale.run.events.web import search as search_web
from opale.run.events.web.search import SearchReader
from opale.ui.keyset import Order, Page, page

pytestmark = pytest.mark.django_db

STANDING = AlertFilters(states=alerts.ACTIVE_STATES)
TITLES = ("Disk full", "Disk almost full", "100% of a disk", "Link down", "Link a_b slow")


@pytest.fixture(params=["unread", "read", "some read"])
def desk(request: pytest.FixtureRequest) -> Actor:
    """Somebody who searches, while the words of all, none or some alerts are read."""
    personas = make_personas()
    retention.create_partition(at(0).date())
    chance = Random(5)
    _integration, sender = make_integration()
    events = [
        fires(
            n, f"n-{n}", chance.choice(list(Severity)[1:4]), chance.choice(TITLES), f"port {n % 4}"
        )
        for n in range(60)
    ]
    # None of the worst says what is looked for.
    events += [fires(n, f"w-{n}", Severity.CRITICAL, "Link down") for n in range(60, 80)]
    hand_in(sender, *events[: len(events) // 2])
    if request.param == "some read":
        search.update_search_index()
    hand_in(sender, *events[len(events) // 2 :])
    if request.param == "read":
        search.update_search_index()
    return personas.actor("run_engineer")


def pages_of(desk: Actor, text: str, few: bool) -> list[Page[Alert]]:
    """All pages of seven, there and back again."""
    order = Order(alerts.WORST_FIRST)

    def read(query: str) -> Page[Alert]:
        if few:
            rows = alerts.alerts(STANDING, seen_by=desk)
            return page(rows, order, QueryDict(query), 7, read=SearchReader(text))
        rows = alerts_matching(alerts.alerts(STANDING, seen_by=desk), text)
        return page(rows, order, QueryDict(query), 7)

    there = [read("")]
    while there[-1].after:
        there.append(read(f"after={there[-1].after}"))
    back = [there[-1]]
    while back[-1].before:
        back.append(read(f"before={back[-1].before}"))
    return there + back


@pytest.mark.parametrize(
    "text", ["disk", "disk full", "link", "100% disk", "a_b", "port", "n-1", "nothing of it"]
)
def test_its_pages_are_those_of_one_sorted_list(
    text: str, desk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = pages_of(desk, text, False)
    assert bool(wanted[0].rows) == (text != "nothing of it")
    for few in (1, 15, 600):
        monkeypatch.setattr(search_web, "FEW", few)
        assert pages_of(desk, text, True) == wanted, few


@pytest.mark.parametrize("few", [1, 600])
@pytest.mark.parametrize("text", ["", "disk"])
@pytest.mark.parametrize("way", ["after", "before"])
def test_a_place_that_somebody_made_up_is_no_fault_of_opale(
    way: str, text: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_web, "FEW", few)
    retention.create_partition(at(0).date())
    client = make_personas().client("run_engineer")
    hand_in(make_integration()[1], *(fires(n, f"n-{n}", title="Disk full") for n in range(3)))
    moment = {"t": "2026-01-01T00:00:00+00:00"}
    for place in (
        ["x", "y", "z"],
        [None, None, None],
        [[1], 2, 3],
        [5, "x", 1],
        [5, moment, "a"],
        [5, {"t": "2026-01-01"}, 1],
        [10**30, moment, 10**30],
        ["5", moment, 1],
        [5, moment, 10**30],
    ):
        cursor = base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
        assert client.get(f"/alerts/?q={text}&{way}={cursor}").status_code == 200, place


def test_what_is_gathered_of_many_is_found_once_and_joined(desk: Actor) -> None:
    order = Order(alerts.WORST_FIRST).expressions()
    of_one = alerts.alerts(STANDING, seen_by=desk).filter(severity=Severity.MINOR)
    found = alerts_matching(of_one, "disk", gathered=Severity.MINOR).order_by(*order)[:51]
    with prefer_hash_join():
        plan = found.explain()
    assert "Hash" in plan
    assert "Nested Loop" not in plan
    assert "Nested Loop" in found.explain(), "what follows is planned as ever"


def test_a_word_of_many_is_looked_for_in_what_is_not_read_of_one_severity_at_a_time(
    desk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_web, "FEW", 1)
    rows = alerts.alerts(STANDING, seen_by=desk)
    with CaptureQueriesContext(connection) as asked:
        assert SearchReader("disk")(rows, Order(alerts.WORST_FIRST), 51, ())
    looked_through = [one["sql"] for one in asked if "ANY (ARRAY(SELECT unnest" in one["sql"]]
    nothing_read = not AlertWords.objects.exists()
    assert len([sql for sql in looked_through if "AND severity = " not in sql]) == nothing_read
    assert bool(looked_through) == UnreadWords.objects.exists()


@pytest.mark.parametrize(("text", "indexed"), [("disk", True), ("db", False), ("a disk", False)])
def test_what_the_index_does_not_know_is_not_gathered(text: str, indexed: bool) -> None:
    assert SearchReader(text).indexed == indexed
    assert not SearchReader("").indexed
