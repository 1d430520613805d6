"""The clocks of a ticket: pure arithmetic on its record. Source: docs/rules/clocks.md."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opale.kernel.business_time import Calendar, DayException, Pause
from opale.run.desk.clocks import (
    ENDED,
    PROMISED,
    STOPS,
    Clock,
    Held,
    Measure,
    Promise,
    Record,
    Term,
    Told,
    Work,
    assignment_clocks,
    clocks,
    periods,
)

OFFICE = Calendar.on_weekdays("Europe/Paris", "09:00-12:00", "14:00-18:00", country="FR")
ALWAYS = Calendar.around_the_clock()
MONDAY_10 = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 10:00 in Paris
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
Kind = Literal["request", "incident"]


def promise(
    measure: Measure = "restore", target: timedelta = 4 * HOUR, calendar: Calendar = ALWAYS
) -> Promise:
    return Promise(measure, target, "always", calendar)


def incident(*promises: Promise, at: datetime = MONDAY_10, pauses: Sequence[Pause] = ()) -> Record:
    return Record(at, (Held(at, "incident", promises),), pauses=tuple(pauses))


def running(record: Record, measure: Measure = "restore") -> Clock:
    return clocks(record)[measure]


def test_a_request_has_no_time_to_restore() -> None:
    record = Record(MONDAY_10, (Held(MONDAY_10, "request", (promise(),)),))
    assert clocks(record) == {}


@pytest.mark.parametrize("measure", ["triage", "acknowledge", "first_response"])
def test_nobody_waits_before_anybody_has_looked(measure: Measure) -> None:
    record = incident(promise(measure, HOUR), pauses=[Pause(MONDAY_10, None, "customer")])
    assert running(record, measure).due_at == MONDAY_10 + HOUR


def test_a_running_pause_leaves_no_due_date_and_stops_the_time() -> None:
    found = running(incident(promise(), pauses=[Pause(MONDAY_10 + HOUR, None, "supplier")]))
    assert found.due_at is None
    assert found.left(MONDAY_10 + 100 * HOUR) == 3 * HOUR
    assert found.breached_at(MONDAY_10 + 100 * HOUR) is None


def test_an_agreed_date_tells_when_the_promise_falls_due() -> None:
    until = MONDAY_10 + 24 * HOUR
    found = running(incident(promise(), pauses=[Pause(MONDAY_10 + HOUR, until, "agreed_date")]))
    assert found.due_at == until + 3 * HOUR


def test_the_breach_is_the_instant_at_which_the_time_was_used_up() -> None:
    found = running(incident(promise()))
    assert found.breached_at(MONDAY_10 + 4 * HOUR) is None
    assert found.breached_at(MONDAY_10 + 5 * HOUR) == MONDAY_10 + 4 * HOUR


def test_a_pause_that_begins_after_the_breach_does_not_undo_it() -> None:
    found = running(incident(promise(), pauses=[Pause(MONDAY_10 + 5 * HOUR, None, "customer")]))
    assert found.breached_at(MONDAY_10 + 6 * HOUR) == MONDAY_10 + 4 * HOUR


def test_restoration_in_time_keeps_the_promise_for_ever() -> None:
    found = running(replace(incident(promise()), restored_at=MONDAY_10 + 3 * HOUR))
    assert found.breached_at(MONDAY_10 + 1000 * HOUR) is None
    assert found.used(MONDAY_10 + 1000 * HOUR) == 3 * HOUR


@pytest.mark.parametrize("measure", ["triage", "acknowledge", "first_response", "restore"])
def test_a_withdrawn_ticket_stops_its_clocks(measure: Measure) -> None:
    record = replace(incident(promise(measure)), withdrawn_at=MONDAY_10 + HOUR)
    assert running(record, measure).met_at == MONDAY_10 + HOUR


def test_the_time_while_a_ticket_stood_resolved_counts_nowhere() -> None:
    record = incident(
        promise(), promise("resolve"), pauses=[Pause(MONDAY_10 + HOUR, MONDAY_10 + 9 * HOUR, ENDED)]
    )
    assert running(record).due_at == MONDAY_10 + 12 * HOUR
    assert running(record, "resolve").due_at == MONDAY_10 + 12 * HOUR


def changed(*steps: tuple[timedelta, Promise | None], pauses: Sequence[Pause] = ()) -> Record:
    held = tuple(
        Held(MONDAY_10 + after, "incident", (sold,) if sold else ()) for after, sold in steps
    )
    return Record(MONDAY_10, held, pauses=tuple(pauses))


NOTHING = timedelta()


def test_a_pause_survives_a_change_of_priority_and_the_start_stays() -> None:
    pause = Pause(MONDAY_10 + HOUR, MONDAY_10 + 3 * HOUR, "customer")
    low, high = promise(target=8 * HOUR), promise(target=4 * HOUR)
    found = running(changed((NOTHING, low), (2 * HOUR, high), pauses=[pause]))
    assert (found.starts_at, found.promise) == (MONDAY_10, high)
    assert found.due_at == MONDAY_10 + 6 * HOUR


def test_a_plan_change_in_the_middle_of_a_pause_keeps_the_time_used_under_the_old_hours() -> None:
    """Under office hours 10:00 to 11:00 was used; the pause ends at 22:00, when only the new plan's
    hours are open."""
    pause = Pause(MONDAY_10 + HOUR, MONDAY_10 + 12 * HOUR, "customer")
    corporate, solution = promise(calendar=OFFICE), promise(target=2 * HOUR)
    found = running(changed((NOTHING, corporate), (3 * HOUR, solution), pauses=[pause]))
    assert found.used(MONDAY_10 + 12 * HOUR) == HOUR
    assert found.due_at == MONDAY_10 + 13 * HOUR


def test_a_shorter_promise_is_broken_when_it_comes_not_before() -> None:
    found = running(changed((NOTHING, promise(target=8 * HOUR)), (5 * HOUR, promise())))
    assert found.due_at == MONDAY_10 + 4 * HOUR
    assert found.breached_at(MONDAY_10 + 6 * HOUR) == MONDAY_10 + 5 * HOUR


def test_a_longer_promise_after_the_breach_does_not_heal_it() -> None:
    found = running(changed((NOTHING, promise()), (5 * HOUR, promise(target=99 * HOUR))))
    assert found.breached_at(MONDAY_10 + 6 * HOUR) == MONDAY_10 + 4 * HOUR
    assert found.left(MONDAY_10 + 6 * HOUR) == 93 * HOUR


def test_a_ticket_whose_customer_is_found_late_is_due_as_if_it_had_been_known() -> None:
    found = running(changed((NOTHING, None), (HOUR, promise())))
    assert (found.starts_at, found.due_at) == (MONDAY_10, MONDAY_10 + 4 * HOUR)


def test_a_pause_that_begins_before_triage_counts_against_nothing_twice() -> None:
    early = Pause(MONDAY_10 - 2 * HOUR, MONDAY_10 + HOUR, "supplier")
    record = replace(
        changed((NOTHING, None), (2 * HOUR, promise()), pauses=[early]),
        triaged_at=MONDAY_10 + 2 * HOUR,
    )
    assert running(record).due_at == MONDAY_10 + 5 * HOUR


def test_what_changes_after_the_restoration_changes_nothing() -> None:
    record = changed((NOTHING, promise()), (9 * HOUR, promise(target=HOUR)))
    found = running(replace(record, restored_at=MONDAY_10 + 3 * HOUR))
    assert found.promise.target == 4 * HOUR
    assert found.breached_at(MONDAY_10 + 99 * HOUR) is None


@pytest.mark.parametrize(
    ("received", "days"),
    [(datetime(2026, 3, 1, tzinfo=UTC), 400), (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), 1)],
)
def test_24x7_loses_no_minute_at_midnight_nor_at_a_change_of_the_clocks(
    received: datetime, days: int
) -> None:
    found = running(incident(promise(target=timedelta(days=days)), at=received))
    assert found.due_at == received + timedelta(days=days)
    assert found.used(received + timedelta(days=days)) == timedelta(days=days)


def test_office_hours_over_both_changes_of_the_clocks_and_a_holiday() -> None:
    spring = datetime(2026, 3, 27, 16, 30, tzinfo=UTC)  # Friday 17:30, UTC+1
    assert running(incident(promise(target=HOUR, calendar=OFFICE), at=spring)).due_at == (
        datetime(2026, 3, 30, 7, 30, tzinfo=UTC)  # Monday 9:30, UTC+2
    )
    autumn = datetime(2026, 10, 23, 15, 30, tzinfo=UTC)  # Friday 17:30, UTC+2
    assert running(incident(promise(target=HOUR, calendar=OFFICE), at=autumn)).due_at == (
        datetime(2026, 10, 26, 8, 30, tzinfo=UTC)  # Monday 9:30, UTC+1
    )
    eve = datetime(2026, 11, 10, 16, 30, tzinfo=UTC)  # Tuesday 17:30; Wednesday 11 is a holiday
    assert running(incident(promise(target=HOUR, calendar=OFFICE), at=eve)).due_at == (
        datetime(2026, 11, 12, 8, 30, tzinfo=UTC)
    )


def test_a_calendar_that_never_opens_leaves_no_due_date() -> None:
    never = Calendar.on_weekdays("Europe/Paris")
    assert running(incident(promise(calendar=never))).due_at is None


# Periods of updates.

HOURLY = promise("update", HOUR)


def told(record: Record, *at: float | tuple[float, float]) -> Record:
    said = []
    for one in at:
        after, until = one if isinstance(one, tuple) else (one, None)
        said.append(Told(MONDAY_10 + after * HOUR, MONDAY_10 + until * HOUR if until else None))
    return replace(record, told=tuple(said))


def test_each_message_starts_the_next_update_anew_and_each_period_is_kept_or_broken() -> None:
    record = told(incident(HOURLY), 0.5, 2.0)
    found = list(periods(record))
    assert [c.starts_at for c in found] == [MONDAY_10 + h * HOUR for h in (0, 0.5, 2.0)]
    at = MONDAY_10 + 2.5 * HOUR
    assert [c.breached_at(at) for c in found] == [None, MONDAY_10 + 1.5 * HOUR, None]
    assert running(record, "update") == found[-1]
    assert found[-1].due_at == MONDAY_10 + 3 * HOUR


def test_what_was_promised_in_a_message_counts_until_it_has_passed() -> None:
    record = told(incident(HOURLY), (0.5, 5.0), 2.0)
    found = running(record, "update")
    assert (found.due_at, found.promise.source) == (MONDAY_10 + 5 * HOUR, PROMISED)
    late = told(incident(HOURLY), (0.5, 5.0), 6.0)
    assert running(late, "update").due_at == MONDAY_10 + 7 * HOUR


def test_the_newest_word_on_the_next_update_counts() -> None:
    record = told(incident(HOURLY), (0.5, 5.0), (1.0, 3.0))
    assert running(record, "update").due_at == MONDAY_10 + 3 * HOUR


def test_without_an_interval_in_the_plan_only_a_promise_is_due() -> None:
    assert "update" not in clocks(told(incident(), 0.5))
    assert running(told(incident(), (0.5, 2.0)), "update").due_at == MONDAY_10 + 2 * HOUR


def test_no_update_is_owed_while_the_customer_is_waited_for_but_one_is_while_a_supplier_is() -> (
    None
):
    waits = Pause(MONDAY_10, None, "customer")
    assert running(incident(HOURLY, pauses=[waits]), "update").due_at is None
    waits = Pause(MONDAY_10, None, "supplier")
    assert running(incident(HOURLY, pauses=[waits]), "update").due_at == MONDAY_10 + HOUR


def test_no_update_is_owed_after_the_resolution() -> None:
    record = replace(told(incident(HOURLY), 0.5, 9.0), resolved_at=MONDAY_10 + HOUR)
    assert running(record, "update").met_at == MONDAY_10 + HOUR
    assert len(list(periods(record))) == 2


# Work asked of others.


def work(measure: Measure, pause: str, *, of_supplier: bool) -> Clock:
    return assignment_clocks(
        Work(
            MONDAY_10,
            {measure: (Term(MONDAY_10, promise(measure)),)},
            pauses=(Pause(MONDAY_10, MONDAY_10 + HOUR, pause),),
            of_supplier=of_supplier,
        )
    )[measure]


def test_a_supplier_is_not_excused_by_its_own_delay() -> None:
    assert work("deliver", "supplier", of_supplier=True).due_at == MONDAY_10 + 4 * HOUR
    assert work("deliver", "supplier", of_supplier=False).due_at == MONDAY_10 + 5 * HOUR
    assert work("deliver", "customer", of_supplier=True).due_at == MONDAY_10 + 5 * HOUR
    assert work("accept", "customer", of_supplier=True).due_at == MONDAY_10 + 4 * HOUR


# Every clock against a model that looks at one minute after the other.

SPAN = 4 * 24 * 60
BROKEN_DAY = DayException(MONDAY_10.date() + timedelta(days=1), "closing")
CALENDARS = (
    ALWAYS,
    OFFICE,
    replace(Calendar.on_weekdays("Europe/Paris", "08:00-20:00"), exceptions=(BROKEN_DAY,)),
)
STARTS = (
    MONDAY_10,
    datetime(2026, 3, 27, 12, tzinfo=UTC),  # over the spring change
    datetime(2026, 10, 23, 12, tzinfo=UTC),  # over the autumn change
    datetime(2026, 5, 12, 12, tzinfo=UTC),  # over a public holiday
)
STOPPED_BY: dict[Measure, set[str]] = {
    "triage": {ENDED},
    "acknowledge": {ENDED},
    "first_response": {ENDED},
    "update": {ENDED, "customer", "agreed_date"},
    "restore": {ENDED, "customer", "agreed_date", "supplier", "change"},
    "resolve": {ENDED, "customer", "agreed_date", "supplier", "change"},
    "accept": {ENDED},
    "deliver": {ENDED, "customer", "agreed_date", "supplier", "change"},
}
Step = tuple[datetime, Promise | None]


class Model:
    """What the rule book says of one clock, minute by minute, without any arithmetic."""

    def __init__(
        self, steps: Sequence[Step], start: datetime, end: datetime, pauses: Sequence[Pause]
    ) -> None:
        self.used = [0]
        self.breached: datetime | None = None
        for minute in range(round((end - start) / MINUTE)):
            at = start + minute * MINUTE
            in_force = [(since, sold) for since, sold in steps if since <= at]
            since, sold = in_force[-1] if in_force else (start, None)
            ruling = sold or next(later for _, later in steps if _ > at and later)
            paused = any(p.starts <= at and (p.ends is None or at < p.ends) for p in pauses)
            self.used.append(self.used[-1] + (open_at(ruling.calendar, at) and not paused))
            if sold and not self.breached and self.used[-1] * MINUTE > sold.target:
                gone = next(m for m, used in enumerate(self.used) if used * MINUTE >= sold.target)
                self.breached = max(since, start + gone * MINUTE)


def open_at(calendar: Calendar, at: datetime) -> bool:
    """Straight from the wall clock."""
    local = at.astimezone(calendar.zone)
    day = local.date()
    if calendar.is_holiday(day) or any(closed.day == day for closed in calendar.exceptions):
        return False
    clock = timedelta(hours=local.hour, minutes=local.minute)
    return any(hours.starts <= clock < hours.ends for hours in calendar.weekly[local.weekday()])


MINUTES = st.integers(0, SPAN)
PAUSED = st.tuples(
    st.integers(-200, SPAN),
    st.one_of(st.none(), st.integers(1, SPAN)),
    st.sampled_from(sorted(STOPPED_BY["restore"])),
)
CHANGED = st.tuples(
    MINUTES, st.one_of(st.none(), st.tuples(st.integers(1, 3000), st.sampled_from(CALENDARS)))
)


def paused_at(start: datetime, drawn: Sequence[tuple[int, int | None, str]]) -> tuple[Pause, ...]:
    return tuple(
        Pause(
            start + begins * MINUTE,
            None if lasts is None else start + (begins + lasts) * MINUTE,
            kind,
        )
        for begins, lasts, kind in drawn
    )


def steps_at(
    start: datetime, measure: Measure, drawn: Sequence[tuple[int, tuple[int, Calendar] | None]]
) -> list[Step]:
    steps: list[Step] = []
    for after, sold in sorted(drawn, key=lambda pair: pair[0]):
        given_then = Promise(measure, sold[0] * MINUTE, "", sold[1]) if sold else None
        steps.append((start + after * MINUTE, given_then))
    return steps


def compare(found: Clock, model: Model, end: datetime) -> None:
    """The clock and the model agree on what was used, where, and on the breach."""
    assert found.used(end) == model.used[-1] * MINUTE
    assert found.breached_at(end) == model.breached
    assert found.left(end) == found.promise.target - model.used[-1] * MINUTE
    counted = timedelta()
    before = found.starts_at
    for segment in found.explain(end):
        assert segment.starts == before
        before = segment.ends
        counted += segment.ends - segment.starts if segment.counted else timedelta()
    assert counted == model.used[-1] * MINUTE
    if found.due_at is not None and found.starts_at <= found.due_at <= end:
        place = round((found.due_at - found.starts_at) / MINUTE)
        assert model.used[place] * MINUTE == found.promise.target


@given(
    measure=st.sampled_from(["triage", "acknowledge", "first_response", "restore", "resolve"]),
    start=st.sampled_from(STARTS),
    drawn=st.lists(CHANGED, min_size=1, max_size=4),
    pauses=st.lists(PAUSED, max_size=5),
    met=st.one_of(st.none(), st.integers(1, SPAN)),
    asked=st.integers(1, SPAN),
)
@settings(max_examples=150, deadline=None)
def test_every_clock_agrees_with_a_model_that_counts_minutes(
    measure: Measure,
    start: datetime,
    drawn: Sequence[tuple[int, tuple[int, Calendar] | None]],
    pauses: Sequence[tuple[int, int | None, str]],
    met: int | None,
    asked: int,
) -> None:
    steps = steps_at(start, measure, drawn)
    met_at = start + met * MINUTE if met else None
    names = {
        "triage": "triaged_at", "acknowledge": "acknowledged_at",
        "first_response": "answered_at", "restore": "restored_at", "resolve": "resolved_at",
    }  # fmt: skip
    done: dict[str, Any] = {names[measure]: met_at}
    record = replace(
        Record(
            start,
            tuple(Held(since, "incident", (sold,) if sold else ()) for since, sold in steps),
            pauses=paused_at(start, pauses),
        ),
        **done,
    )
    known = [step for step in steps if met_at is None or step[0] < met_at] or steps[:1]
    found = clocks(record).get(measure)
    if known[-1][1] is None:
        assert found is None
        return
    assert found is not None
    assert found.promise == known[-1][1]
    end = start + min(asked, met or asked) * MINUTE
    stopping = [p for p in paused_at(start, pauses) if p.reason in STOPPED_BY[measure]]
    compare(found, Model(known, start, end, stopping), end)


@given(
    start=st.sampled_from(STARTS),
    sold=st.one_of(st.none(), st.tuples(st.integers(30, 600), st.sampled_from(CALENDARS))),
    told_at=st.lists(
        st.tuples(st.integers(1, SPAN), st.one_of(st.none(), st.integers(1, SPAN))),
        max_size=6,
        unique_by=lambda pair: pair[0],
    ),
    pauses=st.lists(PAUSED, max_size=4),
    asked=st.integers(1, SPAN),
)
@settings(max_examples=100, deadline=None)
def test_every_period_of_updates_agrees_with_the_model(
    start: datetime,
    sold: tuple[int, Calendar] | None,
    told_at: Sequence[tuple[int, int | None]],
    pauses: Sequence[tuple[int, int | None, str]],
    asked: int,
) -> None:
    interval = Promise("update", sold[0] * MINUTE, "", sold[1]) if sold else None
    said = sorted(told_at, key=lambda pair: pair[0])
    record = Record(
        start,
        (Held(start, "request", (interval,) if interval else ()),),
        pauses=paused_at(start, pauses),
        told=tuple(
            Told(start + at * MINUTE, start + until * MINUTE if until else None)
            for at, until in said
        ),
    )
    found = {clock.starts_at: clock for clock in periods(record)}
    newest: datetime | None = None
    moments = [(0, None), *said]
    for place, (after, until) in enumerate(moments):
        begins = start + after * MINUTE
        newest = start + until * MINUTE if until else newest
        ends = moments[place + 1][0] if place + 1 < len(moments) else max(asked, after)
        end = start + ends * MINUTE
        kinds = STOPPED_BY["update"]
        ruling = interval
        if newest is not None and newest > begins:
            ruling, kinds = Promise("update", newest - begins, "", ALWAYS), {ENDED}
        if ruling is None:
            assert begins not in found
            continue
        stopping = [p for p in record.pauses if p.reason in kinds]
        compare(found[begins], Model([(begins, ruling)], begins, end, stopping), end)
    assert {measure: frozenset(kinds) for measure, kinds in STOPPED_BY.items()} == STOPS
