"""Tickets are a backlog: played through against their promises, by who is on shift."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.run.shifts import ports
from opale.run.shifts.domain.backlog import (
    HOUR,
    STEP,
    WorkItem,
    required_work_by_hour,
    simulate_backlog,
)
from opale.run.shifts.queries.backlog import workload
from opale.run.shifts.tests.builders import READER, make_house, on_duty

BEGINS = datetime(2027, 3, 1, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def job(arrived: float, effort: float, due: float | None = None) -> WorkItem:
    """In hours from the beginning."""
    return WorkItem(
        BEGINS + arrived * HOUR, effort * HOUR, None if due is None else BEGINS + due * HOUR
    )


def test_what_is_due_first_is_done_first() -> None:
    urgent, calm = job(0, 1, 1.5), job(0, 1, 2.5)
    assert [one.late for one in simulate_backlog([calm, urgent], BEGINS, [1.0] * 12)] == [0, 0, 0]
    one_agent_for_three = simulate_backlog([calm, urgent, job(0, 1, 2.25)], BEGINS, [1.0] * 12)
    assert [(one.due, one.late) for one in one_agent_for_three] == [(0, 0), (1, 0), (2, 1)]


def test_one_thing_is_worked_on_by_one_agent_at_a_time() -> None:
    (first, second) = simulate_backlog([job(0, 1.5, 1)], BEGINS, [3.0] * 8)
    assert (first.waiting, second.waiting, second.late) == (0.5 * HOUR, timedelta(), 1)


def test_nobody_on_shift_leaves_all_of_it_waiting() -> None:
    (hour,) = simulate_backlog([job(0, 2, 0.5), job(0.25, 1)], BEGINS, [0.0] * 4)
    assert (hour.waiting, hour.due, hour.late) == (3 * HOUR, 1, 1)


JOBS = st.lists(
    st.builds(
        lambda arrived, effort, more: job(
            arrived, effort, None if more is None else arrived + more
        ),
        st.integers(0, 20),
        st.sampled_from([0.1, 0.25, 1, 3]),
        st.none() | st.integers(1, 8),
    ),
    max_size=30,
)


@given(jobs=JOBS, agents=st.integers(0, 4))
def test_work_is_neither_lost_nor_done_twice(jobs: list[WorkItem], agents: int) -> None:
    hours = simulate_backlog(jobs, BEGINS, [float(agents)] * 96)
    total = sum((one.effort for one in jobs), timedelta())
    assert timedelta() <= hours[-1].waiting <= total
    assert total - hours[-1].waiting <= 96 * STEP * agents
    if agents:
        assert hours[-1].waiting <= max(timedelta(), total - 3 * HOUR * bool(jobs)) + 3 * HOUR


@given(jobs=JOBS, agents=st.integers(1, 3))
def test_enough_agents_are_late_only_where_a_promise_is_shorter_than_the_work(
    jobs: list[WorkItem], agents: int
) -> None:
    hours = simulate_backlog(jobs, BEGINS, [float(len(jobs) + agents)] * 96)
    hopeless = sum(one.due is not None and one.due - one.arrived < one.effort for one in jobs)
    assert sum(one.late for one in hours) <= hopeless


def test_work_is_spread_over_the_staffed_hours_that_its_promise_leaves() -> None:
    staffed = [False, True, True, False]
    assert required_work_by_hour([job(0, 2, 4)], BEGINS, staffed) == [
        0 * HOUR,
        HOUR,
        HOUR,
        0 * HOUR,
    ]
    assert required_work_by_hour([job(3, 2, 4)], BEGINS, staffed)[3] == 2 * HOUR


class Mondays:
    """Four tickets each Monday at nine, of an hour each, promised two hours later."""

    slug = "mondays"

    def jobs(self, team_id: int, starts: datetime, ends: datetime) -> Iterable[WorkItem]:
        day = starts.astimezone(PARIS).date()
        while day < ends.astimezone(PARIS).date():
            at = datetime(day.year, day.month, day.day, 9, tzinfo=PARIS)
            if day.weekday() == 0 and starts <= at < ends:
                yield from [WorkItem(at, HOUR, at + 2 * HOUR)] * 4
            day += timedelta(days=1)

    def parts(self, team_id: int) -> list[tuple[str, str]]:
        return [("blue", "Blue")]

    def teams(self, starts: datetime, ends: datetime) -> list[int]:
        return []


@pytest.mark.django_db
def test_a_week_is_met_by_who_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_sources", {})
    monkeypatch.setattr(ports, "_backlogs", {"mondays": Mondays()})
    house, monday = make_house(), date(2027, 3, 29)  # the clocks changed the night before
    for day in (22, 29):
        for person, hours in ((house.lea, 8), (house.karim, 1)):
            starts = datetime(2027, 3, day, 9, tzinfo=PARIS)
            on_duty(person, house.desk, starts=starts, hours=hours)

    def asked() -> list[tuple[int, int, str]]:
        found = workload(
            house.desk,
            monday,
            days=1,
            zone=PARIS,
            seen_by=READER,
            at=datetime(2027, 3, 26, 12, tzinfo=PARIS),
        )
        assert found is not None
        ((day, line),) = found.days
        assert day == monday
        return [(one.on, one.needed, one.load) for one in line[8:13]]

    # Four hours of work in two hours: two are needed, of the second there is one hour too few.
    assert asked() == [(0, 0, ""), (2, 2, "even"), (1, 2, "short"), (1, 0, "short"), (1, 0, "")]
    on_duty(house.ines, house.desk, starts=datetime(2027, 3, 29, 10, tzinfo=PARIS), hours=1)
    assert asked() == [(0, 0, ""), (2, 2, "even"), (2, 2, "even"), (1, 0, ""), (1, 0, "")]


def test_of_a_stream_its_own_is_told_while_the_rest_takes_its_time() -> None:
    blue, grey = job(0, 1, 1), replace(job(0, 1, 1), counted=False)
    alone = simulate_backlog([blue], BEGINS, [1.0] * 8)
    beside = simulate_backlog([grey, blue], BEGINS, [1.0] * 8)
    assert [(one.due, one.late) for one in alone][1] == (1, 0)
    assert [(one.due, one.late) for one in beside][1] == (1, 1)
    assert required_work_by_hour([blue, grey], BEGINS, [True]) == [HOUR]


class TwoStreams(Mondays):
    """The same in blue, and as much again in grey."""

    def jobs(self, team_id: int, starts: datetime, ends: datetime) -> Iterable[WorkItem]:
        for one in super().jobs(team_id, starts, ends):
            yield replace(one, part="blue")
            yield replace(one, part="grey")


@pytest.mark.django_db
def test_a_stream_of_the_desk_has_its_own_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_sources", {})
    monkeypatch.setattr(ports, "_backlogs", {"mondays": TwoStreams()})
    house, monday = make_house(), date(2027, 3, 29)
    for day in (22, 29):
        for person in (house.lea, house.karim):
            starts = datetime(2027, 3, day, 9, tzinfo=PARIS)
            on_duty(person, house.desk, starts=starts, hours=8)

    def needed(part: str) -> tuple[int, float, float]:
        found = workload(
            house.desk,
            monday,
            days=1,
            zone=PARIS,
            seen_by=READER,
            at=datetime(2027, 3, 26, 12, tzinfo=PARIS),
            part=part,
        )
        assert found is not None
        return found.days[0][1][9].needed, found.jobs, found.late

    assert needed("") == (4, 8.0, 0.5)
    assert needed("blue")[:2] == (2, 4.0)
    assert needed("blue")[2] == pytest.approx(0.5, abs=0.26)
