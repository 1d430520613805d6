"""How many events a key may bring: a bucket that holds a minute's worth and fills evenly.

Source: docs/rules/alerts.md, "Receipt".
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

MAX_KEYS: Final = 5_000


@dataclass(slots=True)
class TokenBucket:
    """`asked` and `taken` are since the other processes were told."""

    tokens: float
    filled_at: float
    per_minute: int
    taken: int = 0
    asked: bool = False


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What a process took from a key's bucket, which the bucket of all processes is told."""

    taken: int
    per_minute: int


class TokenBuckets:
    """One for each key that has a limit, in this process; asked by its event loop alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[int, TokenBucket] = {}

    def wait_for(self, key_id: int, weight: int, per_minute: int) -> int:
        """Take so many; 0, or after how many whole seconds it is worth asking again.

        A delivery larger than the bucket is taken when the bucket is full, and is paid off after.
        """
        now = self._clock()
        bucket = self._buckets.get(key_id)
        if bucket is None:
            if len(self._buckets) >= MAX_KEYS:
                self._buckets.clear()
            bucket = self._buckets[key_id] = TokenBucket(per_minute, now, per_minute)
        rate = per_minute / 60
        bucket.asked, bucket.per_minute = True, per_minute
        bucket.tokens = min(per_minute, bucket.tokens + (now - bucket.filled_at) * rate)
        bucket.filled_at = now
        missing = min(weight, per_minute) - bucket.tokens
        if missing > 1e-9:
            return max(1, math.ceil(missing / rate))
        bucket.tokens -= weight
        bucket.taken += weight
        return 0

    def give_back(self, key_id: int, weight: int) -> None:
        """What was not kept was not brought."""
        if bucket := self._buckets.get(key_id):
            bucket.tokens += weight
            bucket.taken -= weight

    def asked(self) -> dict[int, TokenRequest]:
        """By key, what was asked for since this was called last."""
        found = {}
        for key_id, bucket in self._buckets.items():
            if bucket.asked:
                found[key_id] = TokenRequest(bucket.taken, bucket.per_minute)
                bucket.taken, bucket.asked = 0, False
        return found

    def ask_again(self, asked: Mapping[int, TokenRequest]) -> None:
        """The others were not told of it."""
        for key_id, one in asked.items():
            if bucket := self._buckets.get(key_id):
                bucket.taken, bucket.asked = bucket.taken + one.taken, True

    def settle(self, tokens: Mapping[int, float]) -> None:
        """What all processes have left, once they were told what this one took."""
        for key_id, left in tokens.items():
            if bucket := self._buckets.get(key_id):
                bucket.tokens, bucket.filled_at = left - bucket.taken, self._clock()
