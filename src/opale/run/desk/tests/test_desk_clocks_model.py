"""Every clock of a ticket against a model that looks at one minute after the other.

Source: docs/rules/clocks.md.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from opale.kernel.business_time import Calendar, DayException, Pause
from opale.run.desk.domain.clocks import (
    ENDED,
    STOPPING_PAUSES,
    ClassifiedPeriod,
    Clock,
    CustomerUpdate,
    Measure,
    Promise,
    Record,
    ticket_clocks,
    update_periods,
)
from opale.run.desk.tests.promises import (
    ALWAYS,
    MINUTE,
    MONDAY_10,
    OFFICE,
)

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
            tuple(
                ClassifiedPeriod(since, "incident", (sold,) if sold else ())
                for since, sold in steps
            ),
            pauses=paused_at(start, pauses),
        ),
        **done,
    )
    known = [step for step in steps if met_at is None or step[0] < met_at] or steps[:1]
    found = ticket_clocks(record).get(measure)
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
        (ClassifiedPeriod(start, "request", (interval,) if interval else ()),),
        pauses=paused_at(start, pauses),
        told=tuple(
            CustomerUpdate(start + at * MINUTE, start + until * MINUTE if until else None)
            for at, until in said
        ),
    )
    found = {clock.starts_at: clock for clock in update_periods(record)}
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
            ruling, kinds = Promise("update", newest - begins, "", ALWAYS), set()
        if ruling is None:
            assert begins not in found
            continue
        stopping = [p for p in record.pauses if p.reason in kinds]
        compare(found[begins], Model([(begins, ruling)], begins, end, stopping), end)
    assert {measure: frozenset(kinds) for measure, kinds in STOPPED_BY.items()} == STOPPING_PAUSES
