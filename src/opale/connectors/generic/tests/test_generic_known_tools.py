"""The shipped mappings, on the bodies that the tools document."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from opale.connectors.generic import Generic
from opale.connectors.generic.known_tools import KNOWN_TOOLS, recognise
from opale.connectors.generic.mapping import find_faults
from opale.connectors.generic.tests.cloud_bodies import sns
from opale.connectors.generic.tests.samples import SAMPLES, Sample, with_
from opale.run.events.domain.deliveries import Delivery, NewEvent
from opale.run.events.states import Severity

RECEIVED = datetime(2026, 11, 25, 3, tzinfo=UTC)
BY_TOOL = {sample.tool: sample for sample in SAMPLES}
parametrized = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.tool)


def read(body: Any, **settings: str) -> NewEvent:
    (event,) = (
        Generic().read(Delivery(json.dumps(body).encode(), RECEIVED, settings=settings)).events
    )
    return event


def test_every_shipped_mapping_has_a_sample_and_they_are_of_twenty_tools_at_least() -> None:
    assert [tool.name for tool in KNOWN_TOOLS] == list(dict.fromkeys(BY_TOOL))
    assert len({tool.name.partition(" (")[0] for tool in KNOWN_TOOLS}) >= 20


@pytest.mark.parametrize("tool", KNOWN_TOOLS, ids=lambda tool: tool.name)
def test_every_expression_of_a_mapping_is_one(tool: Any) -> None:
    assert find_faults(tool.mapping) == {}


@parametrized
def test_a_trouble_is_raised_with_its_title_host_severity_and_labels(sample: Sample) -> None:
    event = read(sample.raised)
    assert (event.title, event.firing) == (sample.title, True)
    assert event.labels.get("host", "") == sample.host
    assert event.severity == Severity[sample.severity.upper()]
    assert event.labels.items() >= sample.labels.items()
    assert event.identity
    assert event.occurred_at <= RECEIVED
    assert not event.source_url or event.source_url.startswith("http")


@parametrized
def test_the_tool_says_when_it_happened_where_its_body_does(sample: Sample) -> None:
    tool = next(tool for tool in KNOWN_TOOLS if tool.name == sample.tool)
    happened = read(sample.raised).occurred_at
    # Without a time in its body, or one in the host's own zone, the time of receipt counts.
    if tool.mapping["time"] and sample.tool != "Splunk":
        assert datetime(2026, 11, 25, 1, 57, tzinfo=UTC) < happened
        assert happened < datetime(2026, 11, 25, 1, 59, tzinfo=UTC)
    else:
        assert happened == RECEIVED


@parametrized
def test_its_end_clears_the_same_trouble(sample: Sample) -> None:
    tool = next(tool for tool in KNOWN_TOOLS if tool.name == sample.tool)
    assert tool.ends == (sample.ended is not None)
    if sample.ended is None:
        again = read(sample.raised)
        assert (again.firing, again.identity) == (True, read(sample.raised).identity)
        return
    raised, ended = read(sample.raised), read(sample.ended)
    assert not ended.firing
    assert ended.identity == raised.identity
    assert ended.occurred_at >= raised.occurred_at


@pytest.mark.parametrize(
    "sample", [one for one in SAMPLES if one.other], ids=lambda sample: sample.tool
)
def test_another_trouble_is_another_alert(sample: Sample) -> None:
    assert read(sample.raised).identity != read(sample.other).identity


def test_what_the_integration_sets_comes_before_the_mapping_of_the_tool() -> None:
    body = BY_TOOL["Pingdom"].raised
    event = read(body, title="description", severity="'critical'")
    assert (event.title, event.severity) == ("Short error message", Severity.CRITICAL)
    assert event.identity == "12345"


def test_what_is_shown_as_a_default_does_not_replace_the_mapping_of_the_tool() -> None:
    """The page that tries a sample hands over all settings, changed or not."""
    defaults = {setting.name: setting.default for setting in Generic.settings}
    body = BY_TOOL["Pingdom"].raised
    assert read(body, **defaults) == read(body)


def test_an_acknowledgement_over_there_is_one_here() -> None:
    acknowledged = {
        "Opsgenie": {"action": "Acknowledge"},
        "Splunk On-Call (VictorOps)": {"message_type": "ACKNOWLEDGEMENT"},
        "Checkmk": {"NOTIFICATIONTYPE": "ACKNOWLEDGEMENT"},
    }
    for tool, change in acknowledged.items():
        event = read(BY_TOOL[tool].raised | change)
        assert event.acknowledges, tool
        assert event.identity == read(BY_TOOL[tool].raised).identity


@pytest.mark.parametrize(
    ("tool", "change"),
    [
        ("PagerDuty", {"event__event_type": "incident.annotated"}),
        ("PagerDuty", {"event__event_type": "incident.status_update_published"}),
        ("Opsgenie", {"action": "AddNote"}),
        ("Sentry (issue)", {"action": "assigned"}),
    ],
)
def test_what_is_said_beside_a_trouble_does_not_raise_it_again(
    tool: str, change: dict[str, str]
) -> None:
    event = read(with_(BY_TOOL[tool].raised, **change))
    assert (event.remarks, event.opens) == (True, False)
    assert event.identity == read(BY_TOOL[tool].raised).identity
    assert not read(BY_TOOL[tool].raised).remarks
    assert not read(BY_TOOL[tool].ended).remarks
    # What the integration reads itself is what it says.
    assert not read(with_(BY_TOOL[tool].raised, **change), state="'on'").remarks


def test_a_note_of_pagerduty_is_on_its_incident() -> None:
    note = {"id": "note", "incident": {"id": "PGR0VU2", "summary": "A little bump"}, "content": "x"}
    event = read(
        with_(BY_TOOL["PagerDuty"].raised, event__event_type="incident.annotated", event__data=note)
    )
    assert (event.remarks, event.identity) == (True, "PGR0VU2")


@pytest.mark.parametrize("scope", ["", " on {host:web01}"])
def test_a_monitor_of_datadog_with_a_priority_ends_too(scope: str) -> None:
    body = BY_TOOL["Datadog"].raised
    raised = read(with_(body, title=f"[P2] [Triggered{scope}] [prod] CPU is high"))
    ended = read(with_(body, title=f"[P2] [Recovered{scope}] [prod] CPU is high"))
    assert (raised.title, raised.firing) == ("[prod] CPU is high", True)
    assert raised.severity == Severity.MAJOR
    assert (ended.firing, ended.identity) == (False, raised.identity)
    other = read(with_(body, title=f"[P2] [Triggered{scope}] [test] CPU is high"))
    assert other.identity != raised.identity


def test_a_subscription_of_amazon_shows_the_address_that_confirms_it() -> None:
    url = "https://sns.eu-west-3.amazonaws.com/?Action=ConfirmSubscription"
    body = sns("You have chosen to subscribe to the topic.\nVisit the SubscribeURL.")
    del body["Subject"]
    event = read(body | {"Type": "SubscriptionConfirmation", "SubscribeURL": url})
    assert event.title == "You have chosen to subscribe to the topic."
    assert event.source_url == url


def test_a_message_of_amazon_that_no_mapping_knows_is_read_by_the_usual_names() -> None:
    event = read(sns({"alert_name": "Queue is full", "host": "mq-1", "severity": "major"}))
    assert (event.title, event.severity) == ("Queue is full", Severity.MAJOR)


def test_a_body_that_only_looks_like_a_tool_is_none_of_it() -> None:
    assert recognise({"incident": "x"}) is None
    assert recognise({"incident": {"incident_id": "1"}}) is None
    assert recognise(["x"]) is None
    assert replace(KNOWN_TOOLS[0], signs=("a.b",)).sent({"a": {"b": 1}})
