"""Present moment of the process: the only reader of the machine's clock. Tests move it forward.

A test moves its own process by `travel`, a whole installation by a file that its processes follow.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

_ahead = timedelta()
_followed: Path | None = None


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC) + _ahead + (_told(_followed) if _followed else timedelta())


@cache
def time_zones() -> frozenset[str]:
    """Return the names of all time zones, read from many files once per process."""
    return frozenset(available_timezones())


def follow_file(file: Path | None) -> None:
    """Set now() ahead by the seconds written in this file; by none without it.

    The file is read at each call, so it is to be replaced as a whole.
    """
    global _followed
    _followed = file


def _told(file: Path) -> timedelta:
    try:
        return timedelta(seconds=float(file.read_text(encoding="ascii")))
    except FileNotFoundError:
        return timedelta()


@contextmanager
def travel(ahead: timedelta) -> Iterator[None]:
    """Move now() `ahead` inside the block. Nested travels add up."""
    global _ahead
    before = _ahead
    _ahead = before + ahead
    try:
        yield
    finally:
        _ahead = before
