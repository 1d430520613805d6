"""What rules do to alerts: suppress, hold, route and qualify, in their order."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.personas import Personas, make_personas

from opale.customers.tests.builders import (
    give_plan,
    make_contract,
    make_customer,
    make_plan,
    make_service,
)
from opale.kernel.actor import ANONYMOUS
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.kernel.models import Fact
from opale.kernel.timers import Timers
from opale.organisation.models import Team
from opale.run.events.actions import apply_rules, flap_recovery, qualification, retention, rules
from opale.run.events.actions.apply_rules import ACTIVE_RULES_CACHE
from opale.run.events.actions.apply_silences import ACTIVE_SILENCES
from opale.run.events.actions.rules import RuleTerms
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.models import Alert, AlertChange, EventRule, Integration
from opale.run.events.queries import alerts
from opale.run.events.queries import rules as rule_queries
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.states import RuleEffect, Severity
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
Source = tuple[Integration, Sender]


@pytest.fixture
def source() -> Source:
    retention.create_partition(at(0).date())
    NAME_CACHE.forget()
    ACTIVE_RULES_CACHE.forget()
    ACTIVE_SILENCES.forget()
    return make_integration()


@pytest.fixture
def house() -> Personas:
    return make_personas()


def make_rule(
    condition: str, effect: RuleEffect = RuleEffect.SUPPRESS, on: bool = True, **terms: Any
) -> EventRule:
    name = terms.pop("name", f"{effect}: {condition}"[:100])
    asked = RuleTerms(name=name, condition=condition, effect=effect, **terms)
    rule = rules.create_event_rule(asked, by=MAKER, at=at(0))
    if on:
        rules.switch_event_rule(rule, on=True, by=MAKER, at=at(0))
    ACTIVE_RULES_CACHE.forget()
    return rule


def calls() -> list[str]:
    facts = Fact.objects.filter(name="events.AlertsCall").order_by("id")
    return [fact.body["reason"] for fact in facts]


def changes_of(alert: Alert) -> list[tuple[str, str]]:
    rows = AlertChange.objects.filter(alert=alert).order_by("id")
    return [(one.kind, one.target) for one in rows]


def test_what_a_rule_suppresses_calls_nobody_and_is_on_record(source: Source) -> None:
    integration, sender = source
    rule = make_rule('labels.env == "test"', name="Tests are quiet")
    hand_in(sender, fires(0, env="test"), fires(0, "other", env="prod"))
    alert = alert_of(integration)
    assert (alert.state, alert.suppressed_by) == ("open", rule)
    assert changes_of(alert) == [("suppressed", "Tests are quiet")]
    assert [f.body["alert_ids"] for f in Fact.objects.filter(name="events.AlertsCall")] == [
        [alert_of(integration, "other").pk]
    ]
    assert list(alerts.unacknowledged_alerts(MAKER)) == [alert_of(integration, "other")]


def test_all_that_rules_do_to_what_opens_is_written_with_it(
    source: Source, house: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alert that is changed after it was inserted costs its indexes twice."""
    integration, sender = source
    team = Team.objects.order_by("pk")[0]
    suppress = make_rule("true")
    hold = make_rule("true", RuleEffect.HOLD, hold_for=timedelta(minutes=5))
    route = make_rule("true", RuleEffect.ROUTE, team_id=team.pk)
    qualify = make_rule("true", RuleEffect.QUALIFY)
    monkeypatch.setattr(
        apply_rules, "UPDATE_EFFECTS", "SELECT 'a second time, which must not be'::int"
    )
    hand_in(sender, fires(0), fires(0, "other"))
    for identity in ("link", "other"):
        alert = alert_of(integration, identity)
        assert (alert.suppressed_by, alert.held_by, alert.routed_by, alert.qualifies_by) == (
            suppress,
            hold,
            route,
            qualify,
        )
        assert alert.team == team
        assert alert.held_until is not None
        assert [kind for kind, _target in changes_of(alert)] == ["suppressed", "held", "routed"]


def test_a_rule_that_is_off_does_nothing(source: Source) -> None:
    integration, sender = source
    make_rule("true", on=False)
    hand_in(sender, fires(0))
    assert alert_of(integration).suppressed_by is None


def test_a_rule_for_one_integration_leaves_the_others(source: Source) -> None:
    integration, sender = source
    other, other_sender = make_integration()
    make_rule("true", integration_id=other.pk)
    hand_in(sender, fires(0))
    hand_in(other_sender, fires(0))
    assert alert_of(integration).suppressed_by is None
    assert alert_of(other).suppressed_by is not None


def test_what_no_longer_fits_calls_though_nothing_else_is_new(source: Source) -> None:
    integration, sender = source
    make_rule('text.contains("quiet")')
    hand_in(sender, fires(0, text="be quiet"))
    assert calls() == []
    hand_in(sender, fires(10, text="it burns"))
    assert calls() == ["silence_over"]
    assert [kind for kind, _to in changes_of(alert_of(integration))] == ["suppressed", "speaks"]


def test_a_rise_that_the_rule_does_not_name_calls_once(source: Source) -> None:
    _integration, sender = source
    make_rule("severity < critical")
    hand_in(sender, fires(0, severity=Severity.WARNING))
    hand_in(sender, fires(10))
    assert calls() == ["risen"]


def test_many_rules_changed_at_once_are_followed_by_one_look_and_one_more(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(apply_rules, "RECHECK_TIMERS", Timers(apply_rules.RECHECK_JOB))
    for number in range(5):
        with django_capture_on_commit_callbacks(execute=True):
            make_rule(f"times == {number}")
    looks = ProcrastinateJob.objects.filter(task_name=apply_rules.RECHECK_JOB)
    assert sorted(looks.values_list("scheduled_at", flat=True), key=bool) == [None, at(3)]
    assert set(looks.values_list("lock", flat=True)) == {
        apply_rules.RECHECK_JOB
    }  # one after the other


def test_switching_a_rule_looks_at_what_stands(source: Source) -> None:
    integration, sender = source
    hand_in(sender, fires(0))
    rule = make_rule("true")
    apply_rules.recheck_suppressed(by=MAKER, at=at(10))
    assert alert_of(integration).suppressed_by == rule
    assert calls() == ["raised"]
    rules.switch_event_rule(rule, on=False, by=MAKER, at=at(20))
    ACTIVE_RULES_CACHE.forget()
    apply_rules.recheck_suppressed(by=MAKER, at=at(20))
    assert alert_of(integration).suppressed_by is None
    assert calls() == ["raised", "silence_over"]


def test_a_look_ends_while_further_alerts_come(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration, sender = source
    hand_in(sender, fires(0, "a"), fires(0, "b"))
    make_rule("true")
    seen: list[int] = []

    def stored(
        ids: Iterable[int], _raised: Collection[int] = ()
    ) -> list[apply_rules.AlertToEvaluate]:
        if not isinstance(ids, list):
            return []  # of a batch
        seen.extend(ids)
        assert len(seen) < 9, "there is no end of it"
        hand_in(sender, fires(len(seen), f"later-{len(seen)}"))
        return []

    monkeypatch.setattr(apply_rules, "AT_ONCE", 1)
    monkeypatch.setattr(apply_rules, "_stored", stored)
    apply_rules.recheck_suppressed(by=MAKER, at=at(10))
    first = Alert.objects.filter(integration=integration, identity__in=("a", "b"))
    assert sorted(seen) == sorted(first.values_list("pk", flat=True))


def test_hours_are_those_of_the_company_and_the_clock_alone_lets_speak(
    source: Source, house: Personas
) -> None:
    integration, sender = source
    make_rule("hour >= 22 || hour < 7", integration_id=integration.pk)
    hand_in(sender, fires(0))
    night = datetime(2026, 11, 21, 5, 30, tzinfo=UTC)  # half past six in Paris
    apply_rules.recheck_suppressed(by=MAKER, at=night)
    quiet = alert_of(integration).suppressed_by is not None
    apply_rules.sweep_rules(by=MAKER, at=night + timedelta(hours=1))
    assert (quiet, alert_of(integration).suppressed_by) == (True, None)
    assert calls()[-1] == "silence_over"


def test_what_clears_while_it_is_held_never_speaks(source: Source) -> None:
    integration, sender = source
    make_rule("true", RuleEffect.HOLD, hold_for=timedelta(minutes=5), name="Patience")
    hand_in(sender, fires(0))
    held = alert_of(integration)
    assert held.held_until is not None
    assert changes_of(held) == [("held", "Patience")]
    hand_in(sender, clears(10))
    assert apply_rules.release_held(by=MAKER, at=held.held_until) == []
    assert calls() == []


def test_what_lasts_as_long_as_it_is_held_speaks_once(source: Source) -> None:
    integration, sender = source
    make_rule("true", RuleEffect.HOLD, hold_for=timedelta(minutes=5))
    hand_in(sender, fires(0))
    hand_in(sender, fires(10))
    held = alert_of(integration)
    assert held.held_until is not None
    assert apply_rules.release_held(by=MAKER, at=held.held_until - timedelta(seconds=1)) == []
    for _time in range(2):
        apply_rules.release_held(by=MAKER, at=held.held_until)
    hand_in(sender, fires(20))
    assert calls() == ["held"]
    assert alert_of(integration).held_until is None


def test_what_is_held_speaks_at_once_when_it_gets_worse_than_the_rule_says(source: Source) -> None:
    _integration, sender = source
    make_rule("severity < critical", RuleEffect.HOLD, hold_for=timedelta(minutes=5))
    hand_in(sender, fires(0, severity=Severity.WARNING))
    hand_in(sender, fires(5, severity=Severity.MAJOR))
    assert calls() == []
    hand_in(sender, fires(10))
    assert calls() == ["risen"]


def test_the_team_of_the_first_rule_that_fits_owns_the_triage(
    source: Source, house: Personas
) -> None:
    integration, sender = source
    first, second = list(Team.objects.filter(closed_on=None).order_by("pk")[:2])
    make_rule("severity >= major", RuleEffect.ROUTE, team_id=first.pk, name="Bad")
    make_rule("true", RuleEffect.ROUTE, team_id=second.pk, name="All")
    hand_in(sender, fires(0), fires(0, "small", severity=Severity.INFO))
    assert alert_of(integration).team == first
    assert alert_of(integration, "small").team == second
    assert changes_of(alert_of(integration)) == [("routed", first.name)]


def test_a_rule_makes_an_incident_when_nothing_keeps_it_quiet(source: Source) -> None:
    integration, sender = source
    rule = make_rule("severity >= critical", RuleEffect.QUALIFY)
    make_rule('labels.env == "test"')
    make_rule('labels.slow == "yes"', RuleEffect.HOLD, hold_for=timedelta(minutes=5))
    hand_in(
        sender,
        fires(0),
        fires(0, "t", env="test"),
        fires(0, "h", slow="yes"),
        fires(0, "w", Severity.MINOR),
    )
    assert qualification.qualify_due_alerts(by=MAKER, at=at(3600)) == [alert_of(integration).pk]
    until = alert_of(integration, "h").held_until
    assert until is not None
    apply_rules.release_held(by=MAKER, at=until)
    assert qualification.qualify_due_alerts(by=MAKER, at=until) == [alert_of(integration, "h").pk]
    told = Fact.objects.filter(name="events.AlertQualified").order_by("id").first()
    assert told is not None
    assert (told.body["rule_id"], told.body["joins"]) == (rule.pk, True)


def test_a_repeated_alert_never_calls_and_is_qualified_once(source: Source) -> None:
    integration, sender = source
    make_rule("true", RuleEffect.QUALIFY)
    for second in range(5):
        hand_in(sender, fires(second))
        qualification.qualify_due_alerts(by=MAKER, at=at(3600 + second))
    assert calls() == ["raised"]
    assert Fact.objects.filter(name="events.AlertQualified").count() == 1
    assert alert_of(integration).count == 5


def test_plan_and_stream_are_those_that_the_customer_was_sold(
    source: Source, house: Personas
) -> None:
    integration, sender = source
    make_rule('plan == "" && stream == "" && site == "" && customer == ""', name="Nobody's")
    hand_in(sender, fires(0))
    assert alert_of(integration).suppressed_by is not None


def test_a_rule_knows_the_plan_of_the_service_its_stream_and_its_customer(source: Source) -> None:
    integration, sender = source
    with attributed(MAKER):
        customer = make_customer()
        service, part = make_service(customer), make_service(customer, "S-2")
        part.parent = service
        part.save(update_fields=["parent"])
        give_plan(make_contract(customer), service, make_plan())
    make_rule('plan == "solution" && stream == "solution" && customer == "ACME"', name="Sold")
    hand_in(
        sender, fires(0, service="S-1"), fires(0, "part", service="S-2"), fires(0, "none", env="x")
    )
    quiet = {
        one: alert_of(integration, one).suppressed_by is not None
        for one in ("link", "part", "none")
    }
    assert quiet == {"link": True, "part": True, "none": False}


def test_what_came_and_went_within_its_hold_is_never_told_of_as_steady(source: Source) -> None:
    integration, sender = source
    make_rule("true", RuleEffect.HOLD, hold_for=timedelta(minutes=5))
    for turn in range(5):
        hand_in(sender, fires(turn * 20))
        hand_in(sender, clears(turn * 20 + 10))
    assert alert_of(integration).flapping_since is not None
    flap_recovery.clear_flapping_alerts(by=MAKER, at=now() + timedelta(hours=2))
    assert alert_of(integration).flapping_since is None
    assert calls() == []


def test_a_rule_that_takes_too_long_is_set_aside(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration, sender = source
    rule = make_rule('text.matches("a") || name.matches("b")', name="Slow")
    monkeypatch.setattr("opale.run.events.domain.conditions.TIMEOUT_SECONDS", 0.0)
    hand_in(sender, fires(0))
    rule.refresh_from_db()
    assert (rule.broken, rule.is_tried) == ("slow", False)
    assert alert_of(integration).suppressed_by is None
    with pytest.raises(Conflict):
        rules.switch_event_rule(rule, on=True, by=MAKER, at=at(0))


def test_a_rule_that_the_language_knows_no_more_is_set_aside(source: Source) -> None:
    _integration, sender = source
    rule = make_rule("true")
    with attributed(MAKER):
        EventRule.objects.filter(pk=rule.pk).update(condition="gone == 1")
    ACTIVE_RULES_CACHE.forget()
    hand_in(sender, fires(0))
    rule.refresh_from_db()
    assert rule.broken == "unreadable"
    assert calls() == ["raised"]


def test_rules_are_moved_and_the_first_one_that_fits_counts(source: Source) -> None:
    integration, sender = source
    one, two = make_rule("true", name="one"), make_rule("severity > 0", name="two")
    rules.move_event_rule(two, "up", by=MAKER, at=at(0))
    ACTIVE_RULES_CACHE.forget()
    hand_in(sender, fires(0))
    assert alert_of(integration).suppressed_by == two
    assert list(rule_queries.event_rules(seen_by=MAKER)) == [two, one]


def test_who_moves_a_rule_has_changed_that_one_alone(source: Source, house: Personas) -> None:
    one, two, three = (make_rule("true", name=name) for name in ("one", "two", "three"))
    mover = house.actor("administrator")
    rules.move_event_rule(three, "up", by=mover, at=at(60))
    changed = rule_queries.last_changes([one, two, three])
    assert [changed[rule.pk].by for rule in (one, two, three)] == [MAKER.name] * 2 + [mover.name]
    three.refresh_from_db()
    assert three.moved_at == at(60)


def test_a_change_and_a_removal_can_be_taken_back(source: Source) -> None:
    rule = make_rule("true", name="first")
    terms = RuleTerms(name="second", condition="false", effect=RuleEffect.SUPPRESS)
    rules.edit_event_rule(rule, terms, by=MAKER, at=at(1))
    before = rule_queries.newest_version(rule)
    rules.revert_event_rule(rule, before, by=MAKER, at=at(2))
    rule.refresh_from_db()
    assert (rule.name, rule.condition) == ("first", "true")
    rules.remove_event_rule(rule, by=MAKER, at=at(3))
    assert not rule_queries.event_rules(seen_by=MAKER).exists()
    rules.restore_event_rule(rule, by=MAKER, at=at(4))
    assert rule_queries.event_rules(seen_by=MAKER).exists()


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "taken"}, "name"),
        ({"condition": "nothing == 1"}, "condition"),
        ({"effect": RuleEffect.HOLD}, "hold_for"),
        ({"effect": RuleEffect.HOLD, "hold_for": timedelta(days=2)}, "hold_for"),
        ({"effect": RuleEffect.ROUTE}, "team"),
        ({"effect": RuleEffect.ROUTE, "team_id": 0}, "team"),
        ({"integration_id": 0}, "integration"),
    ],
)
def test_what_cannot_be_a_rule_is_refused(terms: dict[str, Any], field: str) -> None:
    make_rule("true", name="taken")
    asked = {"name": "new", "condition": "true", "effect": RuleEffect.SUPPRESS} | terms
    with pytest.raises(Invalid) as refused:
        rules.create_event_rule(RuleTerms(**asked), by=MAKER, at=at(0))
    assert list(refused.value.fields) == [field]


def test_who_may_not_administer_makes_no_rule(house: Personas) -> None:
    asked = RuleTerms(name="new", condition="true", effect=RuleEffect.SUPPRESS)
    with pytest.raises(NotAllowed):
        rules.create_event_rule(asked, by=ANONYMOUS, at=at(0))
