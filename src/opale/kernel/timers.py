"""Timers: durable jobs, one for all that falls due in the same second."""

import math
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app

FIRST: Final = 100
"""Priority of jobs where seconds count: they run before all waiting jobs, so that a storm of other
work delays no page."""
AHEAD: Final = timedelta(seconds=2)
"""A timer this near may already have run: a new one is set."""


class Timers:
    """Timers of one job; remembers the seconds for which this process has set one."""

    def __init__(self, job: str) -> None:
        self.job = job
        self._lock = threading.Lock()
        self._set: set[int] = set()

    def set(self, moments: Iterable[datetime], *, at: datetime) -> None:
        """Schedule the job at each of these moments, or at once for past ones."""
        present = math.floor(at.timestamp())
        seconds = {max(math.ceil(moment.timestamp()), present) for moment in moments}
        wanted = self.missing(seconds, at=at)
        for second in wanted:
            due = datetime.fromtimestamp(second, UTC)
            app.configure_task(self.job, schedule_at=due if due > at else None).defer()
        transaction.on_commit(lambda: self.remember(wanted))

    def missing(self, seconds: Iterable[int], *, at: datetime) -> list[int]:
        near = math.ceil((at + AHEAD).timestamp())
        with self._lock:
            self._set = {second for second in self._set if second >= near}
            return sorted(second for second in set(seconds) if second not in self._set)

    def remember(self, seconds: Iterable[int]) -> None:
        with self._lock:
            self._set.update(seconds)
