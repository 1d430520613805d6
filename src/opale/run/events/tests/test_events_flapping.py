"""What comes and goes: pure, and in the database."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.kernel.clock import now
from opale.kernel.models import Fact
from opale.run.events.actions import (
    alerts,
    flap_recovery,
    integrations,
    qualification,
    retention,
    silences,
)
from opale.run.events.actions.apply_silences import ACTIVE_SILENCES
from opale.run.events.domain import silences as silence_rules
from opale.run.events.domain.alert_state_machine import Arrival, TrackedAlert, apply_events
from opale.run.events.domain.flapping import (
    FLAPPING_OPENINGS,
    FLAPPING_WINDOW,
    STABLE_AFTER,
    add_opening,
    is_flapping,
)
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.models import AlertChange, Integration
from opale.run.events.queries import alerts as alert_queries
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

MINUTES = 60


@given(st.lists(st.integers(0, 20_000), min_size=1))
def test_it_flaps_exactly_when_so_many_openings_lie_within_the_hour(seconds: list[int]) -> None:
    openings: tuple = ()  # type: ignore[type-arg]  # of moments
    for second in sorted(seconds):
        openings = add_opening(openings, at(second))
        near = [one for one in sorted(seconds) if one <= second]
        newest = near[: near.index(second) + near.count(second)][-FLAPPING_OPENINGS:]
        assert len(openings) <= FLAPPING_OPENINGS
        if len(set(seconds)) == len(seconds):
            close = (
                len(newest) == FLAPPING_OPENINGS
                and at(newest[-1]) - at(newest[0]) <= FLAPPING_WINDOW
            )
            assert is_flapping(openings) is close


def open_and_clear(life: TrackedAlert | None, minute: float, severity: Severity) -> TrackedAlert:
    """It opens at that minute, and clears five minutes later."""
    start, end = minute * MINUTES, (minute + 5) * MINUTES
    life = apply_events(life, [Arrival(fires(start, severity=severity), at(start))])
    assert life is not None
    life.call = life.call if life.state == AlertState.OPEN else ""
    apply_events(life, [Arrival(clears(end), at(end))])
    return life


@given(st.lists(st.sampled_from(list(Severity)), min_size=8, max_size=12))
def test_while_it_flaps_only_what_is_worse_calls(severities: list[Severity]) -> None:
    life, peak = None, Severity.CLEAR
    for number, severity in enumerate(severities):
        if life is not None:
            life.call = ""
        life = open_and_clear(life, number * 10, severity)
        if number < FLAPPING_OPENINGS - 1:
            assert life.call == "raised"
        elif number == FLAPPING_OPENINGS - 1:
            assert life.call == "flapping"
            peak = severity
        else:
            assert life.call == ("risen" if severity > peak else "")
            peak = max(peak, severity)
    assert life is not None
    assert sum(move.name == "clear" for move in life.moves) == len(severities)


@pytest.fixture
def source(db: None) -> tuple[Integration, Sender]:
    retention.create_partition(at(0).date())
    return make_integration()


def turn(sender: Sender, *minutes: float, severity: Severity = Severity.MAJOR) -> None:
    for minute in minutes:
        start, end = minute * MINUTES, (minute + 5) * MINUTES
        hand_in(sender, fires(start, severity=severity), received_at=at(start))
        hand_in(sender, clears(end), received_at=at(end))


def calls() -> list[str]:
    facts = Fact.objects.filter(name="events.AlertsCall").order_by("id")
    return [fact.body["reason"] for fact in facts]


def test_it_is_told_once_that_it_flaps_and_once_that_it_has_stopped(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    turn(sender, 0, 10, 20, 30, 40, 50)
    alert = alert_of(integration)
    assert (alert.state, alert.flapping_since) == (AlertState.CLEARED, at(30 * MINUTES))
    assert calls() == ["raised", "raised", "raised", "flapping"]
    end = at(55 * MINUTES) + STABLE_AFTER
    assert flap_recovery.clear_flapping_alerts(by=MAKER, at=end - timedelta(seconds=1)) == []
    assert flap_recovery.clear_flapping_alerts(by=MAKER, at=end) == [alert.pk]
    assert flap_recovery.clear_flapping_alerts(by=MAKER, at=end) == []
    assert calls()[4:] == ["steady"]
    kinds = AlertChange.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["flapping", "steady"]
    turn(sender, 90)
    assert calls()[5:] == ["raised"]


def test_a_flapping_alert_stays_on_the_board_and_becomes_no_second_incident(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    integrations.add_rule(
        integration,
        name="at once",
        minimum_severity=Severity.MAJOR,
        open_for=timedelta(),
        by=MAKER,
    )
    turn(sender, 0, 10, 20)
    hand_in(sender, fires(30 * MINUTES, severity=Severity.MAJOR), received_at=at(30 * MINUTES))
    alert = alert_of(integration)
    assert qualification.qualify_due_alerts(by=MAKER, at=at(30 * MINUTES)) == [alert.pk]
    hand_in(sender, clears(35 * MINUTES), received_at=at(35 * MINUTES))
    standing = alert_queries.alerts(
        alert_queries.AlertFilters(states=alert_queries.ACTIVE_STATES), seen_by=MAKER
    )
    assert [one.pk for one in standing] == [alert.pk]
    hand_in(sender, fires(40 * MINUTES, severity=Severity.MAJOR), received_at=at(40 * MINUTES))
    assert qualification.qualify_due_alerts(by=MAKER, at=at(41 * MINUTES)) == []
    flap_recovery.clear_flapping_alerts(by=MAKER, at=at(40 * MINUTES) + STABLE_AFTER)
    assert qualification.qualify_due_alerts(by=MAKER, at=at(71 * MINUTES)) == [alert.pk]


def test_a_flapping_alert_that_is_closed_flaps_no_more(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    turn(sender, 0, 10, 20, 30)
    alert = alert_of(integration)
    alerts.close_alerts(type(alert).objects.filter(pk=alert.pk), by=MAKER, at=at(3000))
    assert flap_recovery.clear_flapping_alerts(by=MAKER, at=at(90_000)) == []
    assert not alert_queries.alerts(
        alert_queries.AlertFilters(states=alert_queries.ACTIVE_STATES), seen_by=MAKER
    ).exists()


def test_what_is_muted_is_on_record_and_calls_nobody_when_it_is_steady(
    source: tuple[Integration, Sender],
) -> None:
    integration, sender = source
    silences.create_silence(
        silences.SilenceTerms(
            matchers=(silence_rules.Matcher("integration", integration.name),),
            starts_at=now(),
            ends_at=now() + timedelta(hours=1),
            comment="known",
        ),
        by=MAKER,
        at=now(),
    )
    ACTIVE_SILENCES.forget()
    turn(sender, 0, 10, 20, 30)
    alert = alert_of(integration)
    assert alert.flapping_since is not None
    flap_recovery.clear_flapping_alerts(by=MAKER, at=at(35 * MINUTES) + STABLE_AFTER)
    ACTIVE_SILENCES.forget()
    assert calls() == []
