"""What becomes of an alert by late, doubled and disordered events, against the simplest model."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from opale.run.events.domain.alert_state_machine import (
    LATE_START_TOLERANCE,
    Arrival,
    LastEnd,
    TrackedAlert,
    apply_events,
)
from opale.run.events.domain.deliveries import NewEvent
from opale.run.events.states import FIRING_STATES, AlertState, Severity
from opale.run.events.tests.builders import at, clears, fires

events = st.one_of(
    st.integers(0, 12).map(lambda second: fires(second)),
    st.integers(0, 12).map(lambda second: clears(second)),
)
graded = st.one_of(
    st.tuples(st.integers(0, 12), st.sampled_from([Severity.WARNING, Severity.MAJOR])).map(
        lambda drawn: fires(drawn[0], severity=drawn[1])
    ),
    st.integers(0, 12).map(lambda second: clears(second)),
)


def arrive(received: list[NewEvent], seconds: float = 60) -> list[Arrival]:
    return [Arrival(event, at(seconds)) for event in received]


def newest_state(received: list[NewEvent]) -> AlertState:
    """The model: the newest event says it; at one instant, the end comes after the start."""
    newest = max(received, key=lambda event: (event.occurred_at, not event.firing))
    return AlertState.OPEN if newest.firing else AlertState.CLEARED


def lived(received: list[NewEvent]) -> TrackedAlert:
    life = apply_events(None, arrive(received))
    assert life is not None
    return life


@given(st.integers(0, 12), st.lists(events), st.data())
def test_any_order_and_any_doubling_end_in_the_state_of_the_newest_event(
    second: int, others: list[NewEvent], data: st.DataObject
) -> None:
    first = fires(second)
    received = [first, *data.draw(st.permutations([*others, *others]))]
    assert lived(received).state == newest_state(received)


@given(st.integers(0, 12), st.lists(events))
def test_events_folded_in_one_batch_do_what_they_do_one_by_one(
    second: int, others: list[NewEvent]
) -> None:
    at_once = lived([fires(second), *others])
    one_by_one = apply_events(None, arrive([fires(second)]))
    for event in others:
        one_by_one = apply_events(one_by_one, arrive([event]))
    assert at_once == one_by_one


@given(st.integers(0, 12), st.lists(events))
def test_every_move_is_one_of_the_two(second: int, others: list[NewEvent]) -> None:
    for move in lived([fires(second), *others]).moves:
        if move.name == "clear":
            assert move.source in FIRING_STATES
            assert move.target == AlertState.CLEARED
        else:
            assert (move.name, move.source) == ("reopen", AlertState.CLEARED)
            assert move.target == AlertState.OPEN


def test_a_clear_without_an_alert_opens_nothing() -> None:
    assert apply_events(None, arrive([clears(5)])) is None


def test_a_late_firing_does_not_open_again() -> None:
    life = lived([fires(10), clears(20), fires(10)])
    assert life.state == AlertState.CLEARED
    assert life.cleared_at == at(20)


def test_a_late_clear_does_not_clear_a_newer_trouble() -> None:
    assert lived([fires(10), clears(20), fires(30), clears(20)]).state == AlertState.OPEN


def test_a_remark_is_no_trouble_and_moves_none() -> None:
    remark = replace(fires(30), remarks=True)
    assert apply_events(None, arrive([remark])) is None
    assert lived([fires(10), clears(20), remark]) == lived([fires(10), clears(20)])


def test_an_acknowledged_alert_that_fires_again_stays_acknowledged() -> None:
    life = TrackedAlert(
        AlertState.ACKNOWLEDGED, at(10), at(10), Severity.CRITICAL, Severity.CRITICAL, id=1
    )
    after = apply_events(life, arrive([fires(20)]))
    assert after is not None
    assert (after.state, after.raised) == (AlertState.ACKNOWLEDGED, False)


def test_an_alert_that_opens_again_has_a_new_start() -> None:
    life = lived([fires(10), clears(20), fires(30)])
    assert (life.started_at, life.raised) == (at(30), True)


def test_an_alert_that_is_open_again_has_no_end() -> None:
    goes_on = replace(fires(10), said_after=at(21))
    for again in (fires(30), goes_on):
        life = lived([fires(10), clears(20), again])
        assert (life.state, life.cleared_at, life.end_received_at) == (AlertState.OPEN, None, None)
    ended = lived([fires(10), clears(20), fires(30), clears(40)])
    assert ended.cleared_at == at(40)


def test_what_fired_before_the_end_of_a_closed_alert_is_late() -> None:
    over = LastEnd(at(20), at(60))
    assert apply_events(None, arrive([fires(10)]), over=over) is None
    assert apply_events(None, arrive([fires(30)]), over=over) is not None


LONG_AFTER = 60 + LATE_START_TOLERANCE.total_seconds()


def test_an_old_start_long_after_the_end_opens_the_alert_again() -> None:
    life = lived([fires(10), clears(20)])
    after = apply_events(life, arrive([fires(10)], LONG_AFTER))
    assert after is not None
    assert (after.state, after.raised) == (AlertState.OPEN, True)
    assert at(20) < after.started_at < at(21)
    assert after.moves[-1].at == at(LONG_AFTER)


def test_an_old_start_opens_a_new_alert_long_after_the_last_one_had_ended() -> None:
    life = apply_events(None, arrive([fires(10)], LONG_AFTER), over=LastEnd(at(20), at(60)))
    assert life is not None
    assert at(20) < life.started_at < at(21)


def test_a_delivery_made_after_the_end_is_not_late_however_old_its_start() -> None:
    goes_on = replace(fires(10), said_after=at(21))
    late = replace(fires(10), said_after=at(20))
    assert lived([fires(10), clears(20), goes_on]).state == AlertState.OPEN
    assert lived([fires(10), clears(20), late]).state == AlertState.CLEARED
    assert apply_events(None, arrive([goes_on]), over=LastEnd(at(20), at(60))) is not None


def test_a_doubled_end_does_not_clear_what_went_on_after_it() -> None:
    goes_on = replace(fires(10), said_after=at(21))
    life = lived([fires(10), clears(20), goes_on, clears(20)])
    assert life.state == AlertState.OPEN
    after = apply_events(life, arrive([clears(30), clears(20)]))
    assert after is not None
    assert (after.state, after.cleared_at) == (AlertState.CLEARED, at(30))


def acknowledged(seconds: float) -> NewEvent:
    return replace(fires(seconds, title="", text=""), acknowledges=True)


def test_what_somebody_sees_to_over_there_is_acknowledged_and_keeps_its_words() -> None:
    life = lived([fires(0), acknowledged(5)])
    assert life.state == AlertState.ACKNOWLEDGED
    assert life.content == fires(0)


def test_an_acknowledgement_opens_nothing_and_wakes_nothing() -> None:
    assert apply_events(None, arrive([acknowledged(5)])) is None
    over = lived([fires(0), clears(5)])
    assert apply_events(over, arrive([acknowledged(9)], seconds=600)) == over
    assert over.state == AlertState.CLEARED


def test_an_acknowledgement_of_an_earlier_trouble_is_late() -> None:
    assert lived([fires(0), clears(5), fires(10), acknowledged(4)]).state == AlertState.OPEN


def known(state: AlertState, severity: Severity = Severity.WARNING) -> TrackedAlert:
    """An alert that fired at 10 with that severity, as the database gives it back."""
    cleared = at(12) if state == AlertState.CLEARED else None
    return TrackedAlert(
        state, cleared or at(10), at(10), severity, severity, cleared_at=cleared, id=1
    )


@given(st.sampled_from(FIRING_STATES), st.lists(graded))
def test_what_is_told_again_calls_nobody(state: AlertState, received: list[NewEvent]) -> None:
    life = apply_events(known(state), arrive(received))
    assert life is not None
    moves, changes, call = len(life.moves), len(life.changes), life.call
    severity, peak = life.severity, life.peak
    if received:
        last = max(received, key=lambda event: (event.occurred_at, not event.firing))
        if not last.firing or last.severity == severity:
            apply_events(life, arrive([last]))
            assert (len(life.moves), len(life.changes), life.call) == (moves, changes, call)
            assert (life.severity, life.peak) == (severity, peak)


@given(st.sampled_from(FIRING_STATES), st.lists(graded))
def test_the_peak_is_never_below_the_severity_and_the_changes_lead_to_it(
    state: AlertState, received: list[NewEvent]
) -> None:
    life = apply_events(known(state), arrive(received))
    assert life is not None
    assert life.peak >= life.severity
    severity = "warning"
    for change in life.changes:
        if change.kind == "severity":
            assert change.source == severity != change.target
            severity = change.target
    assert Severity[severity.upper()] == life.severity


@given(st.sampled_from(FIRING_STATES), st.lists(graded))
def test_what_is_worse_than_what_was_seen_is_open_and_calls(
    state: AlertState, received: list[NewEvent]
) -> None:
    life = apply_events(known(state), arrive([*received, fires(20, severity=Severity.CRITICAL)]))
    assert life is not None
    assert life.state == AlertState.OPEN
    assert life.call in {"raised", "risen", "flapping"}
    assert life.risen or life.raised


@given(st.lists(graded))
def test_events_never_put_an_alert_on_the_shelf_nor_let_it_stay_when_it_clears(
    received: list[NewEvent],
) -> None:
    life = apply_events(known(AlertState.SHELVED), arrive([*received, clears(20)]))
    assert life is not None
    assert life.state == AlertState.CLEARED
    assert not any(move.target == AlertState.SHELVED for move in life.moves)


def test_a_fall_and_a_rise_to_what_it_was_call_nobody() -> None:
    life = known(AlertState.ACKNOWLEDGED, Severity.MAJOR)
    apply_events(
        life, arrive([fires(11, severity=Severity.MINOR), fires(12, severity=Severity.MAJOR)])
    )
    assert (life.state, life.call) == (AlertState.ACKNOWLEDGED, "")
    assert [(c.source, c.target) for c in life.changes] == [("major", "minor"), ("minor", "major")]
    assert {change.at for change in life.changes} == {at(60)}


def test_a_late_event_changes_no_severity() -> None:
    life = known(AlertState.ACKNOWLEDGED)
    apply_events(life, arrive([fires(5, severity=Severity.CRITICAL)]))
    assert (life.severity, life.peak, life.changes) == (Severity.WARNING, Severity.WARNING, [])
