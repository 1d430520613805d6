"""Notifications of Icinga 2 and Nagios, as their own daemons had the script hand them in."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest

from opale.connectors.nagios import Icinga, Nagios
from opale.run.events.domain.deliveries import Delivery, NewEvent, Unreadable
from opale.run.events.states import Severity

FIXTURES = Path(__file__).parent.parent / "fixtures"
RECEIVED = datetime(2026, 11, 26, 12, tzinfo=UTC)


def read(body: bytes) -> NewEvent:
    (event,) = Icinga().read(Delivery(body, RECEIVED)).events
    assert Nagios().read(Delivery(body, RECEIVED)).events == (event,)
    return event


def fixture(name: str) -> NewEvent:
    return read((FIXTURES / f"{name}.form").read_bytes())


def told(**said: str) -> NewEvent:
    return read(urlencode(said).encode())


@pytest.mark.parametrize("family", ["icinga", "nagios"])
def test_a_problem_fires_and_a_recovery_ends_it(family: str) -> None:
    problem, recovery = fixture(f"{family}_problem"), fixture(f"{family}_recovery")
    assert problem.identity == recovery.identity == "web01!http"
    assert (problem.firing, problem.severity) == (True, Severity.CRITICAL)
    assert problem.title == "web01 / http: Connection refused by host"
    assert problem.labels["host"] == "web01"
    assert problem.labels["check"] == "http"
    assert problem.labels["address"] == "192.0.2.1"
    assert not recovery.firing
    assert recovery.occurred_at >= problem.occurred_at
    assert not problem.acknowledges


@pytest.mark.parametrize("family", ["icinga", "nagios"])
def test_an_acknowledgement_says_who_sees_to_it(family: str) -> None:
    event = fixture(f"{family}_acknowledgement")
    assert event.acknowledges
    assert event.identity == "web01!http"
    assert "ann: on it" in event.text


@pytest.mark.parametrize("family", ["icinga", "nagios"])
def test_a_host_that_is_down_is_an_alert_of_its_own(family: str) -> None:
    event = fixture(f"{family}_host_down")
    assert (event.identity, event.firing, event.severity) == ("web01", True, Severity.CRITICAL)


@pytest.mark.parametrize(
    "kind", ["FLAPPINGSTART", "FLAPPINGSTOP", "FLAPPING_END", "DOWNTIMESTART", "CUSTOM"]
)
def test_what_stands_beside_the_trouble_is_a_remark(kind: str) -> None:
    event = told(t=kind, l="web01", s="DOWN", o="x")
    assert event.remarks
    assert not event.opens


@pytest.mark.parametrize(
    "kind", ["DOWNTIMEEND", "DOWNTIMECANCELLED", "DOWNTIME_REMOVED", "FLAPPINGSTOP", "FLAPPING_END"]
)
def test_what_held_notices_back_ends_in_a_good_state_and_so_does_the_trouble(kind: str) -> None:
    event = told(t=kind, l="web01", e="http", s="OK", o="x")
    assert (event.firing, event.remarks) == (False, False)


@pytest.mark.parametrize("kind", ["DOWNTIMESTART", "FLAPPINGSTART", "CUSTOM"])
def test_what_begins_in_a_good_state_ends_nothing(kind: str) -> None:
    assert told(t=kind, l="web01", e="http", s="OK", o="x").remarks


@pytest.mark.parametrize(
    ("state", "severity"),
    [
        ("WARNING", Severity.WARNING),
        ("UNKNOWN", Severity.WARNING),
        ("UNREACHABLE", Severity.MAJOR),
        ("critical", Severity.CRITICAL),
    ],
)
def test_a_state_says_how_bad_it_is(state: str, severity: Severity) -> None:
    assert told(NOTIFICATIONTYPE="PROBLEM", HOSTNAME="a", HOSTSTATE=state).severity is severity


def test_the_time_of_the_notification_counts_not_the_one_of_its_arrival() -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    problem = {"t": "PROBLEM", "l": "a", "s": "DOWN"}
    assert told(**problem, d="2026-11-20 13:00:00 +0100").occurred_at == noon
    assert told(**problem, sent=str(int(noon.timestamp()))).occurred_at == noon
    assert told(**problem, d="yesterday").occurred_at == RECEIVED


def test_nagios_says_since_when_it_lasts() -> None:
    event = told(
        NOTIFICATIONTYPE="PROBLEM",
        HOSTNAME="a",
        HOSTSTATE="DOWN",
        TIMET="1763640060",
        LASTHOSTSTATECHANGE="1763640000",
    )
    assert event.started_at is not None
    assert (event.occurred_at - event.started_at).total_seconds() == 60


def test_a_page_of_icinga_web_is_linked() -> None:
    event = told(t="PROBLEM", l="a b", e="c", s="CRITICAL", i="https://icinga.example.net/web/")
    expected = "https://icinga.example.net/web/monitoring/service/show?host=a%20b&service=c"
    assert event.source_url == expected


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"t": "PROBLEM", "s": "DOWN"}, "HOSTNAME"),
        ({"t": "SINGING", "l": "a", "s": "DOWN"}, "NOTIFICATIONTYPE"),
        ({"t": "PROBLEM", "l": "a", "s": "BLUE"}, "HOSTSTATE"),
        ({f"f{n}": "" for n in range(200)}, "More fields"),
    ],
)
def test_what_is_no_notification_is_refused(said: dict[str, str], reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        told(**said)
    assert refused.value.reason.startswith(reason)


@pytest.mark.parametrize("tool", [Icinga(), Nagios()])
def test_the_address_stands_in_what_is_pasted_and_in_the_script(tool: Icinga | Nagios) -> None:
    url = "https://opale.example.net/ingest/icinga/key"
    script = tool.file("opale-notify", url, "key").body.decode()
    for text in (tool.example(url, "key"), script):
        assert url in text
        assert not {"@URL@", "@FIRST@", "@THEN@"} & set(text.split())
        assert "@URL@" not in text
