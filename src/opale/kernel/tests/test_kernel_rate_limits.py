"""A bucket gives what it holds at once, and again as it fills up."""

from datetime import timedelta

import pytest

from opale.kernel.errors import TooMany
from opale.kernel.rate_limits import MOST_KEYS, RateLimit


class Clock:
    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


def limit_of(amount: float) -> tuple[RateLimit, Clock]:
    limit, clock = RateLimit(lambda: amount, timedelta(minutes=1)), Clock()
    limit.clock = clock
    return limit, clock


def test_what_is_too_many_is_refused_until_it_may_come_again() -> None:
    limit, clock = limit_of(60)
    for _ in range(60):
        limit.take("a")
    with pytest.raises(TooMany) as refused:
        limit.take("a")
    assert refused.value.retry_after == timedelta(seconds=1)
    limit.take("b")
    clock.at += 1
    limit.take("a")
    with pytest.raises(TooMany):
        limit.take("a")
    clock.at += 3600
    for _ in range(60):
        limit.take("a")
    with pytest.raises(TooMany):
        limit.take("a")


def test_what_is_refused_takes_nothing() -> None:
    limit, _clock = limit_of(10)
    limit.take("a", 8)
    with pytest.raises(TooMany):
        limit.take("a", 3)
    limit.take("a", 2)


def test_what_is_heavier_than_the_bucket_comes_through_a_full_one_and_is_paid_off() -> None:
    limit, clock = limit_of(10)
    limit.take("a", 30)
    clock.at += 60
    with pytest.raises(TooMany):
        limit.take("a")
    clock.at += 120
    limit.take("a", 10)


def test_nothing_is_limited_by_nought() -> None:
    limit, _clock = limit_of(0)
    for _ in range(1_000):
        limit.take("a")


def test_keys_at_rest_are_forgotten() -> None:
    limit, clock = limit_of(60)
    for number in range(MOST_KEYS):
        limit.take(str(number))
    clock.at += 60
    limit.take("other", 60)
    assert len(limit._taken) == 1
    with pytest.raises(TooMany):
        limit.take("other")
