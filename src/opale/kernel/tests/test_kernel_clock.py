"""The clock that tests push forward."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opale.kernel import clock

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def ahead() -> timedelta:
    return clock.now() - datetime.now(UTC)


def near(found: timedelta, wanted: timedelta) -> bool:
    return abs(found - wanted) < timedelta(seconds=5)


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert near(ahead(), timedelta())


def test_travels_add_up_and_end() -> None:
    with clock.travel(DAY):
        assert near(ahead(), DAY)
        with clock.travel(HOUR):
            assert near(ahead(), DAY + HOUR)
        assert near(ahead(), DAY)
    assert near(ahead(), timedelta())


def test_one_may_travel_back() -> None:
    with clock.travel(-HOUR):
        assert near(ahead(), -HOUR)


def test_a_whole_installation_follows_what_a_file_says(tmp_path: Path) -> None:
    pushed = tmp_path / "ahead"
    clock.follow_file(pushed)
    try:
        assert near(ahead(), timedelta())
        pushed.write_text("28800")
        assert near(ahead(), 8 * HOUR)
    finally:
        clock.follow_file(None)
    assert near(ahead(), timedelta())


def test_a_failure_ends_the_travel_too() -> None:
    with pytest.raises(ValueError), clock.travel(DAY):
        raise ValueError
    assert near(ahead(), timedelta())
