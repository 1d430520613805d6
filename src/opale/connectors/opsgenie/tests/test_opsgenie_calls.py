"""Addresses and bodies, those of Alertmanager 0.28.1 and Zabbix 7.0.22 among them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from opale.connectors.opsgenie import Opsgenie
from opale.connectors.opsgenie.calls import Call, parse_call
from opale.connectors.opsgenie.responses import read_request_id
from opale.run.events.domain.deliveries import Delivery, NewEvent, NewEvents, Refusal, Unreadable
from opale.run.events.states import Severity

FIXTURES = Path(__file__).parents[1] / "fixtures"
RECEIVED = datetime(2026, 11, 25, 2, tzinfo=UTC)
TOOL = Opsgenie()


def delivery(
    content: Any = None, path: str = "v2/alerts", method: str = "POST", query: str = ""
) -> Delivery:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Delivery(body if content is not None else b"", RECEIVED, "", path, method, query)


def read(content: Any) -> NewEvent:
    (event,) = TOOL.read(delivery(content)).events
    return event


def captured(name: str) -> NewEvent:
    return read((FIXTURES / f"{name}.json").read_bytes())


@pytest.mark.parametrize(
    ("method", "path", "query", "call"),
    [
        ("POST", "v2/alerts", "", ("create", "", "id")),
        ("POST", "v2/alerts/", "", ("create", "", "id")),
        ("POST", "v2/alerts/7/acknowledge", "", ("acknowledge", "7", "id")),
        ("POST", "v2/alerts/db/disk/close", "identifierType=alias", ("close", "db/disk", "alias")),
        ("POST", "v2/alerts/7/actions/restart", "", ("custom", "7", "id")),
        ("POST", "v2/alerts/7/dance", "", ("", "7", "id")),
        ("PUT", "v2/alerts/7/priority", "", ("put_priority", "7", "id")),
        ("PUT", "v2/alerts/7/owner", "", ("", "7", "id")),
        ("DELETE", "v2/alerts/7", "identifierType=tiny", ("close", "7", "tiny")),
        ("DELETE", "v2/alerts/7/tags", "tags=a", ("remove_tags", "7", "id")),
        ("GET", "v2/alerts", "limit=5", ("list", "", "id")),
        ("GET", "v2/alerts/count", "", ("count", "", "id")),
        ("GET", "v2/alerts/requests/abc", "", ("request", "abc", "id")),
        ("GET", "v2/alerts/7/notes", "", ("get_notes", "7", "id")),
        ("GET", "v2/alerts/7", "", ("get", "7", "id")),
        ("POST", "v1/alerts", "", ("", "", "id")),
    ],
)
def test_an_address_says_what_to_do(
    method: str, path: str, query: str, call: tuple[str, str, str]
) -> None:
    found = parse_call(delivery(None, path, method, query))
    assert (found.act, found.identifier, found.by) == call


def test_alertmanagers_alert_is_read_whole() -> None:
    event = captured("alertmanager-create")
    assert event.identity == "dd28292a6e2c627b189809fe235dc5843bbeccfdf7385f80b72d33bc334a5f93"
    assert event.severity == Severity.MAJOR
    assert event.labels["instance"] == "rt-lil-01.example.net:9116"
    assert (event.labels["tags"], event.labels["responders"]) == ("a,b", "ops")
    assert event.source_url == "http://alertmanager.example.net/#/alerts?receiver=opale"
    assert event.text.startswith("The interface xe-0/0/1")


def test_tags_of_zabbix_are_labels() -> None:
    event = captured("zabbix-create")
    assert (event.identity, event.labels["service"]) == ("1042", "SVC-1")
    assert event.labels["source"] == "Zabbix"


def test_an_entity_names_the_item_where_no_detail_does() -> None:
    assert read({"message": "a", "entity": "db-1"}).labels["host"] == "db-1"
    named = read({"message": "a", "entity": "db", "details": {"host": "db-1"}}).labels
    assert (named["host"], named["entity"]) == ("db-1", "db")


def test_a_priority_that_is_missing_or_unknown_loses_no_alert() -> None:
    assert read({"message": "a"}).severity == Severity.MINOR
    assert read({"message": "a", "priority": "P1"}).severity == Severity.CRITICAL
    assert read({"message": "a", "priority": "P9"}).severity == Severity.WARNING


def test_an_alias_that_is_missing_is_made_and_a_long_one_kept_apart() -> None:
    assert read({"message": "a"}).identity == read({"message": "a"}).identity
    one, other = (read({"message": "a", "alias": "x" * 300 + end}).identity for end in "ab")
    assert one != other
    assert len(one) <= 255


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({}, "message: "),
        ({"message": 5}, "message: "),
        ({"message": "a", "alias": "x" * 513}, "alias: "),
        ({"message": "a", "alias": []}, "alias: "),
        (b"{", "The body is not JSON"),
        (b"[]", "The body is not a JSON object"),
    ],
)
def test_a_bad_member_is_named(content: Any, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert refused.value.reason.startswith(reason)
    answer = TOOL.refuse(delivery(content), Refusal(400, "unreadable", refused.value.reason))
    assert answer.status == (422 if ": " in reason else 400)


def test_closing_by_alias_is_an_event_and_by_id_an_act() -> None:
    by_alias = delivery({}, "v2/alerts/a/close", query="identifierType=alias")
    assert TOOL.tells(by_alias)
    assert not TOOL.read(by_alias).events[0].firing
    assert not TOOL.tells(delivery({}, "v2/alerts/7/close"))


def test_the_id_of_a_request_carries_its_outcome() -> None:
    reply = TOOL.reply(delivery({"message": "a"}), NewEvents((read({"message": "a"}),)))
    answer = json.loads(reply.body)
    assert (reply.status, answer["result"]) == (202, "Request will be processed")
    found = read_request_id(answer["requestId"])
    assert found is not None
    assert found["identity"] == read({"message": "a"}).identity
    assert read_request_id("43a29c5c-3dbf-4fa4-9c26-f4f71023e120") is None


def test_a_parameter_is_read_from_the_address() -> None:
    assert Call("list", query=(("query", "a b"),)).said("query") == "a b"
