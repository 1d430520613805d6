"""JSON that nobody agreed on: by the usual names, and by a mapping."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.connectors.generic import Generic
from opale.run.events.domain.deliveries import Delivery, NewEvent, NewEvents, Unreadable
from opale.run.events.states import Severity

RECEIVED = datetime(2026, 11, 25, 2, tzinfo=UTC)


def read(said: Any, **settings: str) -> NewEvents:
    return Generic().read(Delivery(json.dumps(said).encode(), RECEIVED, settings=settings))


def one(said: Any, **settings: str) -> NewEvent:
    (event,) = read(said, **settings).events
    return event


def test_the_usual_names_are_understood_without_a_mapping() -> None:
    event = one(
        {
            "summary": "Disk full",
            "description": "/var has 0 bytes left",
            "level": "ERROR",
            "host": "web01",
            "timestamp": "2026-11-25T01:59:00+00:00",
            "event_id": "disk-7",
            "url": "https://monitor.example.net/7",
        }
    )
    assert (event.title, event.text) == ("Disk full", "/var has 0 bytes left")
    assert (event.severity, event.firing, event.identity) == (Severity.MAJOR, True, "disk-7")
    assert event.labels["host"] == "web01"
    assert event.occurred_at == datetime(2026, 11, 25, 1, 59, tzinfo=UTC)
    assert event.source_url == "https://monitor.example.net/7"


@pytest.mark.parametrize("state", ["resolved", "OK", "Recovered", " up "])
def test_a_state_that_means_the_end_clears(state: str) -> None:
    assert not one({"title": "x", "status": state}).firing


def test_a_severity_that_means_the_end_clears_where_no_state_is_said() -> None:
    assert not one({"title": "x", "level": "ok"}).firing
    assert one({"title": "x", "level": "ok", "state": "alerting"}).firing


def test_what_somebody_sees_to_is_acknowledged() -> None:
    event = one({"title": "x", "status": "acknowledged"})
    assert event.acknowledges
    assert event.firing


def test_without_an_identity_host_and_title_are_it_and_severity_never_is() -> None:
    up, down = (one({"title": "x", "host": "a", "severity": s}) for s in ("info", "critical"))
    assert up.identity == down.identity == "a!x"


def test_several_events_of_one_delivery_are_read_and_a_bad_one_is_kept_aside() -> None:
    found = read({"events": [{"title": "a"}, {"nothing": 1}, "text", {"title": "b"}]})
    assert [event.title for event in found.events] == ["a", "b"]
    assert [one.reason.partition(":")[0] for one in found.refused] == ["title", "events"]


def test_a_mapping_reads_what_the_usual_names_do_not() -> None:
    said = {
        "msg": "[down] shop",
        "monitor": {"name": "shop", "url": "https://shop.example.net"},
        "heartbeat": {"status": 0, "time": 1_795_176_000},
    }
    mapping = {
        "title": "monitor.name",
        "state": "to_string(heartbeat.status)",
        "clear_words": "1",
        "identity": "monitor.name",
        "time": "heartbeat.time",
        "url": "monitor.url",
        "labels": "monitor",
    }
    event = one(said, **mapping)
    assert (event.title, event.firing, event.identity) == ("shop", True, "shop")
    assert event.occurred_at == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert event.labels == {"name": "shop", "url": "https://shop.example.net"}
    assert not one(said | {"heartbeat": {"status": 1}}, **mapping).firing


def test_labels_may_be_a_list_of_pairs() -> None:
    event = one({"title": "x", "tags": ["site=lille", "role:edge", "urgent"]})
    assert event.labels == {"site": "lille", "role": "edge", "urgent": "true"}


def test_labels_are_bounded() -> None:
    event = one({"title": "x", "labels": {f"l{n}": "v" * 70_000 for n in range(10_000)}})
    assert len(event.labels) == 100
    assert {len(value) for value in event.labels.values()} == {1_000}


@pytest.mark.parametrize("body", [b"", b"nope", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        Generic().read(Delivery(body, RECEIVED))


def test_a_moment_that_cannot_be_is_kept_aside() -> None:
    assert read({"title": "x", "time": "2026-02-31T00:00:00Z"}).refused


def test_a_mapping_that_cannot_be_is_told_with_its_place() -> None:
    faults = Generic().faults({"title": "", "text": "a ||", "severity": "level", "host": "x" * 501})
    assert faults.keys() == {"title", "text", "host"}
    assert "4" in faults["text"] or "5" in faults["text"]


scalars = st.sampled_from(
    [None, True, 0, -1.5, 1e300, "", "ok", "x=1", "9999-12-31T23:59:59-10:00"]
)
values = st.one_of(
    scalars,
    st.lists(scalars, max_size=3),
    st.dictionaries(st.sampled_from(["summary", "severity", "a"]), scalars, max_size=3),
)
names = st.sampled_from(["title", "severity", "status", "time", "id", "labels", "host", "events"])


@given(st.dictionaries(names, values))
def test_whatever_is_said_is_read_or_refused_with_a_reason(said: dict[str, Any]) -> None:
    try:
        refused = [one.reason for one in read(said).refused]
    except Unreadable as error:
        refused = [error.reason]
    assert all(refused)
