"""Erlang C against another library's figures, against a simulation, and against reason."""

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.run.shifts import ports
from opale.run.shifts.domain.erlang_c import (
    CallLoad,
    ServiceLevel,
    agents_needed,
    answered_within,
    average_wait,
    waiting_probability,
)
from opale.run.shifts.queries.demand import heat_map
from opale.run.shifts.tests.builders import READER, make_house, on_duty

MINUTE = timedelta(minutes=1)
PARIS = ZoneInfo("Europe/Paris")
# pyworkforce 0.5.1, ErlangC(transactions, aht, asa, interval=60, shrinkage).required_positions
FIGURES: list[tuple[float, float, float, float, float, int, float, float]] = [
    (100, 3, 1 / 3, 0.8, 0.3, 12, 0.8801483107665521, 0.16726650666175663),
    (60, 5, 1 / 3, 0.8, 0, 8, 0.8630537670360967, 0.16726650666175663),
    (10, 4, 0.5, 0.9, 0, 3, 0.9757067479573843, 0.032520325203252036),
    (500, 6, 1 / 3, 0.8, 0, 57, 0.8329396496871372, 0.24647092005465793),
    (1200, 2.5, 1 / 6, 0.95, 0.15, 72, 0.9569348771707743, 0.08966197693740229),
    (3, 12, 1, 0.8, 0, 2, 0.8767856009401198, 0.13846153846153847),
]
LOADS = st.builds(
    CallLoad,
    calls=st.floats(0.1, 2000),
    handling=st.integers(10, 1800).map(lambda s: timedelta(seconds=s)),
)


@pytest.mark.parametrize(
    ("calls", "minutes", "within", "share", "away", "needed", "served", "waits"), FIGURES
)
def test_as_many_are_needed_as_pyworkforce_says(
    calls: float,
    minutes: float,
    within: float,
    share: float,
    away: float,
    needed: int,
    served: float,
    waits: float,
) -> None:
    load = CallLoad(calls, minutes * MINUTE)
    promised = ServiceLevel(share, within * MINUTE, away)
    assert agents_needed(load, promised) == needed
    raw = agents_needed(load, ServiceLevel(share, within * MINUTE))
    assert answered_within(load, raw, within * MINUTE) == pytest.approx(served, abs=1e-6)
    assert waiting_probability(load, raw) == pytest.approx(waits, abs=1e-6)


@pytest.mark.parametrize(("calls", "minutes", "agents"), [(60, 5, 7), (20, 6, 3), (200, 3, 12)])
def test_a_queue_that_is_played_through_waits_as_long(
    calls: float, minutes: float, agents: int
) -> None:
    dice, load = random.Random(7), CallLoad(calls, minutes * MINUTE)
    free, at, waited, answered = [0.0] * agents, 0.0, 0.0, 0
    count = 200_000
    for _ in range(count):
        at += dice.expovariate(calls / 60)
        first = min(range(agents), key=free.__getitem__)
        wait = max(0.0, free[first] - at)
        free[first] = at + wait + dice.expovariate(1 / minutes)
        waited += wait
        answered += wait <= 1 / 3
    said = average_wait(load, agents)
    assert said is not None
    assert waited / count == pytest.approx(said / MINUTE, rel=0.12)
    assert answered / count == pytest.approx(
        answered_within(load, agents, timedelta(seconds=20)), abs=0.02
    )


@given(load=LOADS)
def test_as_many_as_needed_keep_the_promise_and_one_less_does_not(load: CallLoad) -> None:
    promised = ServiceLevel()
    agents = agents_needed(load, promised)
    assert answered_within(load, agents, promised.within) >= promised.share
    assert answered_within(load, agents - 1, promised.within) < promised.share


@given(load=LOADS, agents=st.integers(1, 300))
def test_one_more_never_makes_anybody_wait_longer(load: CallLoad, agents: int) -> None:
    assert waiting_probability(load, agents + 1) <= waiting_probability(load, agents) + 1e-12


def test_nobody_is_needed_where_nobody_calls() -> None:
    assert agents_needed(CallLoad(0, 5 * MINUTE), ServiceLevel()) == 0
    assert average_wait(CallLoad(0, 5 * MINUTE), 1) == timedelta()


def test_a_queue_that_only_grows_has_no_average() -> None:
    assert average_wait(CallLoad(60, 5 * MINUTE), 5) is None
    assert answered_within(CallLoad(60, 5 * MINUTE), 5, MINUTE) == 0


class Told:
    """A source that tells ten calls of six minutes in each hour of Mondays from eight to ten."""

    slug = "told"

    def loads(
        self, team_id: int, starts: datetime, ends: datetime
    ) -> Iterable[tuple[datetime, CallLoad]]:
        at = starts.replace(minute=0, second=0, microsecond=0)
        while at < ends:
            local = at.astimezone(PARIS)
            if local.weekday() == 0 and local.hour in {8, 9}:
                yield at, CallLoad(10, 6 * MINUTE)
            at += timedelta(hours=1)


@pytest.mark.django_db
def test_the_map_sets_who_is_needed_beside_who_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_sources", {"told": Told()})
    house, monday = make_house(), date(2027, 3, 8)
    begins = datetime(2027, 3, 8, 8, 30, tzinfo=PARIS)
    on_duty(house.lea, house.desk, starts=begins, hours=8)
    days = heat_map(
        house.desk,
        monday,
        days=2,
        zone=PARIS,
        seen_by=READER,
        at=begins - timedelta(days=2),
        promised=ServiceLevel(),
    )
    (day, heats), (_tuesday, others) = days
    needed = agents_needed(CallLoad(10, 6 * MINUTE), ServiceLevel())
    assert day == monday
    assert (heats[8].needed, heats[8].on, heats[8].load) == (needed, 0, "short")
    assert (heats[9].needed, heats[9].on) == (needed, 1)
    assert (heats[12].needed, heats[12].on, heats[12].load) == (0, 1, "")
    assert {(heat.needed, heat.on, heat.load) for heat in others} == {(0, 0, "")}
