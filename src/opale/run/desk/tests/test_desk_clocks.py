"""The clocks of a ticket: pure arithmetic on its record. Source: docs/rules/clocks.md."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from opale.kernel import business_time
from opale.kernel.business_time import Calendar, Pause
from opale.run.desk.clocks import Clock, Measure, Promise, Record, clock

OFFICE = Calendar.on_weekdays("Europe/Paris", "09:00-12:00", "14:00-18:00")
ALWAYS = Calendar.around_the_clock()
MONDAY_10 = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 10:00 in Paris
HOUR = timedelta(hours=1)


def promise(
    measure: Measure = "restore", target: timedelta = 4 * HOUR, calendar: Calendar = ALWAYS
) -> Promise:
    return Promise(measure=measure, target=target, coverage="always", calendar=calendar)


def running(record: Record, sold: Promise) -> Clock:
    found = clock(record, sold)
    assert found is not None
    return found


def test_the_worked_example_of_the_rule_book_is_due_on_tuesday_at_half_past_nine() -> None:
    pause = Pause(MONDAY_10 + HOUR / 2, MONDAY_10 + 5 * HOUR, "customer")
    record = Record(received_at=MONDAY_10, kind="incident", pauses=(pause,))
    found = running(record, promise(calendar=OFFICE))
    assert found.due_at == datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    assert found.used(MONDAY_10 + 8 * HOUR) == timedelta(hours=3, minutes=30)


def test_a_request_has_no_time_to_restore() -> None:
    assert clock(Record(received_at=MONDAY_10, kind="request"), promise()) is None


def test_the_time_to_intervene_knows_no_pause() -> None:
    pause = Pause(MONDAY_10, None, "customer")
    record = Record(received_at=MONDAY_10, kind="request", pauses=(pause,))
    found = running(record, promise("acknowledge", HOUR))
    assert found.due_at == MONDAY_10 + HOUR


def test_a_running_pause_leaves_no_due_date_and_stops_the_time() -> None:
    pause = Pause(MONDAY_10 + HOUR, None, "supplier")
    found = running(Record(received_at=MONDAY_10, kind="incident", pauses=(pause,)), promise())
    assert found.due_at is None
    assert found.left(MONDAY_10 + 100 * HOUR) == 3 * HOUR
    assert found.breached_at(MONDAY_10 + 100 * HOUR) is None


def test_the_breach_is_the_instant_at_which_the_time_was_used_up() -> None:
    found = running(Record(received_at=MONDAY_10, kind="incident"), promise())
    assert found.breached_at(MONDAY_10 + 4 * HOUR) is None
    assert found.breached_at(MONDAY_10 + 5 * HOUR) == MONDAY_10 + 4 * HOUR


def test_a_pause_that_begins_after_the_breach_does_not_undo_it() -> None:
    pause = Pause(MONDAY_10 + 5 * HOUR, None, "customer")
    found = running(Record(received_at=MONDAY_10, kind="incident", pauses=(pause,)), promise())
    assert found.breached_at(MONDAY_10 + 6 * HOUR) == MONDAY_10 + 4 * HOUR


def test_restoration_in_time_keeps_the_promise_for_ever() -> None:
    record = Record(
        received_at=MONDAY_10, kind="incident", restored_at=MONDAY_10 + timedelta(hours=3)
    )
    found = running(record, promise())
    assert found.breached_at(MONDAY_10 + 1000 * HOUR) is None
    assert found.used(MONDAY_10 + 1000 * HOUR) == 3 * HOUR


def test_a_withdrawn_ticket_stops_its_clocks() -> None:
    record = Record(received_at=MONDAY_10, kind="incident", withdrawn_at=MONDAY_10 + HOUR)
    assert running(record, promise()).met_at == MONDAY_10 + HOUR


OFFSETS = st.integers(min_value=0, max_value=20_000)


@given(
    edges=st.lists(OFFSETS, min_size=0, max_size=8),
    target=st.integers(min_value=1, max_value=3_000),
    asked=OFFSETS,
    office=st.booleans(),
)
def test_the_explanation_adds_up_to_the_time_used_and_the_breach_agrees_with_it(
    edges: list[int], target: int, asked: int, office: bool
) -> None:
    minute = timedelta(minutes=1)
    marks = sorted(set(edges))
    pauses = tuple(
        Pause(MONDAY_10 + a * minute, MONDAY_10 + b * minute, "customer")
        for a, b in zip(marks[::2], marks[1::2], strict=False)
    )
    record = Record(received_at=MONDAY_10, kind="incident", pauses=pauses)
    calendar = OFFICE if office else ALWAYS
    found = running(record, promise(target=target * minute, calendar=calendar))
    at = MONDAY_10 + asked * minute
    counted = sum((s.ends - s.starts for s in found.explain(at) if s.counted), timedelta())
    assert counted == found.used(at)
    breached = found.breached_at(at)
    assert (breached is not None) == (counted > target * minute)
    if breached is not None:
        assert breached == found.due_at
        assert business_time.between(calendar, MONDAY_10, breached, pauses) == target * minute
