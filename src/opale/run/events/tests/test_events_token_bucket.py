"""The bucket of a key: what a minute allows, filled evenly."""

from hypothesis import given
from hypothesis import strategies as st

from opale.run.events.domain.token_bucket import TokenBuckets, TokenRequest


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_a_minutes_worth_at_once_and_then_ten_a_second() -> None:
    clock = Clock()
    buckets = TokenBuckets(clock)
    assert buckets.wait_for(1, 600, 600) == 0
    assert buckets.wait_for(1, 1, 600) == 1
    clock.at += 1
    assert buckets.wait_for(1, 10, 600) == 0
    assert buckets.wait_for(1, 10, 600) == 1
    assert buckets.wait_for(2, 600, 600) == 0


def test_a_delivery_larger_than_the_bucket_is_taken_when_it_is_full_and_paid_off() -> None:
    clock = Clock()
    buckets = TokenBuckets(clock)
    assert buckets.wait_for(1, 180, 60) == 0
    assert buckets.wait_for(1, 1, 60) == 121
    clock.at += 121
    assert buckets.wait_for(1, 1, 60) == 0


@given(
    st.integers(1, 1_000),
    st.lists(st.tuples(st.integers(1, 100), st.floats(0, 30)), max_size=40),
)
def test_no_more_than_a_bucket_and_what_flowed_in_is_taken(
    per_minute: int, deliveries: list[tuple[int, float]]
) -> None:
    clock = Clock()
    buckets, taken, largest = TokenBuckets(clock), 0, 0
    for weight, later in deliveries:
        clock.at += later
        wait = buckets.wait_for(1, weight, per_minute)
        if not wait:
            taken, largest = taken + weight, max(largest, weight)
        else:
            clock.at += wait
            assert buckets.wait_for(1, weight, per_minute) == 0
            taken, largest = taken + weight, max(largest, weight)
    allowed = per_minute + (clock.at - 1000) * per_minute / 60
    assert taken <= allowed + max(0, largest - per_minute) + 1e-6 * max(1, taken)


def test_what_the_others_took_is_paid_off_here_too() -> None:
    clock = Clock()
    buckets = TokenBuckets(clock)
    assert buckets.wait_for(1, 500, 600) == 0
    assert buckets.asked() == {1: TokenRequest(500, 600)}
    assert buckets.wait_for(1, 50, 600) == 0
    # Another process took 400 meanwhile, and this one 50 since it asked.
    buckets.settle({1: -300.0})
    assert buckets.wait_for(1, 1, 600) == 36
    assert buckets.asked() == {1: TokenRequest(50, 600)}
    assert buckets.asked() == {}


def test_what_was_not_told_is_told_the_next_time() -> None:
    buckets = TokenBuckets(Clock())
    buckets.wait_for(1, 50, 600)
    asked = buckets.asked()
    buckets.wait_for(1, 7, 600)
    buckets.give_back(1, 2)
    buckets.ask_again(asked)
    assert buckets.asked() == {1: TokenRequest(55, 600)}
