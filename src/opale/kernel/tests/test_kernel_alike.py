"""What is the same for many is read once after each change, and never for longer."""

from collections.abc import Hashable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from opale.kernel import alike
from opale.kernel.alike import read_once, state_of
from opale.kernel.live_topics import publish


@pytest.fixture(autouse=True)
def afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """The base is looked for once, as by a process that has just begun."""
    monkeypatch.setattr(alike, "_base", (0.0, 0))
    monkeypatch.setattr(alike, "_kept", {})


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    """A second session of the application."""
    parameters = connection.get_connection_params()
    for django_only in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(django_only, None)
    with psycopg.connect(**parameters) as session:
        yield session


def said() -> Hashable:
    """The state without the minute, which may end in the middle of a test."""
    found: Any = state_of("desk.queue")
    return (*found[:3], found[4])


@pytest.mark.django_db(transaction=True)
def test_the_state_is_another_one_after_each_change_of_its_topic() -> None:
    first = said()
    publish("events.board", "desk.ticket:1")
    assert said() == first
    publish("desk.queue")
    second = said()
    publish("desk.queue")
    assert len({first, second, said()}) == 3


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_of_an_early_change_is_another_state(
    other: psycopg.Connection[Any],
) -> None:
    other.execute("INSERT INTO kernel_change (topic) VALUES ('desk.queue')")
    publish("desk.queue")
    before = said()
    other.commit()
    assert said() != before


@pytest.mark.django_db
def test_many_read_once_in_one_state_and_again_in_the_next() -> None:
    readings = iter(range(10))

    def read(state: str, what: str) -> int:
        return read_once(state, what, lambda: next(readings))

    assert [read("first", what) for what in ("open", "open", "triage", "open")] == [0, 0, 1, 0]
    assert [read("second", "open"), read("second", "open"), read("second", "triage")] == [2, 2, 3]


@pytest.mark.django_db
def test_what_was_read_in_a_state_that_ended_is_let_go_of() -> None:
    for state in range(5):
        for what in ("open", "triage"):
            read_once(state, what, lambda: None)
    assert [state for state, _, _ in alike._kept.values()] == [4, 4]


@pytest.mark.django_db
def test_only_so_much_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "KEPT", 2)
    for what in range(5):
        read_once("first", what, lambda: None)
    assert list(alike._kept) == [3, 4]


@pytest.mark.django_db
def test_what_nobody_asked_for_in_a_minute_is_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter((0.0, alike.KEPT_SECONDS - 1, alike.KEPT_SECONDS))
    monkeypatch.setattr("opale.kernel.alike.time.monotonic", lambda: next(moments))
    for what in ("open", "triage", "all"):
        read_once("first", what, lambda: None)
    assert list(alike._kept) == ["triage", "all"]
