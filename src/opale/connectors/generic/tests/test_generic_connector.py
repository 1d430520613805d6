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
    body = json.dumps(said).encode()
    return Generic().read(Delivery(body, RECEIVED, settings=settings, integration="Home-made"))


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


def test_several_events_of_one_delivery_are_read_and_what_is_no_object_is_kept_aside() -> None:
    found = read({"events": [{"title": "a"}, "text", {"title": "b"}]})
    assert [event.title for event in found.events] == ["a", "b"]
    assert [one.reason.partition(":")[0] for one in found.refused] == ["events"]


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ({"AlertName": "Disk full"}, "Disk full"),
        ({"alert-name": "Disk full", "message": "x"}, "Disk full"),
        ({"Short Description": "Disk full"}, "Disk full"),
        ({"alert": {"title": "Disk full", "id": 7}}, "Disk full"),
        ({"check": {"check_name": "Disk full"}, "version": 1}, "Disk full"),
        ({"msg": "Disk full"}, "Disk full"),
        ({"title": "", "reason": "Disk full"}, "Disk full"),
    ],
)
def test_a_title_is_found_by_many_names_and_one_level_down(said: Any, title: str) -> None:
    assert one(said).title == title


@pytest.mark.parametrize(
    "said", [{}, {"nothing": 1}, {"a": {"b": [1, 2]}}, {"events": ["x"]}, {"events": True}]
)
def test_an_object_without_a_title_is_an_event_all_the_same(said: Any) -> None:
    event = one(said)
    assert event.title == "Home-made: event without a title"
    assert json.loads(event.text) == said
    assert event.firing


def test_two_objects_that_nobody_understands_are_two_troubles() -> None:
    first, again, other = one({"a": 1, "b": 2}), one({"b": 2, "a": 1}), one({"a": 2, "b": 2})
    assert first.identity == again.identity != other.identity


def test_a_mapping_that_finds_no_event_loses_none() -> None:
    assert one({"title": "Disk full"}, events="nowhere").title == "Disk full"
    assert one({"title": "Disk full"}, title="nowhere").title == "Disk full"
    assert read({"alerts": []}).events == ()
    assert one({"alerts": [], "title": "Disk full"}).title == "Disk full"


def test_two_checks_of_one_host_are_two_alerts() -> None:
    disk = {"title": "Check failed", "alias": "web01", "host": "web01", "id": "disk"}
    assert one(disk).identity != one(disk | {"id": "load"}).identity
    for name in ("check_id", "rule_id"):
        check = {"title": "Failed", "id": "web01", "host": "web01"}
        assert len({one({**check, name: number}).identity for number in (1, 2)}) == 2
    # A rule that speaks of two hosts tells of two troubles.
    hosts = ({"title": "Failed", "rule_id": 1, "host": host} for host in ("web01", "web02"))
    assert len({one(said).identity for said in hosts}) == 2
    # Nor does the number of an object inside stand for the trouble.
    asset = {"title": "Disk full", "asset": {"id": 7}, "host": "web01"}
    assert one(asset).identity != one(asset | {"title": "Load"}).identity


@pytest.mark.parametrize(
    "said",
    [
        {"title": "x", "CurrentState": "OK"},
        {"title": "x", "alert": {"status": "resolved"}},
        {"title": "x", "resolved": True},
        {"title": "x", "firing": False},
    ],
)
def test_an_end_is_found_by_many_names(said: Any) -> None:
    assert not one(said).firing


@pytest.mark.parametrize(
    "said",
    [
        {"title": "x", "user": {"status": "ok"}},
        {"title": "x", "resolved": False},
        {"title": "x", "firing": True, "resolved": False},
        {"title": "x", "state": "open", "resolved": False},
    ],
)
def test_what_is_no_end_of_the_event_ends_nothing(said: Any) -> None:
    assert one(said).firing


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ({"Criticality": "ALERT_LEVEL_CRITICAL"}, Severity.CRITICAL),
        ({"priority": "P2 - High"}, Severity.MAJOR),
        ({"status": "CRITICAL"}, Severity.CRITICAL),
        ({"alert": {"severity": "minor"}}, Severity.MINOR),
        ({"severity": "sev0"}, Severity.CRITICAL),
        ({"severity": "purple"}, Severity.WARNING),
        ({"user": {"level": "critical"}}, Severity.WARNING),
    ],
)
def test_a_severity_is_found_by_many_names_and_in_phrases(said: Any, severity: Severity) -> None:
    assert one({"title": "x"} | said).severity == severity


@pytest.mark.parametrize(
    "said", [{"HostName": "web01"}, {"host": {"name": "web01"}}, {"resource": {"fqdn": "web01"}}]
)
def test_a_host_is_found_by_many_names(said: Any) -> None:
    assert one({"title": "x"} | said).labels["host"] == "web01"


def test_functions_on_texts_may_stand_in_a_mapping() -> None:
    said = {"line": "[web01] disk full", "inner": '{"a": "b"}', "bad": "{", "n": 5}
    assert one(said, title="after(line, '] ')").title == "disk full"
    assert one(said, title="before(after(line, '['), ']')").title == "web01"
    assert one(said, title="parse_json(inner).a").title == "b"
    assert one(said, title="after(line, '') || before(line, '')").title == said["line"]
    assert one(said, title="parse_json(bad) || after(n, 'x') || line").title == said["line"]


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
    # The mapping of the tool says the rest.
    assert event.labels == {"name": "shop", "url": "https://shop.example.net", "host": "shop"}
    assert not one(said | {"heartbeat": {"status": 1}}, **mapping).firing


@pytest.mark.parametrize(
    "tags",
    [
        ["site=lille", "role:edge", "urgent"],
        "site:lille, role:edge,urgent",
        [{"name": "site", "value": "lille"}, {"key": "role", "value": "edge"}, ["urgent", True]],
    ],
)
def test_labels_may_be_a_list_of_pairs(tags: Any) -> None:
    event = one({"title": "x", "tags": tags})
    assert event.labels == {"site": "lille", "role": "edge", "urgent": "true"}


def test_labels_are_bounded() -> None:
    event = one({"title": "x", "labels": {f"l{n}": "v" * 70_000 for n in range(10_000)}})
    assert len(event.labels) == 100
    assert {len(value) for value in event.labels.values()} == {1_000}


@pytest.mark.parametrize("body", [b"", b"nope", b"\xff\xfe", b"[" * 100_000, b'"text"', b"5"])
def test_what_is_no_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        Generic().read(Delivery(body, RECEIVED))


@pytest.mark.parametrize("time", ["2026-02-31T00:00:00Z", "yesterday", -5, 1e300, True, "9" * 400])
def test_a_moment_that_cannot_be_is_that_of_receipt(time: Any) -> None:
    assert one({"title": "x", "time": time}).occurred_at == RECEIVED


@pytest.mark.parametrize("digits", [0, 3, 6, 9])
def test_counts_since_1970_are_read_in_every_unit(digits: int) -> None:
    at = one({"title": "x", "time": 1_795_176_000 * 10**digits}).occurred_at
    assert at == datetime(2026, 11, 20, 12, tzinfo=UTC)


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
names = st.sampled_from(["title", "severity", "status", "time", "id", "labels", "host"])


@given(st.dictionaries(names, values), values)
def test_any_object_is_one_event_with_a_title_and_an_identity(said: Any, events: Any) -> None:
    event = one(said)
    assert event.title
    assert event.identity
    assert read(said | {"events": events}).refused == ()


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b'{"title": "cut \\ud83d"}', "cut ?"),
        (b'{"title": "a", "load": 1e400}', "a"),
        (b'{"title": "a", "load": NaN, "least": -Infinity}', "a"),
        (b'\xef\xbb\xbf{"title": "a"}', "a"),
        ('{"title": "é"}'.encode("utf-16"), "é"),
        (b'{"title": "disk\tfull"}', "disk full"),
        (b'{"title": "\xe9"}', "\ufffd"),
    ],
)
def test_an_object_that_is_not_quite_json_is_an_event(body: bytes, title: str) -> None:
    (event,) = Generic().read(Delivery(body, RECEIVED)).events
    assert event.title.replace("\t", " ") == title


@pytest.mark.parametrize("body", [b'{"a":' * 100_000, b"[" * 100_000, b'{"title": ', b"", b"\xff"])
def test_what_is_no_json_at_all_stays_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        Generic().read(Delivery(body, RECEIVED))
