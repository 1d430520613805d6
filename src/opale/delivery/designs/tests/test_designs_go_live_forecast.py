"""Days and their confidence, by rules alone: no database, the same question has the same answer."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from opale.delivery.designs.domain.go_live_forecast import (
    ASSUMED_DELAYS,
    LEAST_SAMPLES,
    Forecast,
    HeldPart,
    NumberedDays,
    Stage,
    delay_samples,
    forecast_end,
    free_from,
)
from opale.kernel.calendars import Calendar
from opale.planning.workdays import workdays

MONDAY = date(2027, 3, 1)
FRANCE = workdays(Calendar.on_weekdays("Europe/Paris", "09:00-18:00", country="FR"))
NEVER_LATE = dict.fromkeys(ASSUMED_DELAYS, (0,))


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


def test_working_days_are_numbered_over_weekends_and_holidays() -> None:
    numbered = NumberedDays(FRANCE, date(2027, 3, 26), 10)
    assert numbered.day(1) == date(2027, 3, 30)  # Easter Monday is none
    assert numbered.place(date(2027, 3, 27)) == 1
    assert numbered.day(99) == numbered.days[-1]


def test_a_stage_begins_after_all_that_it_waits_for() -> None:
    stages = [Stage(3), Stage(5), Stage(2), Stage(0)]
    waits = {2: [(0, 0), (1, 1)], 3: [(2, 0)]}
    found = forecast_end(
        [0, 1, 2, 3], stages, waits, delays=NEVER_LATE, stocked=lambda _c: (), seed=1, runs=5
    )
    # b takes days 0 to 4, then a day between: c is done on days 6 and 7, and so is the milestone.
    assert found.ends == (7,) * 5


def test_a_delay_is_drawn_for_whoever_does_it_and_the_same_seed_draws_the_same() -> None:
    delays = {**NEVER_LATE, "carrier": (0, 10)}
    stages = [Stage(5, party="carrier")]
    first, again = (
        forecast_end([0], stages, {}, delays=delays, stocked=lambda _c: (), seed=7)
        for _time in range(2)
    )
    assert first == again
    assert set(first.ends) == {4, 14}
    assert 40 < first.share_by(4) < 60
    assert (first.kept(20), first.kept(80)) == (4, 14)


def test_stock_that_is_never_free_leaves_runs_without_an_end() -> None:
    def stocked(chance: Random) -> list[int | None]:
        return [3 if chance.random() < 0.7 else None]

    found = forecast_end(
        [0], [Stage(2, stock=(0,))], {}, delays=NEVER_LATE, stocked=stocked, seed=3, runs=1000
    )
    assert 650 < len(found.ends) < 750
    assert set(found.ends) == {4}
    assert found.kept(50) == 4
    assert found.kept(80) is None


def test_shares_of_no_runs_are_nothing() -> None:
    assert Forecast((), 10).kept(50) is None
    assert Forecast((), 10).share_by(5) == 0


def test_too_few_measured_delays_are_not_used() -> None:
    few, many = [30] * (LEAST_SAMPLES - 1), [30] * LEAST_SAMPLES
    assert delay_samples({"carrier": few})["carrier"] == ASSUMED_DELAYS["carrier"]
    assert delay_samples({"carrier": many})["carrier"] == tuple(many)


@pytest.mark.parametrize(
    ("held", "free"),
    [
        ((), 0),
        ((HeldPart(MONDAY, None, 4),), 0),
        ((HeldPart(MONDAY, None, 5),), None),
        ((HeldPart(MONDAY, after(9), 5),), 9),
        ((HeldPart(MONDAY, after(9), 5), HeldPart(after(20), after(30), 6)), 30),
        ((HeldPart(after(5), None, 8),), None),
        ((HeldPart(MONDAY, after(3), 3), HeldPart(MONDAY, after(8), 3)), 3),
    ],
)
def test_a_quantity_is_free_when_nothing_later_takes_it_again(
    held: tuple[HeldPart, ...], free: int | None
) -> None:
    found = free_from(10, 6, held, MONDAY)
    assert found == (after(free) if free is not None else None)


def test_more_than_there_is_is_never_free() -> None:
    assert free_from(10, 11, (), MONDAY) is None


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    some.lists(
        some.tuples(
            some.integers(-5, 30), some.one_of(some.none(), some.integers(1, 20)),
            some.integers(1, 6),
        ),
        max_size=7,
    ),
    some.integers(1, 10),
)  # fmt: skip
def test_the_first_free_day_is_that_of_brute_force(
    rows: list[tuple[int, int | None, int]], quantity: int
) -> None:
    held = [
        HeldPart(after(since), after(since + days) if days else None, amount)
        for since, days, amount in rows
    ]
    expected: date | None = None
    for day in range(60, -1, -1):
        on = after(day)
        taken = sum(
            one.quantity for one in held if one.since <= on and (not one.until or one.until > on)
        )
        if taken + quantity > 10:
            break
        expected = on
    assert free_from(10, quantity, held, MONDAY) == expected
