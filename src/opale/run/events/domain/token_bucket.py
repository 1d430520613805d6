"""Rate limit of a key: a bucket that holds a minute's worth of events and fills evenly.

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
    """A key's bucket; `asked` and `taken` are since the other processes were told."""

    tokens: float
    filled_at: float
    per_minute: int
    taken: int = 0
    asked: bool = False


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """The tokens that a process took for a key, to be taken from the shared bucket."""

    taken: int
    per_minute: int


class TokenBuckets:
    """The buckets of limited keys in this process; used by its event loop alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[int, TokenBucket] = {}

    def wait_for(self, key_id: int, weight: int, per_minute: int) -> int:
        """Take so many tokens and return 0, or return after how many whole seconds to try again.

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
        """Put back the tokens of a delivery that was not stored."""
        if bucket := self._buckets.get(key_id):
            bucket.tokens += weight
            bucket.taken -= weight

    def asked(self) -> dict[int, TokenRequest]:
        """Return by key the tokens requested since the last call of this."""
        found = {}
        for key_id, bucket in self._buckets.items():
            if bucket.asked:
                found[key_id] = TokenRequest(bucket.taken, bucket.per_minute)
                bucket.taken, bucket.asked = 0, False
        return found

    def ask_again(self, asked: Mapping[int, TokenRequest]) -> None:
        """Restore requests of which the other processes could not be told."""
        for key_id, one in asked.items():
            if bucket := self._buckets.get(key_id):
                bucket.taken, bucket.asked = bucket.taken + one.taken, True

    def settle(self, tokens: Mapping[int, float]) -> None:
        """Set what all processes have left, once they were told what this one took."""
        for key_id, left in tokens.items():
            if bucket := self._buckets.get(key_id):
                bucket.tokens, bucket.filled_at = left - bucket.taken, self._clock()
