"""How many events a key may bring: a bucket that holds a minute's worth and fills evenly.

Source: docs/rules/alerts.md, "Receipt".
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

KEYS: Final = 5_000


@dataclass(slots=True)
class Bucket:
    tokens: float
    filled_at: float


class Buckets:
    """One for each key that has a limit, in this process; asked by its event loop alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[int, Bucket] = {}

    def wait_for(self, key_id: int, weight: int, per_minute: int) -> int:
        """Take so many; 0, or after how many whole seconds it is worth asking again.

        A delivery larger than the bucket is taken when the bucket is full, and is paid off after.
        """
        now = self._clock()
        bucket = self._buckets.get(key_id)
        if bucket is None:
            if len(self._buckets) >= KEYS:
                self._buckets.clear()
            bucket = self._buckets[key_id] = Bucket(per_minute, now)
        rate = per_minute / 60
        bucket.tokens = min(per_minute, bucket.tokens + (now - bucket.filled_at) * rate)
        bucket.filled_at = now
        missing = min(weight, per_minute) - bucket.tokens
        if missing > 1e-9:
            return max(1, math.ceil(missing / rate))
        bucket.tokens -= weight
        return 0

    def give_back(self, key_id: int, weight: int) -> None:
        """What was not kept was not brought."""
        if bucket := self._buckets.get(key_id):
            bucket.tokens += weight
