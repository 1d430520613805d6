"""The clocks of a ticket: pure arithmetic on its record. Source: docs/rules/clocks.md."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from opale.kernel.business_time import Calendar, Pause
from opale.run.desk.domain.clocks import (
    ENDED,
    PROMISED,
    AssignedWork,
    ClassifiedPeriod,
    Clock,
    CustomerUpdate,
    Measure,
    Promise,
    Record,
    Term,
    assignment_clocks,
    ticket_clocks,
    update_periods,
)
from opale.run.desk.tests.promises import (
    HOUR,
    MONDAY_10,
    OFFICE,
    incident,
    promise,
    running,
)


def test_a_request_has_no_time_to_restore() -> None:
    record = Record(MONDAY_10, (ClassifiedPeriod(MONDAY_10, "request", (promise(),)),))
    assert ticket_clocks(record) == {}


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
        ClassifiedPeriod(MONDAY_10 + after, "incident", (sold,) if sold else ())
        for after, sold in steps
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
        said.append(
            CustomerUpdate(MONDAY_10 + after * HOUR, MONDAY_10 + until * HOUR if until else None)
        )
    return replace(record, told=tuple(said))


def test_each_message_starts_the_next_update_anew_and_each_period_is_kept_or_broken() -> None:
    record = told(incident(HOURLY), 0.5, 2.0)
    found = list(update_periods(record))
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
    assert "update" not in ticket_clocks(told(incident(), 0.5))
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
    assert len(list(update_periods(record))) == 2


def test_a_promised_update_is_kept_by_an_update_and_not_by_the_resolution() -> None:
    silent = replace(told(incident(HOURLY), (0.5, 2.0)), resolved_at=MONDAY_10 + HOUR)
    found = running(silent, "update")
    assert (found.met_at, found.due_at) == (None, MONDAY_10 + 2 * HOUR)
    assert found.breached_at(MONDAY_10 + 3 * HOUR) == MONDAY_10 + 2 * HOUR
    spoken = told(silent, (0.5, 2.0), 1.0)
    found = running(spoken, "update")
    assert (found.met_at, found.breached_at(MONDAY_10 + 3 * HOUR)) == (MONDAY_10 + HOUR, None)
    waits = [Pause(MONDAY_10 + HOUR, MONDAY_10 + 1.5 * HOUR, ENDED)]
    reopened = replace(told(incident(HOURLY, pauses=waits), (0.5, 2.0)), resolved_at=None)
    assert running(reopened, "update").due_at == MONDAY_10 + 2 * HOUR, "it holds whatever happens"


def test_what_is_told_of_the_restoration_is_the_promised_update() -> None:
    record = told(incident(HOURLY), (0.5, 4.0), 1.0)
    assert running(record, "update").due_at == MONDAY_10 + 4 * HOUR, "the promise stays"
    promised, restored = record.told
    record = replace(record, told=(promised, replace(restored, final=True)))
    first, owed = list(update_periods(record))[1:]
    assert first.met_at == MONDAY_10 + HOUR
    assert owed.promise == HOURLY, "what the plan owes goes on until the resolution"


# Work asked of others.


def work(measure: Measure, pause: str, *, of_supplier: bool) -> Clock:
    return assignment_clocks(
        AssignedWork(
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
