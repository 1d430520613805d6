"""The words of alerts, which are read after the alerts were written."""

from datetime import timedelta
from functools import partial
from typing import Final

import pytest
from django.db import connection
from tests.personas import make_personas

from opale.customers.tests.builders import make_customer, make_service
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.isolation import as_customers
from opale.kernel.tests.concurrency import at_once
from opale.run.events.actions import alerts as alert_actions
from opale.run.events.actions import retention, search
from opale.run.events.domain.received_deliveries import ReceivedDelivery, Sender
from opale.run.events.listeners.batch_writer import BatchWriter, WriteOutcome
from opale.run.events.models import Alert, AlertWords, Integration, UnreadWords
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.queries.search import SEARCHED_TEXT, alerts_matching
from opale.run.events.tests.builders import MAKER, at, clears, fires, hand_in, make_integration

TURNS: Final = 12
WRONG: Final = f"""
    SELECT count(*) FROM events_alert LEFT JOIN events_alertwords w ON w.alert_id = id
    WHERE w.said IS DISTINCT FROM {SEARCHED_TEXT}
      AND id NOT IN (SELECT unnest(alert_ids) FROM events_unreadwords)
"""  # made of constants
"""What is neither read as it is, nor waits to be read; in one statement."""


@pytest.fixture
def source() -> tuple[Integration, Sender]:
    retention.create_partition(at(0).date())
    return make_integration()


def found(text: str) -> list[str]:
    return sorted(alerts_matching(Alert.objects.all(), text).values_list("identity", flat=True))


def unread() -> int:
    return sum(len(one.alert_ids) for one in UnreadWords.objects.all())


def wrong() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WRONG)
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_what_is_written_is_found_before_it_is_read_and_after(
    source: tuple[Integration, Sender],
) -> None:
    hand_in(source[1], fires(0, "a", title="Disk full"), fires(0, "b", title="Link down"))
    assert (found("disk"), found("LINK it"), unread()) == (["a"], ["b"], 2)
    search.update_search_index()
    assert (found("disk"), found("LINK it"), unread()) == (["a"], ["b"], 0)
    hand_in(source[1], fires(1, "a", title="Link down again"))
    assert (found("disk"), found("link"), unread()) == ([], ["a", "b"], 1)
    search.update_search_index()
    assert (found("disk"), found("link"), unread()) == ([], ["a", "b"], 0)
    assert AlertWords.objects.count() == 2


@pytest.mark.django_db
def test_what_says_the_same_again_is_not_read_again(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    hand_in(sender, fires(0, rack="r1"))
    search.update_search_index()
    hand_in(sender, fires(1, rack="r1"))
    alerts = Alert.objects.filter(integration=integration)
    alert_actions.acknowledge_alerts(alerts, by=MAKER, at=now())
    hand_in(sender, clears(2))
    alert_actions.close_alerts(alerts, by=MAKER, at=now())
    assert (alerts.get().state, unread(), found("r1")) == ("closed", 0, ["link"])
    for n, event in enumerate((fires(3, "b"), fires(4, "b", rack="r2"), fires(5, "b", text="Ow."))):
        hand_in(sender, event)
        assert unread() == 1, n
        search.update_search_index()


@pytest.mark.django_db
def test_in_a_storm_so_many_are_left_until_it_is_over(
    source: tuple[Integration, Sender], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "AT_ONCE", 1)
    for n in range(4):
        hand_in(source[1], *(fires(n, f"{n}-{m}") for m in range(3)))
    for late, left in ((12, 12), (9, 9)):
        monkeypatch.setattr(search, "BACKLOG_LIMIT", late)
        monkeypatch.setattr(search, "STORM", left - 1)
        assert not search.update_search_index()
        assert (unread(), len(found("link"))) == (left, 12)
    UnreadWords.objects.update(added_at=now() - timedelta(seconds=6))
    assert search.update_search_index()
    assert (unread(), len(found("link"))) == (0, 12)


@pytest.mark.django_db
def test_what_takes_long_is_left_to_the_next_turn(
    source: tuple[Integration, Sender], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "AT_ONCE", 1)
    monkeypatch.setattr(search, "SECONDS", -1)
    hand_in(source[1], fires(0, "a"), fires(0, "b"))
    assert not search.update_search_index()
    monkeypatch.setattr(search, "SECONDS", 60)
    monkeypatch.setattr(search, "MANY", 0)
    assert search.update_search_index()
    assert (unread(), found("link")) == (0, ["a", "b"])


@pytest.mark.django_db
def test_a_trickle_is_read_at_once(source: tuple[Integration, Sender]) -> None:
    hand_in(source[1], fires(0, "a"), fires(0, "b"))
    assert search.update_search_index()
    assert unread() == 0


@pytest.mark.django_db
def test_a_statement_of_many_alerts_leaves_them_in_parts(
    source: tuple[Integration, Sender],
) -> None:
    hand_in(source[1], *(fires(0, f"n-{n}") for n in range(500)))
    parts = [len(one.alert_ids) for one in UnreadWords.objects.all()]
    assert (sum(parts), max(parts) <= 200) == (500, True)


@pytest.mark.django_db
@pytest.mark.parametrize("is_read", [False, True])
def test_a_customer_searches_the_words_of_its_own_alerts(
    is_read: bool, source: tuple[Integration, Sender]
) -> None:
    make_personas()
    with attributed(MAKER):
        owners = [make_customer(f"WORDS-{n}") for n in range(2)]
        for owner in owners:
            make_service(owner, reference=f"SVC-{owner.code}", name=f"VPN {owner.code}")
    NAME_CACHE.forget()
    hand_in(source[1], *(fires(0, o.code, service=f"SVC-{o.code}") for o in owners))
    hand_in(source[1], fires(0, "nobody's"))
    if is_read:
        search.update_search_index()
    with as_customers([owners[1].pk]):
        assert found("link") == ["WORDS-1"]
        assert AlertWords.objects.count() == int(is_read)


@pytest.mark.django_db(transaction=True)
def test_writers_acts_and_readers_at_the_same_moment_miss_no_word(
    source: tuple[Integration, Sender], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "AT_ONCE", 2)
    _integration, sender = source

    def write(first: int) -> list[WriteOutcome]:
        writer, outcomes = BatchWriter(), list[WriteOutcome]()
        for turn in range(TURNS):
            events = tuple(
                fires(turn, f"a{n}", title=f"Link {(first + turn + n) % 4}") for n in range(9)
            )
            outcomes += writer.write([ReceivedDelivery(sender, at(3600 + turn), events)])
        return outcomes

    def close() -> int:
        for turn in range(TURNS):
            # Not those that were closed nine turns ago, whose trouble has opened another one since.
            rows = Alert.objects.filter(identity=f"a{turn % 9}", state="open")
            if rows.exists():
                alert_actions.close_alerts(rows, by=MAKER, at=now())
        return TURNS

    def read() -> int:
        for _turn in range(TURNS):
            search.update_search_index()
        return TURNS

    def look() -> int:
        return sum(wrong() for _turn in range(TURNS))

    results = at_once(partial(write, 0), partial(write, 1), close, read, read, look)
    assert results == [[WriteOutcome()] * TURNS, [WriteOutcome()] * TURNS, TURNS, TURNS, TURNS, 0]
    search.update_search_index()
    assert (unread(), wrong()) == (0, 0)
    assert AlertWords.objects.count() == Alert.objects.count() >= 9
