"""What Prometheus posts to its Alertmanager, read."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from opale.connectors.alertmanager import AlertmanagerServer
from opale.connectors.alertmanager.fingerprints import fingerprint
from opale.run.events.domain.deliveries import Delivery, NewEvents, Refusal, Unreadable
from opale.run.events.states import Severity

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SERVER = AlertmanagerServer()


def read(*alerts: Any) -> NewEvents:
    delivery = Delivery(json.dumps(alerts).encode(), NOON, path="api/v2/alerts")
    assert SERVER.tells(delivery)
    return SERVER.read(delivery)


def test_a_fingerprint_is_that_of_prometheus() -> None:
    """As Alertmanager 0.28.1 showed them."""
    assert fingerprint({"good": "one"}) == "698446e8e173e050"
    assert fingerprint({"alertname": "A", "host": "é"}) == "b449053d3e0261fb"
    assert fingerprint({"host": "é", "alertname": "A"}) == "b449053d3e0261fb"


def test_what_has_an_end_ahead_fires_until_then() -> None:
    said = {
        "labels": {"alertname": "Down", "severity": "critical", "empty": ""},
        "annotations": {"summary": "It is down"},
        "startsAt": "2026-11-20T11:00:00Z",
        "endsAt": "2026-11-20T12:04:00Z",
        "generatorURL": "http://prometheus/graph",
    }
    event = read(said).events[0]
    assert event.firing
    assert event.labels == {"alertname": "Down", "severity": "critical"}
    assert event.identity == fingerprint(event.labels)
    assert (event.title, event.severity) == ("It is down", Severity.CRITICAL)
    assert event.started_at == event.occurred_at == NOON - timedelta(hours=1)
    assert event.lasts_until == NOON + timedelta(minutes=4)


def test_what_has_an_end_in_the_past_is_over() -> None:
    said = {"startsAt": "2026-11-20T11:00:00Z", "endsAt": "2026-11-20T11:30:00Z"}
    event = read({"labels": {"alertname": "Down"}, **said}).events[0]
    assert not event.firing
    assert event.occurred_at == NOON - timedelta(minutes=30)
    assert event.lasts_until is None


@pytest.mark.parametrize("absent", [{}, {"endsAt": "0001-01-01T00:00:00.000Z"}, {"endsAt": None}])
def test_without_an_end_it_holds_for_five_minutes(absent: dict[str, Any]) -> None:
    event = read({"labels": {"alertname": "Down"}, **absent}).events[0]
    assert event.firing
    assert event.occurred_at == NOON
    assert event.lasts_until == NOON + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("wrong", "reason", "status"),
    [
        ({}, "0.labels in body is required", 422),
        ({"labels": {}}, "at least one label pair required", 400),
        ({"labels": {"a": ""}}, "at least one label pair required", 400),
        ({"labels": {"a": 1}}, "labels: an object of texts is expected.", 400),
        (
            {
                "labels": {"a": "b"},
                "startsAt": "2026-01-02T00:00:00Z",
                "endsAt": "2026-01-01T00:00:00Z",
            },
            "start time must be before end time",
            400,
        ),
    ],
)
def test_what_cannot_be_read_leaves_the_others(wrong: Any, reason: str, status: int) -> None:
    found = read(wrong, {"labels": {"good": "one"}})
    assert [event.labels for event in found.events] == [{"good": "one"}]
    assert [part.reason for part in found.refused] == [reason]
    delivery = Delivery(b"", NOON)
    assert SERVER.reply(delivery, found).status == 400
    assert SERVER.refuse(delivery, Refusal(400, "unreadable", reason)).status == status


@pytest.mark.parametrize("body", [b"nonsense", b"{}", b"[" * 100_000])
def test_what_is_no_list_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        SERVER.read(Delivery(body, NOON, path="api/v2/alerts"))


def test_the_example_names_where_prometheus_has_to_look() -> None:
    said = SERVER.example("https://opale.example/ingest/alertmanager_api/KEY", "KEY")
    assert 'targets: ["opale.example:443"]' in said
    assert "path_prefix: /ingest/alertmanager_api/KEY" in said
