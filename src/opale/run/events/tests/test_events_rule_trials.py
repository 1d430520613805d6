"""What a rule would have done with the last week, before it is switched on."""

from datetime import timedelta
from typing import Any

import pytest
from tests.personas import Personas, make_personas

from opale.kernel.actor import ANONYMOUS, system
from opale.kernel.clock import now
from opale.kernel.errors import Invalid, NotAllowed
from opale.run.events.actions import retention, rule_trials
from opale.run.events.actions.apply_rules import ACTIVE_RULES_CACHE
from opale.run.events.actions.rules import RuleTerms
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.models import Integration, RuleTrial
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.queries.rule_trials import Trial
from opale.run.events.states import RuleEffect, Severity
from opale.run.events.tests.builders import (
    MAKER,
    alert_of,
    clears,
    fires,
    hand_in,
    make_integration,
)

pytestmark = pytest.mark.django_db
Source = tuple[Integration, Sender]
SUPPRESS, HOLD, QUALIFY = RuleEffect.SUPPRESS, RuleEffect.HOLD, RuleEffect.QUALIFY


@pytest.fixture
def source() -> Source:
    retention.create_partition(now().date())
    NAME_CACHE.forget()
    ACTIVE_RULES_CACHE.forget()
    return make_integration()


@pytest.fixture
def house() -> Personas:
    return make_personas()


def heard(sender: Sender, *events: Any) -> None:
    hand_in(sender, *events, received_at=now())


def tried(condition: str, effect: RuleEffect = SUPPRESS, **terms: Any) -> Trial:
    asked = RuleTerms(name="", condition=condition, effect=effect, **terms)
    found = rule_trials.try_rule(asked, by=MAKER, at=now() + timedelta(seconds=1))
    assert isinstance(found, Trial)
    return found


def test_a_trial_counts_what_fits_and_the_calls_that_nobody_would_have_had(source: Source) -> None:
    integration, sender = source
    heard(sender, fires(0, env="test"))
    heard(sender, fires(1, env="test"), fires(1, "other", env="prod"))
    found = tried('labels.env == "test"')
    assert (found.events, found.fitting, found.alerts) == (3, 2, 1)
    assert (found.calls, found.spared) == (1, 1)
    assert [(day.events, day.fitting) for day in found.days if day.events] == [(3, 2)]
    example = found.examples[0]
    assert (example.alert_id, example.outcome) == (alert_of(integration).pk, "suppressed")
    assert alert_of(integration).suppressed_by is None


def test_the_severity_is_that_of_each_event(source: Source) -> None:
    _integration, sender = source
    heard(sender, fires(0, severity=Severity.WARNING))
    heard(sender, fires(1, severity=Severity.CRITICAL))
    found = tried("severity == warning")
    assert (found.fitting, found.calls, found.spared) == (1, 1, 1)


def test_what_clears_within_the_hold_would_never_have_called(source: Source) -> None:
    _integration, sender = source
    heard(sender, fires(0), fires(0, "lasting"))
    heard(sender, clears(5))
    found = tried("true", HOLD, hold_for=timedelta(minutes=5))
    assert (found.calls, found.spared, found.later) == (2, 1, 1)
    assert {one.outcome for one in found.examples} == {"never", "later"}


def test_incidents_are_counted_as_opened_and_joined(source: Source) -> None:
    _integration, sender = source
    heard(sender, fires(0), fires(0, "other"))
    found = tried("true", QUALIFY)
    assert (found.opened, found.joined) == (2, 0)


def test_another_integration_is_not_looked_at(source: Source) -> None:
    _integration, sender = source
    other, _sender = make_integration()
    heard(sender, fires(0))
    assert tried("true", integration_id=other.pk).events == 0


def test_many_events_are_tried_by_a_job_that_says_how_far_it_is(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    _integration, sender = source
    monkeypatch.setattr(rule_trials, "AT_ONCE", 1)
    heard(sender, fires(0), fires(0, "other"))
    asked = RuleTerms(
        name="", condition="true", effect=HOLD, hold_for=timedelta(minutes=5), integration_id=None
    )
    at = now() + timedelta(seconds=1)
    assert rule_trials.try_rule(asked, by=MAKER, at=at) == 2
    waiting = rule_trials.try_rule(asked, by=MAKER, at=at, wait_for=True)
    assert isinstance(waiting, RuleTrial)
    assert (waiting.total, rule_trials.result_of_trial(waiting)) == (2, None)
    rule_trials.finish_trial(waiting.pk, by=system("rules"), at=at)
    waiting.refresh_from_db()
    found = rule_trials.result_of_trial(waiting)
    assert found is not None
    assert (waiting.done, found.later, len(found.examples)) == (2, 2, 2)


def test_a_slow_condition_is_stopped_in_a_trial(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    _integration, sender = source
    heard(sender, fires(0))
    monkeypatch.setattr("opale.run.events.domain.conditions.TIMEOUT_SECONDS", 0.0)
    assert tried("true || severity > 3").slow


def test_who_may_not_administer_tries_nothing_and_a_fault_is_told(house: Personas) -> None:
    asked = RuleTerms(name="", condition="nothing", effect=SUPPRESS)
    with pytest.raises(NotAllowed):
        rule_trials.try_rule(asked, by=ANONYMOUS, at=now())
    with pytest.raises(Invalid, match="Column 1"):
        rule_trials.try_rule(asked, by=MAKER, at=now())
