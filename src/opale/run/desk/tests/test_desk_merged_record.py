"""A merge never gives the provider more time: tried with random tickets against single minutes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from opale.kernel.business_time import Pause
from opale.run.desk.domain.clocks import Record
from opale.run.desk.domain.merged_record import AbsorbedRecord, combine_records
from opale.run.desk.tests.records import make_record

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
HORIZON = 40

Minutes = list[tuple[int, int]]


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


@st.composite
def pauses(draw: st.DrawFn) -> Minutes:
    edges = sorted(draw(st.sets(st.integers(1, HORIZON), max_size=6)))
    return list(zip(edges[::2], edges[1::2], strict=False))


def record(received: int, stops: Minutes) -> Record:
    kept = [(max(s, received), e) for s, e in stops if e > received]
    return make_record(at(received), tuple(Pause(at(s), at(e), "customer") for s, e in kept))


def counts(one: Record, minute: int) -> bool:
    """Whether the minute counts on a ticket by itself."""
    moment = at(minute)
    paused = any(p.starts <= moment and (p.ends is None or moment < p.ends) for p in one.pauses)
    return one.received_at <= moment and not paused


@given(
    st.integers(0, HORIZON),
    pauses(),
    st.lists(st.tuples(st.integers(0, HORIZON - 1), pauses(), st.integers(1, 20)), max_size=3),
)
def test_a_minute_counts_where_it_counted_on_one_of_the_tickets(
    received: int, stops: Minutes, others: list[tuple[int, Minutes, int]]
) -> None:
    survivor = record(received, stops)
    absorbed = [AbsorbedRecord(record(r, s), at(r + length)) for r, s, length in others]
    found = combine_records(survivor, absorbed)
    assert (
        found.received_at
        == min([received, *(r for r, _, _ in others)]) * timedelta(minutes=1) + START
    )
    for minute in range(2 * HORIZON):
        alive = [one.record for one in absorbed if at(minute) < one.merged_at]
        ran = [one for one in (survivor, *alive) if one.received_at <= at(minute)]
        if ran:
            expected = any(counts(one, minute) for one in ran)
            assert counts(found, minute) == expected, minute


def test_a_running_wait_of_the_survivor_runs_on() -> None:
    survivor = make_record(at(0), (Pause(at(10), None, "supplier"),))
    found = combine_records(survivor, [AbsorbedRecord(make_record(at(5)), at(20))])
    assert found.pauses == (Pause(at(20), None, "supplier"),)


def test_the_first_acknowledgement_is_that_of_all() -> None:
    survivor = make_record(at(10), acknowledged_at=at(30))
    found = combine_records(
        survivor, [AbsorbedRecord(make_record(at(0), acknowledged_at=at(4)), at(20))]
    )
    assert (found.received_at, found.acknowledged_at) == (at(0), at(4))
