"""Limits of what one login may do in a time, counted by each process for itself."""

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from typing import Final

from opale.kernel.errors import TooMany

MOST_KEYS: Final = 10_000
"""Keys beyond which those that are at rest are forgotten."""


class RateLimit:
    """Bucket of tokens for each key: it holds what may come at once, and fills up over the period.

    `amount` is asked each time; 0 is without limit.
    """

    def __init__(self, amount: Callable[[], float], period: timedelta) -> None:
        self.amount, self.seconds = amount, period.total_seconds()
        self.clock: Callable[[], float] = time.monotonic
        self._lock = Lock()
        self._taken: dict[str, tuple[float, float]] = {}
        """What was taken by each key and has not come back, and when that was so."""

    def take(self, key: str, weight: float = 1) -> None:
        """Take from the bucket of this key. Errors: TooMany, and nothing is taken.

        What is heavier than the whole bucket is let through by a full one.
        """
        amount = self.amount()
        if amount <= 0:
            return
        with self._lock:
            at = self.clock()
            taken = self._taken_at(key, at, amount)
            excess = taken + min(weight, amount) - amount
            if excess > 0:
                raise TooMany(timedelta(seconds=excess * self.seconds / amount))
            if len(self._taken) >= MOST_KEYS:
                self._forget(at, amount)
            self._taken[key] = taken + weight, at

    def _taken_at(self, key: str, at: float, amount: float) -> float:
        taken, since = self._taken.get(key, (0.0, at))
        return max(0.0, taken - (at - since) * amount / self.seconds)

    def _forget(self, at: float, amount: float) -> None:
        """Forget the keys whose buckets are full again."""
        self._taken = {
            key: held for key, held in self._taken.items() if self._taken_at(key, at, amount)
        }
