"""Limits of what a process does at the same time, so that threads are left for everything else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import BoundedSemaphore

from opale.kernel.errors import Unavailable


class ConcurrencyLimit:
    """So many places for slow work: who finds none is refused at once, as waiting holds a thread.

    `retry_after` is the time after which whoever was refused is to come again.
    """

    def __init__(self, places: int, retry_after: timedelta) -> None:
        self.retry_after = retry_after
        self._places = BoundedSemaphore(places)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place during the block. Errors: Unavailable (all are taken)."""
        if not self._places.acquire(blocking=False):
            raise Unavailable(self.retry_after)
        try:
            yield
        finally:
            self._places.release()
