"""The reader, on bodies that Alertmanager 0.28.1 and Zabbix 7.0.22 posted."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from opale.connectors.pagerduty import PagerDuty
from opale.connectors.pagerduty.changes import parse_change
from opale.run.events.domain.deliveries import Delivery, NewEvent, Refusal, Unreadable
from opale.run.events.states import Severity

FIXTURES = Path(__file__).parents[1] / "fixtures"
RECEIVED = datetime(2026, 11, 25, 2, tzinfo=UTC)
TOOL = PagerDuty()
KEY = "0123456789abcdef0123456789abcdef"


def delivery(body: bytes, path: str = "v2/enqueue") -> Delivery:
    return Delivery(body, RECEIVED, path=path)


def captured(name: str) -> NewEvent:
    (event,) = TOOL.read(delivery((FIXTURES / f"{name}.json").read_bytes())).events
    return event


def trigger(**members: Any) -> dict[str, Any]:
    payload = {"summary": "Disk full", "source": "db-1", "severity": "error"}
    return {"routing_key": KEY, "event_action": "trigger", "payload": payload, **members}


def read(said: dict[str, Any], path: str = "v2/enqueue") -> NewEvent:
    (event,) = TOOL.read(delivery(json.dumps(said).encode(), path)).events
    return event


def fault(said: dict[str, Any], path: str = "v2/enqueue") -> str:
    with pytest.raises(Unreadable) as refused:
        TOOL.read(delivery(json.dumps(said).encode(), path))
    return refused.value.reason


def test_a_trigger_is_an_event_under_its_key() -> None:
    event = captured("zabbix-trigger")
    assert (event.identity, event.firing, event.acknowledges) == ("1042", True, False)
    assert event.title == "Problem: Interface xe-0/0/1: Link down"
    assert event.severity == Severity.MAJOR
    assert event.labels["host"] == "rt-lil-01"
    assert event.text.startswith("Problem started at")
    assert event.source_url.startswith("http://zabbix.example.net/tr_events.php")


def test_an_acknowledgement_and_a_resolution_are_of_the_same_key() -> None:
    seen_to, over = captured("zabbix-acknowledge"), captured("zabbix-resolve")
    assert (seen_to.identity, seen_to.acknowledges) == ("1042", True)
    assert (over.identity, over.firing, over.acknowledges) == ("1042", False, False)


def test_alertmanagers_details_are_labels_and_its_dump_is_text() -> None:
    event = captured("alertmanager-trigger")
    assert event.labels["host"] == "rt-lil-01.example.net:9116"
    assert event.labels["num_firing"] == "1"
    assert event.text.startswith("Labels:\n - alertname = LinkDown")
    assert event.source_url == "http://alertmanager.example.net/#/alerts?receiver=opale"
    assert not captured("alertmanager-resolve").firing


def test_events_are_ordered_by_their_receipt() -> None:
    payload = trigger()["payload"] | {"timestamp": "2031-07-17T08:42:58.315+0000"}
    assert read(trigger(payload=payload)).occurred_at == RECEIVED


def test_the_key_is_not_kept_with_the_event() -> None:
    assert KEY not in json.dumps(read(trigger()).raw)


def test_a_key_that_is_missing_is_made_the_same_for_the_same_words() -> None:
    made = read(trigger()).identity
    assert len(made) == 32
    assert made == read(trigger()).identity
    assert made != read(trigger(client="other")).identity


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("critical", Severity.CRITICAL),
        ("error", Severity.MAJOR),
        ("warning", Severity.WARNING),
        ("info", Severity.INFO),
        ("High", Severity.MAJOR),
        ("purple", Severity.WARNING),
    ],
)
def test_a_word_for_severity_that_pagerduty_lacks_loses_no_event(
    word: str, severity: Severity
) -> None:
    assert read(trigger(payload=trigger()["payload"] | {"severity": word})).severity == severity


def test_a_long_summary_is_kept_whole_in_the_text() -> None:
    summary = "x" * 2_000
    event = read(trigger(payload=trigger()["payload"] | {"summary": summary}))
    assert event.text == summary


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"payload": {}}, "'payload.summary' is missing or blank"),
        ({"payload": {"summary": "a", "severity": "info"}}, "'payload.source' is missing or blank"),
        ({"payload": ["x"]}, "'payload.summary' is missing or blank"),
        ({"event_action": "escalate"}, "'event_action' is invalid"),
        ({"event_action": None}, "'event_action' is invalid"),
        ({"event_action": "resolve"}, "'dedup_key' is missing or blank"),
        ({"dedup_key": "k" * 256}, "Length of 'dedup_key' is incorrect"),
        ({"dedup_key": 7}, "'dedup_key' is invalid"),
    ],
)
def test_a_bad_member_is_named(members: dict[str, Any], reason: str) -> None:
    assert fault(trigger() | members).startswith(reason)


def test_every_fault_is_named_at_once() -> None:
    refused = TOOL.refuse(
        delivery(b"{}"), Refusal(400, "unreadable", fault(trigger(payload={}, dedup_key=1)))
    )
    assert refused.status == 400
    said = json.loads(refused.body)
    assert said["status"] == "invalid event"
    assert len(said["errors"]) == 4


def test_a_resolution_needs_no_payload() -> None:
    event = read({"routing_key": KEY, "event_action": "resolve", "dedup_key": "a"})
    assert not event.firing


def test_what_is_no_json_or_too_large_is_unreadable() -> None:
    for body in (b"", b"[]", b"\xff", b'{"a": "' + b"x" * 600 * 1024 + b'"}'):
        with pytest.raises(Unreadable):
            TOOL.key_and_path(delivery(body))


def test_the_key_stands_in_the_body_or_in_a_header() -> None:
    assert TOOL.key_and_path(delivery(b'{"routing_key": "a"}'))[0] == "a"
    assert TOOL.key_and_path(delivery(b'{"service_key": "b"}'))[0] == "b"
    with_header = replace(delivery(b"{}"), headers={"x-routing-key": "c"})
    assert TOOL.key_and_path(with_header)[0] == "c"


def test_version_1_is_read_as_it_always_was() -> None:
    said = {
        "service_key": KEY,
        "event_type": "trigger",
        "incident_key": "db-1/disk",
        "description": "Disk full",
        "client": "Nagios",
        "details": {"host": "db-1", "used": 97},
    }
    path = "generic/2010-04-15/create_event.json"
    event = read(said, path)
    assert (event.identity, event.severity) == ("db-1/disk", Severity.CRITICAL)
    assert event.labels == {"host": "db-1", "used": "97", "client_name": "Nagios"}
    found = TOOL.read(delivery(json.dumps(said).encode(), path))
    reply = TOOL.reply(delivery(b"", path), found)
    assert reply.status == 200
    assert json.loads(reply.body)["incident_key"] == "db-1/disk"
    assert fault(said | {"description": ""}, path) == "'description' is missing or blank"


def test_a_change_tells_what_was_done_and_where() -> None:
    said = {
        "payload": {
            "summary": "Version 3.2 deployed",
            "source": "deployer",
            "timestamp": "2026-11-25T01:30:00+00:00Z",
            "custom_details": {"host": "web-1"},
        },
        "links": [{"href": "https://ci.example.net/7", "text": "Run 7"}, {"text": "no link"}],
    }
    change = parse_change(delivery(json.dumps(said).encode(), "v2/change/enqueue"))
    assert (change.summary, change.source) == ("Version 3.2 deployed", "deployer")
    assert change.at == datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
    assert change.labels["host"] == "web-1"
    assert change.links == (("https://ci.example.net/7", "Run 7"),)


@pytest.mark.parametrize("said", ["", "yesterday", "2026-02-31T00:00:00Z"])
def test_a_change_at_no_time_was_made_when_it_was_told(said: str) -> None:
    body = json.dumps({"payload": {"summary": "a", "timestamp": said}}).encode()
    assert parse_change(delivery(body)).at == RECEIVED


def test_a_change_without_words_is_unreadable() -> None:
    with pytest.raises(Unreadable, match=r"payload\.summary"):
        parse_change(delivery(b'{"payload": {}}'))
