"""The reader, on what `zabbix_js` 7.0.22 posted by the media type, and the media type itself."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from opale.connectors.zabbix import Zabbix
from opale.connectors.zabbix.updates import _words
from opale.run.events.domain.deliveries import Delivery, NewEvent, Unreadable
from opale.run.events.states import Severity

FIXTURES = Path(__file__).parents[1] / "fixtures"
RECEIVED = datetime(2026, 11, 25, 2, 0, 5, tzinfo=UTC)
TOOL = Zabbix()
KNOWN = {
    "name", "type", "parameters", "script", "timeout", "process_tags", "show_event_menu",
    "event_menu_url", "event_menu_name", "description", "message_templates",
}  # fmt: skip
"""What Zabbix 7.0 takes of a media type when it imports a webhook, as far as ours has it."""


def captured(name: str, **members: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text())
    return found | members


def delivery(said: Any, received_at: datetime = RECEIVED) -> Delivery:
    return Delivery(json.dumps(said).encode(), received_at)


def read(said: dict[str, Any], received_at: datetime = RECEIVED) -> NewEvent:
    (event,) = TOOL.read(delivery(said, received_at)).events
    return event


def test_a_problem_is_an_event_under_its_number() -> None:
    event = read(captured("problem"))
    assert (event.identity, event.firing, event.severity) == ("1042", True, Severity.MAJOR)
    assert event.title == "Interface xe-0/0/1: Link down"
    assert event.text.startswith("The link does not carry")
    assert (
        event.source_url == "https://zabbix.example.net/tr_events.php?triggerid=18231&eventid=1042"
    )


def test_tags_and_names_of_the_host_are_labels() -> None:
    labels = read(captured("problem")).labels
    assert (labels["host"], labels["host_name"]) == ("rt-lil-01", "Router Lille 01")
    assert (labels["service"], labels["instance"]) == ("SVC-000042", "192.0.2.1")
    assert labels["scope"] == "availability, performance"
    written_back = '[{"tag": "__zbx_opale_alert", "value": "7"}, "x", {"tag": 5}]'
    assert "__zbx_opale_alert" not in read(captured("problem", event_tags=written_back)).labels
    for said in ("{EVENT.TAGSJSON}", '[{"tag": "\\ud800"}]', "[" * 100_000):
        assert read(captured("problem", event_tags=said)).labels["host"] == "rt-lil-01"


def test_the_zone_of_a_time_is_told_by_the_present_time() -> None:
    assert read(captured("problem")).occurred_at == datetime(2026, 11, 25, 2, tzinfo=UTC)
    elsewhere = captured(
        "problem",
        date="2026.11.24",
        time="21:30:05",
        event_date="2026.11.24",
        event_time="21:29:00",
    )
    assert read(elsewhere).occurred_at == datetime(2026, 11, 25, 1, 59, tzinfo=UTC)
    assert read(captured("problem", time="")).occurred_at == RECEIVED


def test_a_recovery_ends_the_problem_when_it_recovered() -> None:
    event = read(captured("recovery"), RECEIVED + timedelta(minutes=5))
    assert (event.identity, event.firing) == ("1042", False)
    assert event.occurred_at == datetime(2026, 11, 25, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "severity"),
    [
        ("0", Severity.INFO),
        ("1", Severity.INFO),
        ("2", Severity.WARNING),
        ("3", Severity.MINOR),
        ("4", Severity.MAJOR),
        ("5", Severity.CRITICAL),
        ("", Severity.INFO),
        ("9", Severity.INFO),
    ],
)
def test_the_number_says_how_bad_it_is(number: str, severity: Severity) -> None:
    assert read(captured("problem", event_nseverity=number)).severity == severity


def test_what_was_found_is_kept_and_opens_nothing() -> None:
    event = read(captured("problem", event_source="1", event_value="2"))
    assert event.remarks
    assert not event.opens


def test_an_update_is_an_act() -> None:
    assert TOOL.tells(delivery(captured("problem")))
    assert not TOOL.tells(delivery(captured("update")))
    assert TOOL.tells(delivery([]))


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("acknowledged, commented and closed", {"acknowledged", "commented", "and", "closed"}),
        ("unacknowledged", {"unacknowledged"}),
        ("changed severity from closed to acknowledged", set()),
        ("acknowledged and changed severity from A to B", {"acknowledged", "and"}),
    ],
)
def test_an_action_is_taken_apart(action: str, words: set[str]) -> None:
    assert _words(action) == words


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"event_id": ""}, "event_id: "),
        ({"event_id": "{EVENT.ID}"}, "event_id: "),
        ({"event_source": "7"}, "event_source: "),
        ({"event_value": ""}, "event_value: "),
    ],
)
def test_a_bad_member_is_named(members: dict[str, str], reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(captured("problem", **members))
    assert refused.value.reason.startswith(reason)


def test_what_is_no_notice_is_unreadable() -> None:
    for body in (b"", b"[]", b"{}", b"\xff"):
        with pytest.raises(Unreadable):
            TOOL.read(Delivery(body, RECEIVED))


def test_the_media_type_can_be_imported_with_its_address() -> None:
    url = "https://opale.example.net/ingest/zabbix/key"
    whole = yaml.safe_load(TOOL.file(TOOL.files[0], url, "key").body)["zabbix_export"]
    assert whole["version"] == "7.0"
    (media_type,) = whole["media_types"]
    assert set(media_type) <= KNOWN
    parameters = {one["name"]: one["value"] for one in media_type["parameters"]}
    assert parameters["opale_url"] == url
    assert all(isinstance(value, str) for value in parameters.values())
    modes = [
        (one["event_source"], one["operation_mode"]) for one in media_type["message_templates"]
    ]
    assert len(set(modes)) == 10
