"""The webhook's reader, on bodies that Debian's Alertmanager 0.28.1 posted."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from opale.connectors.alertmanager import Alertmanager
from opale.run.events.domain.deliveries import Delivery, NewEvents, Unreadable
from opale.run.events.states import Severity

FIXTURES = Path(__file__).parents[1] / "fixtures"
RECEIVED = datetime(2026, 11, 25, 2, tzinfo=UTC)


def read(body: bytes) -> NewEvents:
    return Alertmanager().read(Delivery(body, RECEIVED))


def captured(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def of_one_alert(**members: Any) -> bytes:
    alert = {"status": "firing", "labels": {"alertname": "A"}, **members}
    return json.dumps({"version": "4", "alerts": [alert]}).encode()


def test_each_firing_alert_is_one_event_under_its_fingerprint() -> None:
    first, second = read(captured("firing")).events
    assert (first.identity, second.identity) == ("2ce4ac0f24c066c4", "472859ae726524d0")
    assert (first.severity, second.severity) == (Severity.MAJOR, Severity.CRITICAL)
    assert first.firing
    assert second.firing
    assert first.title == "Link Rennes - Lille is down"
    assert first.text == "The interface xe-0/0/1 has been down for 2 minutes."
    assert first.labels["instance"] == "rt-lil-01.example.net:9116"


def test_nanoseconds_are_cut_to_microseconds() -> None:
    (event, _) = read(captured("firing")).events
    assert event.occurred_at == datetime(2026, 11, 25, 1, 57, 54, 880073, tzinfo=UTC)


def test_one_delivery_may_mix_what_fires_and_what_is_over() -> None:
    over, firing = read(captured("mixed")).events
    assert [event.firing for event in (over, firing)] == [False, True]
    assert over.occurred_at == datetime(2026, 11, 25, 1, 57, 56, 880876, tzinfo=UTC)
    assert over.started_at == datetime(2026, 11, 25, 1, 57, 54, 653845, tzinfo=UTC)


def test_a_delivery_was_made_after_the_newest_time_of_its_alerts() -> None:
    newest = datetime(2026, 11, 25, 1, 57, 56, 880876, tzinfo=UTC)
    assert [event.said_after for event in read(captured("mixed")).events] == [newest, newest]
    (alone,) = read(of_one_alert(startsAt="2026-01-01T00:00:00Z")).events
    assert alone.said_after == alone.occurred_at
    (undated,) = read(of_one_alert()).events
    assert undated.said_after is None


def test_the_alert_is_kept_as_received_with_what_was_around_it() -> None:
    whole = json.loads(captured("resolved"))
    (event,) = read(captured("resolved")).events
    assert event.raw == whole["alerts"][0]
    assert event.context["groupKey"] == whole["groupKey"]
    assert "alerts" not in event.context


def test_unknown_members_change_nothing() -> None:
    body = json.loads(captured("firing")) | {"notification_reason": "x", "routeLabels": {"a": "b"}}
    assert [e.identity for e in read(json.dumps(body).encode()).events] == [
        e.identity for e in read(captured("firing")).events
    ]


def test_the_year_1_is_no_time() -> None:
    body = of_one_alert(status="resolved", endsAt="0001-01-01T00:00:00Z")
    assert read(body).events[0].occurred_at == RECEIVED


@pytest.mark.parametrize(
    ("label", "severity"),
    [
        ("critical", Severity.CRITICAL),
        ("Major", Severity.MAJOR),
        ("minor", Severity.MINOR),
        ("warning", Severity.WARNING),
        ("info", Severity.INFO),
        ("none", Severity.INFO),
        ("purple", Severity.WARNING),
        ("", Severity.WARNING),
    ],
)
def test_the_severity_label_is_read_as_the_trade_spells_it(label: str, severity: Severity) -> None:
    assert (
        read(of_one_alert(labels={"severity": label, "alertname": "A"})).events[0].severity
        == severity
    )


def test_without_a_fingerprint_the_same_labels_are_the_same_thing() -> None:
    one, other = {"a": "1", "b": "2"}, {"b": "2", "a": "1"}
    first = read(of_one_alert(labels=one)).events[0]
    assert first.identity == read(of_one_alert(labels=other)).events[0].identity
    assert first.identity != read(of_one_alert(labels={"a": "1"})).events[0].identity


def test_a_bad_alert_does_not_take_the_good_ones_with_it() -> None:
    body = json.loads(captured("firing"))
    body["alerts"].insert(1, {"status": "perhaps", "labels": {"a": "b"}})
    found = read(json.dumps(body).encode())
    assert len(found.events) == 2
    assert [part.reason for part in found.refused] == ["status: firing or resolved is expected."]


def test_the_version_of_2016_is_read_alike() -> None:
    alert = {
        "status": "firing",
        "labels": {"alertname": "LinkDown", "instance": "rt-lil-01:9116", "severity": "critical"},
        "annotations": {"summary": "Link down"},
        "startsAt": "2016-11-25T01:57:54.880073Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example.net:9090/graph",
    }
    over = alert | {"status": "resolved", "endsAt": "2016-11-25T02:00:00Z"}
    whole = {"version": "3", "groupKey": 5104331529246226, "status": "firing", "receiver": "opale"}
    firing, ended = (
        read(json.dumps(whole | {"alerts": [one]}).encode()).events[0] for one in (alert, over)
    )
    assert (firing.title, firing.severity) == ("Link down", Severity.CRITICAL)
    assert (firing.firing, ended.firing) == (True, False)
    assert firing.identity == ended.identity
    # Clusters that are upgraded one by one send both versions of an alert.
    newer = json.dumps(whole | {"version": "4", "groupKey": "{}:{}", "alerts": [alert]}).encode()
    assert read(newer).events[0].identity == firing.identity


@pytest.mark.parametrize(
    "body",
    [b"", b"nope", b"[]", b"{}", b'{"version": "2", "alerts": []}', b'{"alerts": {}}', b"\xff"],
)
def test_what_is_no_webhook_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


@pytest.mark.parametrize(
    "members",
    [
        {"labels": {}},
        {"labels": {"a": 1}},
        {"labels": "x"},
        {"annotations": ["x"]},
        {"startsAt": "yesterday"},
        {"startsAt": 5},
        {"startsAt": "2026-02-30T00:00:00Z"},
        {"status": None},
    ],
)
def test_a_bad_member_refuses_its_alert_and_names_itself(members: dict[str, Any]) -> None:
    found = read(of_one_alert(**members))
    assert not found.events
    assert found.refused[0].reason.startswith(next(iter(members)))
