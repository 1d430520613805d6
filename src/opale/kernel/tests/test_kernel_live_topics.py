"""Live changes: nothing is missed, whatever the order in which transactions end."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from opale.kernel import clock, live_topics
from opale.kernel.live_topics import Cursor, publish, publish_once, since, topics_of
from opale.kernel.models import Change

START = Cursor(0, 0)


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    """A second session of the application."""
    parameters = connection.get_connection_params()
    for django_only in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(django_only, None)
    with psycopg.connect(**parameters) as session:
        yield session


def topics(cursor: Cursor = START) -> list[str]:
    return topics_of(since(cursor))


def topics_once_there(wanted: int, cursor: Cursor = START) -> list[str]:
    """What ended just now, perhaps in another database, is passed at the next reading."""
    pause, found = threading.Event(), topics(cursor)
    for _ in range(1000):
        if len(found) >= wanted:
            break
        pause.wait(0.02)
        found = topics(cursor)
    return found


@pytest.mark.django_db
def test_each_topic_is_told_once_in_a_call_and_with_its_customer() -> None:
    publish("desk.ticket:1", "desk.queue", "desk.ticket:1", customer_id=7)
    publish()
    told = Change.objects.order_by("id").values_list("topic", "customer_id")
    assert list(told) == [("desk.ticket:1", 7), ("desk.queue", 7)]


@pytest.mark.django_db
def test_what_is_gathered_is_told_once_at_the_end(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1), publish_once():
        publish("desk.ticket:1", "desk.queue", customer_id=7)
        with publish_once():
            publish("desk.ticket:1", customer_id=7)
            publish("desk.queue")
    told = Change.objects.order_by("id").values_list("topic", "customer_id")
    assert list(told) == [("desk.ticket:1", 7), ("desk.queue", 7), ("desk.queue", None)]


@publish_once()
def touch_and_fail() -> None:
    publish("desk.queue")
    raise ValueError


@pytest.mark.django_db
def test_a_block_that_fails_tells_nothing() -> None:
    with pytest.raises(ValueError):
        touch_and_fail()
    assert not Change.objects.exists()
    publish("desk.queue")
    assert Change.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_with_an_early_number_is_not_missed(
    other: psycopg.Connection[Any],
) -> None:
    other.execute("INSERT INTO kernel_change (topic) VALUES ('early')")
    publish("late")
    assert topics() == [], "the reader passed a transaction that is still running"
    other.commit()
    assert topics_once_there(2) == ["early", "late"]


@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_of_another_database_holds_nobody_back() -> None:
    parameters = {**connection.get_connection_params(), "dbname": "postgres", "options": ""}
    for django_only in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(django_only, None)
    with psycopg.connect(**parameters) as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        publish("here")
        assert topics_once_there(1) == ["here"]


@pytest.mark.django_db(transaction=True)
def test_a_reader_that_goes_on_from_its_cursor_reads_every_change_once() -> None:
    for number in range(5):
        publish(f"lamp:{number}", f"lamp:{number}b")
    read: list[str] = []
    cursor, end = START, time.monotonic() + 10
    # A transaction of another test that has just ended may hold the horizon back for one reading.
    while len(read) < 10 and time.monotonic() < end:
        if page := since(cursor, limit=3):
            read += topics_of(page)
            cursor = page[-1][0]
    assert read == [f"lamp:{n}{tail}" for n in range(5) for tail in ("", "b")]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_rolled_back_was_none() -> None:
    with transaction.atomic():
        publish("never")
        transaction.set_rollback(True)
    publish("there")
    assert topics_once_there(1) == ["there"]


@pytest.fixture
def time_stands(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The moment at which readers are woken, long after they were the last time."""
    moment = [time.monotonic()]
    monkeypatch.setattr(live_topics, "monotonic", lambda: moment[0])
    monkeypatch.setattr(live_topics.LastNotification, "at", moment[0] - 3_600)
    return moment


def woken(listening: psycopg.Connection[Any]) -> int:
    """How often readers were woken until now."""
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY end_of_test")
    heard = []
    for notice in listening.notifies(timeout=30):
        if notice.channel == "end_of_test":
            break
        heard.append(notice.channel)
    assert set(heard) <= {live_topics.CHANNEL}
    return len(heard)


@pytest.fixture
def listening(other: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    other.autocommit = True
    other.execute(f"LISTEN {live_topics.CHANNEL}".encode())
    other.execute("LISTEN end_of_test")
    return other


@pytest.mark.django_db(transaction=True)
def test_readers_are_woken_once_by_a_transaction_and_the_next_ones(
    listening: psycopg.Connection[Any], time_stands: list[float]
) -> None:
    with transaction.atomic():
        publish("a")
        publish("b", "c")
        publish("a")
    publish("d")
    assert woken(listening) == 1
    time_stands[0] += 2 * live_topics.NOTIFY_EVERY_SECONDS
    publish("e")
    assert woken(listening) == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_is_woken_by_what_was_rolled_back(
    listening: psycopg.Connection[Any], time_stands: list[float]
) -> None:
    with transaction.atomic():
        publish("a")
        transaction.set_rollback(True)
    assert woken(listening) == 0


@pytest.mark.django_db(transaction=True)
def test_no_transaction_that_changes_something_notifies_itself(
    django_assert_num_queries: Any, time_stands: list[float]
) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        publish("a")


def test_a_cursor_is_read_back_from_its_text() -> None:
    cursor = Cursor(1234567890123, 42)
    assert Cursor.parse(str(cursor)) == cursor


@pytest.mark.parametrize(
    "text", ["", "-", "12", "12-", "-12", "a-1", "1-b", "1-2-3", "1.5-2", "-1-2", " 1-2", "²-1"]
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    assert Cursor.parse(text) is None


def test_cursors_are_ordered_by_transaction_first() -> None:
    assert Cursor(1, 99) < Cursor(2, 1) < Cursor(2, 2)


@pytest.mark.django_db
def test_forgetting_keeps_the_recent_and_marks_how_far_it_went() -> None:
    publish("first", "second")
    assert live_topics.delete_expired() == 0
    with clock.travel(live_topics.KEPT_FOR + timedelta(minutes=1)):
        assert live_topics.delete_expired() == 1
        assert live_topics.delete_expired() == 0
    assert list(Change.objects.values_list("topic", flat=True)) == [""]
