"""Rules that make an incident of an alert."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from procrastinate.contrib.django.models import ProcrastinateJob

from opale.kernel.clock import now
from opale.kernel.models import Fact
from opale.run.events.actions import alerts, integrations, qualification, retention
from opale.run.events.actions.qualification import TIMER_JOB
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.models import Alert, Integration, QualificationRule
from opale.run.events.queries.timeline import alert_timeline
from opale.run.events.states import Severity
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


@pytest.fixture
def source() -> tuple[Integration, Sender]:
    retention.create_partition(at(0).date())
    retention.create_partition(now().date())
    return make_integration()


def rule(integration: Integration, severity: Severity, seconds: int) -> QualificationRule:
    return integrations.add_rule(
        integration,
        name=f"{severity.label} for {seconds}",
        minimum_severity=severity,
        open_for=timedelta(seconds=seconds),
        by=MAKER,
    )


def qualified(seconds: float) -> list[int]:
    return qualification.qualify_due_alerts(by=MAKER, at=at(seconds))


def test_an_alert_is_qualified_when_it_is_open_long_enough_and_once(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    found = rule(integration, Severity.MAJOR, 60)
    hand_in(sender, fires(0))
    alert = alert_of(integration)
    assert qualified(59) == []
    assert qualified(60) == [alert.pk]
    assert qualified(61) == []
    (fact,) = Fact.objects.filter(name="events.AlertQualified")
    assert (fact.body["alert_id"], fact.body["rule_id"]) == (alert.pk, found.pk)
    alert.refresh_from_db()
    assert alert.qualified_at == at(60)
    story, _older = alert_timeline(alert, seen_by=MAKER)
    assert [line.kind for line in story] == ["received", "qualified"]


def test_what_cleared_before_becomes_no_incident(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    rule(integration, Severity.MAJOR, 60)
    hand_in(sender, fires(0))
    hand_in(sender, clears(30))
    assert qualified(3600) == []


def test_what_is_less_severe_or_of_another_source_becomes_no_incident(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    _other, other_sender = make_integration()
    rule(integration, Severity.MAJOR, 0)
    hand_in(sender, fires(0, severity=Severity.MINOR))
    hand_in(other_sender, fires(0))
    assert qualified(3600) == []


def test_an_acknowledged_alert_is_qualified_all_the_same(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    rule(integration, Severity.MAJOR, 60)
    hand_in(sender, fires(0))
    alerts.acknowledge_alerts(Alert.objects.filter(integration=integration), by=MAKER, at=at(5))
    assert len(qualified(60)) == 1


def test_an_alert_that_opens_again_is_qualified_again(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    rule(integration, Severity.MAJOR, 60)
    hand_in(sender, fires(0))
    assert len(qualified(60)) == 1
    hand_in(sender, clears(100), fires(200))
    assert qualified(259) == []
    assert len(qualified(260)) == 1


def test_a_removed_rule_qualifies_nothing(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    found = rule(integration, Severity.MAJOR, 60)
    hand_in(sender, fires(0))
    integrations.remove_rule(found, by=MAKER)
    assert qualified(3600) == []


def test_a_batch_sets_one_timer_for_all_that_falls_due_in_the_same_second(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    rule(integration, Severity.MAJOR, 600)
    moment = now()
    events = [
        replace(fires(0, f"link-{n}"), occurred_at=moment, started_at=moment) for n in range(50)
    ]
    hand_in(sender, *events, received_at=moment)
    timer = ProcrastinateJob.objects.get(task_name=TIMER_JOB)
    assert timer.scheduled_at is not None
    assert (
        timedelta(0) <= timer.scheduled_at - moment - timedelta(seconds=600) < timedelta(seconds=1)
    )


def test_what_is_due_already_is_looked_at_at_once(source: tuple[Integration, Sender]) -> None:
    integration, sender = source
    rule(integration, Severity.MAJOR, 0)
    hand_in(sender, fires(0))
    timer = ProcrastinateJob.objects.get(task_name=TIMER_JOB)
    assert timer.scheduled_at is None


def test_a_rule_that_came_or_went_is_seen_by_the_next_batch(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    timers = ProcrastinateJob.objects.filter(task_name=TIMER_JOB)
    hand_in(sender, fires(0))
    assert not timers.exists()
    found = rule(integration, Severity.MAJOR, 0)
    hand_in(sender, fires(1, "second"))
    assert timers.exists()
    timers._raw_delete("default")
    hand_in(sender, fires(2, "third"))
    assert timers.exists()
    timers._raw_delete("default")
    integrations.remove_rule(found, by=MAKER)
    hand_in(sender, fires(3, "fourth"))
    assert not timers.exists()
