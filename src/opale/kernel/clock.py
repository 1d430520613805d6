"""The present moment. Tests push it forward; nothing else asks the machine for the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_ahead = timedelta()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _ahead


@contextmanager
def travel(ahead: timedelta) -> Iterator[None]:
    """Inside the block, now() is `ahead` of what it was outside. Nested travels add up."""
    global _ahead
    before = _ahead
    _ahead = before + ahead
    try:
        yield
    finally:
        _ahead = before
