"""Days and moments near enough to be meant. Those at the ends of the calendar overflow in sums."""

from datetime import date, datetime, timedelta
from typing import Final

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2999
FURTHEST: Final = timedelta(hours=14)
"""Largest offset of a clock on earth from UTC; the database keeps less than 16 hours."""


def is_far(day: date) -> bool:
    """Return whether a day, or a moment or its zone, is too far away to be meant."""
    away = day.utcoffset() if isinstance(day, datetime) else None
    return not FIRST_YEAR <= day.year <= LAST_YEAR or abs(away or timedelta()) > FURTHEST


def parse_instant(text: str) -> datetime | None:
    """Return the moment that an address or a button names; None for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo and not is_far(at) else None
