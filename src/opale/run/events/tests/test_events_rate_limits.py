"""The limit of a key holds for all processes that answer together."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opale.run.events.actions.rate_limits import take_tokens
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.domain.token_bucket import TokenRequest
from opale.run.events.listeners import rate_limits
from opale.run.events.listeners.rate_limits import RateLimiter
from opale.run.events.models import Integration, IntegrationKey, KeyBucket

LIMIT = 600


@pytest.fixture
def key(transactional_db: None) -> IntegrationKey:
    integration = Integration.objects.create(name="Watcher", format="generic")
    return IntegrationKey.objects.create(integration=integration, prefix="k", digest="k")


def sender(key: IntegrationKey) -> Sender:
    return Sender(key.integration_id, "Watcher", "generic", key.pk, events_per_minute=LIMIT)


def process(key: IntegrationKey) -> tuple[RateLimiter, Callable[[int], bool]]:
    """One of those that answer, with a clock that stands still; and whether it takes so many."""
    one = RateLimiter()
    one.buckets._clock = lambda: 0.0
    return one, lambda weight: not one.wait_for(sender(key), weight)


def settle(*processes: RateLimiter) -> None:
    for one in processes:
        asyncio.run(one.settle())


def test_two_processes_take_no_more_than_one(key: IntegrationKey) -> None:
    (one, takes_one), (other, takes_other) = process(key), process(key)
    assert takes_one(500)
    assert takes_other(500)  # nobody knows better yet
    settle(one, other)
    assert not takes_other(1)
    # Whoever was not asked since has not looked either: what it takes is owed too.
    assert takes_one(100)
    settle(one)
    assert not takes_one(1)
    left = KeyBucket.objects.get(key=key).tokens
    assert LIMIT - 1_100 <= left < LIMIT - 1_100 + 60


def test_a_new_process_learns_what_was_taken(key: IntegrationKey) -> None:
    one, takes = process(key)
    assert takes(LIMIT)
    settle(one)
    fresh, takes = process(key)
    assert takes(1)
    settle(fresh)
    assert not takes(100)


def test_what_was_taken_is_told_when_a_process_ends(key: IntegrationKey) -> None:
    async def story() -> None:
        one = RateLimiter()
        one.start()
        one.wait_for(sender(key), 90)
        await one.stop()

    asyncio.run(story())
    assert KeyBucket.objects.get(key=key).tokens == LIMIT - 90


def test_a_database_that_is_away_forgets_nothing(
    key: IntegrationKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_asked: Any) -> dict[int, float]:
        raise OperationalError("away")

    one, takes = process(key)
    assert takes(90)
    with monkeypatch.context() as patched:
        patched.setattr(rate_limits, "take_tokens", away)
        settle(one)
    assert takes(10)
    settle(one)
    assert KeyBucket.objects.get(key=key).tokens == LIMIT - 100


def test_a_key_that_is_gone_is_forgotten(key: IntegrationKey) -> None:
    one, takes = process(key)
    assert takes(90)
    key.delete()
    settle(one)
    assert not KeyBucket.objects.exists()


@settings(suppress_health_check=list(HealthCheck))  # PostgreSQL, and one key
@given(st.lists(st.tuples(st.integers(-50, 900), st.integers(0, 90)), max_size=8))
def test_the_bucket_of_all_fills_evenly_and_never_beyond_the_limit(
    key: IntegrationKey, told: list[tuple[int, int]]
) -> None:
    KeyBucket.objects.all().delete()
    wanted: float = LIMIT
    for taken, later in told:
        # As if so many seconds had gone by since the last time.
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE events_keybucket"
                " SET filled_at = clock_timestamp() - make_interval(secs => %s)",
                [later],
            )
        wanted = min(LIMIT, wanted + later * LIMIT / 60) - taken
        left = take_tokens({key.pk: TokenRequest(taken, LIMIT)})[key.pk]
        assert wanted - 1e-3 <= left <= wanted + LIMIT / 60 * 2
        wanted = left
    assert all(one.filled_at <= timezone.now() for one in KeyBucket.objects.all())
