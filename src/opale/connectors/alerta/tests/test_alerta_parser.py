"""Ids, identities and words of Alerta, without a database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.connectors.alerta import Alerta
from opale.connectors.alerta.identifiers import number_in, uuid_of
from opale.connectors.alerta.parser import parse_event
from opale.connectors.alerta.vocabulary import RANKS, SEVERITIES
from opale.run.events.domain.deliveries import Delivery, NewEvent
from opale.run.events.states import Severity

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


FIXTURES = Path(__file__).parent.parent / "fixtures"
"""What the command line of alerta 8.5.3 posts."""


def captured(name: str) -> bytes:
    return (FIXTURES / f"cli_{name}.json").read_bytes()


def read(**said: Any) -> NewEvent:
    return parse_event(msgspec.json.encode({"resource": "a", "event": "Down", **said}), NOON)


@given(st.integers(1, 2**48 - 1))
def test_an_id_is_found_again(number: int) -> None:
    text = uuid_of("alert", number)
    assert str(UUID(text)) == text
    assert number_in("alert", text) == number
    assert number_in("alert", text.upper()) == number
    assert number_in("note", text) is None


@given(st.integers(1, 2**32 - 1))
def test_eight_characters_hold_an_id(number: int) -> None:
    assert number_in("alert", uuid_of("alert", number)[:8]) == number


@given(st.text())
def test_what_is_no_id_is_none(text: str) -> None:
    number = number_in("alert", text)
    assert number is None or uuid_of("alert", number).startswith(text.lower()[:8])


def test_every_word_has_a_severity() -> None:
    assert SEVERITIES.keys() == RANKS.keys()


def test_the_identity_tells_its_parts_apart() -> None:
    one, two = read(environment="a!b", resource="c"), read(environment="a", resource="b!c")
    assert one.identity != two.identity
    assert read(customer="ACME").identity != read().identity


def test_a_family_is_of_the_same_resource() -> None:
    event = read(environment="Production", correlate=["Down", "Up"], severity="major")
    assert event.identity == "Production!a!Down"
    assert event.family == ("Production!a!Up",)
    assert read(severity="major").family == ()


def test_without_a_severity_it_is_a_clear() -> None:
    assert not read().firing
    assert not read(severity="cleared").firing
    assert not read(severity="major", status="closed").firing
    assert read(severity="security").severity is Severity.CRITICAL


def test_an_alert_lasts_as_long_as_its_timeout() -> None:
    assert read(severity="major", timeout=60).lasts_until == NOON + timedelta(minutes=1)
    assert read(severity="major").lasts_until == NOON + timedelta(days=1)
    assert read(severity="major", timeout=0).lasts_until is None
    assert read(severity="major", timeout=10**30).lasts_until is not None


def test_its_own_time_counts() -> None:
    told = "2026-11-26T11:59:00.123Z"
    assert read(severity="major", createTime=told).occurred_at == datetime(
        2026, 11, 26, 11, 59, 0, 123_000, tzinfo=UTC
    )
    assert read(severity="major").occurred_at == NOON


def test_tags_that_name_something_are_labels() -> None:
    labels = read(severity="major", tags=["site=par1", "rack:7", "edge"]).labels
    assert (labels["site"], labels["rack"]) == ("par1", "7")
    assert labels["tags"] == "site=par1, rack:7, edge"
    assert labels["group"] == "Misc"


def test_what_the_command_line_posts_is_understood() -> None:
    raised, over = (parse_event(captured(name), NOON) for name in ("raise", "clear"))
    assert (raised.firing, raised.severity) == (True, Severity.MAJOR)
    assert (raised.title, raised.text) == ("web01: HttpDown 503", "no answer")
    assert raised.lasts_until == NOON + timedelta(minutes=10)
    assert over.family == (raised.identity,)
    assert not over.firing
    assert over.occurred_at > raised.occurred_at


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("POST", "alert", captured("raise"), True),
        ("POST", "alert", captured("heartbeat"), True),
        ("POST", "alert", b'{"event": "Heartbeat"}', False),
        ("POST", "alert", b'"Heartbeat"', True),
        ("POST", "heartbeat", captured("heartbeat"), False),
        ("POST", "blackout", captured("blackout"), False),
        ("GET", "alert", b"", False),
    ],
)
def test_only_alerts_that_are_no_sign_of_life_are_events(
    method: str, path: str, body: bytes, told: bool
) -> None:
    assert Alerta().tells(Delivery(body, NOON, path=path, method=method)) is told


@pytest.mark.parametrize(
    ("path", "headers", "query", "found"),
    [
        ("alert", {"authorization": "Key abc"}, "", ("abc", "alert")),
        ("alert/1/status", {"x-api-key": "abc"}, "", ("abc", "alert/1/status")),
        ("alerts", {}, "api-key=abc&q=a", ("abc", "alerts")),
        ("abc/alert", {}, "", ("abc", "alert")),
        ("alert", {}, "", ("", "alert")),
        ("management/status", {}, "", ("", "management/status")),
    ],
)
def test_the_key_stands_where_alertas_clients_put_it(
    path: str, headers: dict[str, str], query: str, found: tuple[str, str]
) -> None:
    delivery = Delivery(b"", NOON, path=path, headers=headers, query=query)
    assert Alerta().key_and_path(delivery) == found
