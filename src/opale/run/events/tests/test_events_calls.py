"""For which alerts somebody has to be woken, and for which not."""

from datetime import timedelta

import pytest
from tests.personas import Personas, make_personas

from opale.kernel.attribution import attributed
from opale.kernel.models import Change, Fact
from opale.run.events.actions import (
    alerts,
    corrections,
    integrations,
    qualification,
    retention,
    shelving,
)
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.models import Alert, AlertChange, Integration
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.states import AlertState, Severity
from opale.run.events.tests.builders import (
    MAKER,
    alert_of,
    at,
    clears,
    fires,
    hand_in,
    make_integration,
)

pytestmark = pytest.mark.django_db
WARNING, CRITICAL = Severity.WARNING, Severity.CRITICAL


@pytest.fixture
def source() -> tuple[Integration, Sender]:
    retention.create_partition(at(0).date())
    NAME_CACHE.forget()
    return make_integration()


@pytest.fixture
def house() -> Personas:
    return make_personas()


def calls() -> list[str]:
    facts = Fact.objects.filter(name="events.AlertsCall").order_by("id")
    return [fact.body["reason"] for fact in facts]


def test_an_alert_calls_when_it_opens_and_when_it_opens_again(
    source: tuple[Integration, Sender],
) -> None:
    _integration, sender = source
    hand_in(sender, fires(0))
    hand_in(sender, fires(0))
    hand_in(sender, clears(10))
    hand_in(sender, clears(10))
    assert calls() == ["raised"]
    hand_in(sender, fires(20))
    assert calls() == ["raised", "raised"]


def test_what_opens_and_clears_within_a_delivery_calls_nobody_and_is_on_record(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    hand_in(sender, fires(0), clears(1))
    assert alert_of(integration).state == AlertState.CLEARED
    assert calls() == []


@pytest.mark.parametrize("act", ["acknowledge", "shelve", None])
def test_what_gets_worse_than_was_seen_is_open_again_and_calls_once(
    source: tuple[Integration, Sender], act: str | None
) -> None:
    integration, sender = source
    hand_in(sender, fires(0, severity=WARNING))
    rows = Alert.objects.filter(integration=integration)
    if act == "acknowledge":
        alerts.acknowledge_alerts(rows, by=MAKER, at=at(5))
    if act == "shelve":
        shelving.shelve_alerts(rows, at(7200), by=MAKER, at=at(5))
    hand_in(sender, fires(10, severity=CRITICAL))
    hand_in(sender, fires(10, severity=CRITICAL))
    alert = alert_of(integration)
    assert (alert.state, alert.severity, alert.shelved_until) == ("open", CRITICAL, None)
    for severity in (WARNING, CRITICAL):
        hand_in(sender, fires(20 + severity, severity=severity))
    assert calls() == ["raised", "risen"]
    assert Fact.objects.filter(name="events.AlertsRisen").count() == 1
    graded = AlertChange.objects.filter(kind="severity").order_by("id")
    assert [(one.source, one.target) for one in graded] == [
        ("warning", "critical"),
        ("critical", "warning"),
        ("warning", "critical"),
    ]


def test_what_was_seen_at_a_lower_severity_calls_when_it_is_bad_again(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    hand_in(sender, fires(0, severity=CRITICAL))
    hand_in(sender, fires(5, severity=WARNING))
    alerts.acknowledge_alerts(Alert.objects.filter(integration=integration), by=MAKER, at=at(6))
    hand_in(sender, fires(10, severity=CRITICAL))
    assert (alert_of(integration).state, calls()) == ("open", ["raised", "risen"])


def test_a_customer_newly_hit_calls_once(
    source: tuple[Integration, Sender], house: Personas
) -> None:
    integration, sender = source
    hand_in(sender, fires(0))
    rows = Alert.objects.filter(integration=integration)
    alerts.acknowledge_alerts(rows, by=MAKER, at=at(5))
    for seconds in (10, 20):
        hand_in(sender, fires(seconds, customer=house.customer.code))
    alert = alert_of(integration)
    assert (alert.state, alert.customer_id) == (AlertState.ACKNOWLEDGED, house.customer.pk)
    assert calls() == ["raised", "customer"]
    hand_in(sender, fires(30, customer=house.other_customer.code))
    assert calls() == ["raised", "customer", "customer"]


def test_a_shelved_alert_of_a_new_customer_calls_nobody(
    source: tuple[Integration, Sender], house: Personas
) -> None:
    integration, sender = source
    hand_in(sender, fires(0))
    rows = Alert.objects.filter(integration=integration)
    shelving.shelve_alerts(rows, None, by=MAKER, at=at(5))
    hand_in(sender, fires(10, customer=house.customer.code))
    assert calls() == ["raised"]


def test_a_rise_falls_under_a_rule_from_which_it_was_too_mild(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    integrations.add_rule(
        integration, name="bad", minimum_severity=CRITICAL, open_for=timedelta(), by=MAKER
    )
    hand_in(sender, fires(0, severity=WARNING))
    assert qualification.qualify_due_alerts(by=MAKER, at=at(5)) == []
    hand_in(sender, fires(10, severity=CRITICAL))
    assert qualification.qualify_due_alerts(by=MAKER, at=at(11)) == [alert_of(integration).pk]
    (change,) = AlertChange.objects.filter(kind="qualified")
    assert (change.target, change.actor) == ("bad", MAKER.key)


def test_a_trouble_shorter_than_a_rule_asks_becomes_nothing_and_is_on_record(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    integrations.add_rule(
        integration,
        name="a minute",
        minimum_severity=WARNING,
        open_for=timedelta(seconds=60),
        by=MAKER,
    )
    hand_in(sender, fires(0), received_at=at(1))
    hand_in(sender, clears(40), received_at=at(41))
    assert qualification.qualify_due_alerts(by=MAKER, at=at(61)) == []
    assert qualification.qualify_due_alerts(by=MAKER, at=at(6000)) == []
    alert = alert_of(integration)
    assert (alert.state, alert.cleared_at, alert.count) == ("cleared", at(40), 2)
    assert Change.objects.filter(topic=f"events.alert:{alert.pk}").exists()
    with attributed(MAKER):
        assert not AlertChange.objects.filter(alert=alert, kind="qualified").exists()


def test_what_a_tool_corrects_to_a_worse_severity_is_open_again_and_calls(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    hand_in(sender, fires(0, severity=WARNING))
    alerts.acknowledge_alerts(Alert.objects.filter(integration=integration), by=MAKER, at=at(5))
    alert = alert_of(integration)
    for severity in (CRITICAL, WARNING, CRITICAL):
        corrections.amend_alert(alert, severity=severity, by=sender.actor(), at=at(6))
    assert (alert_of(integration).state, calls()) == ("open", ["raised", "risen"])
