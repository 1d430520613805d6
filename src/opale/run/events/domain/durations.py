"""Spans of time as people and tools write them: `90s`, `5m`, `2h`, `1d`."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

DURATION: Final = re.compile(r"(\d{1,9})\s*([smhdj]?)", re.IGNORECASE)
SECONDS: Final[Mapping[str, int]] = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "j": 86_400}
"""A day is written `d`, or `j` as in French."""


def parse_duration(text: str) -> timedelta | None:
    """Return the span; None if the text is none. A bare number is one of seconds."""
    found = DURATION.fullmatch(text.strip())
    if found is None:
        return None
    return timedelta(seconds=int(found[1]) * SECONDS[found[2].lower()])


def format_duration(span: timedelta) -> str:
    """Return the span in the largest unit that divides it: `parse_duration` reads it back."""
    seconds = int(span.total_seconds())
    for unit in ("d", "h", "m"):
        if seconds and seconds % SECONDS[unit] == 0:
            return f"{seconds // SECONDS[unit]}{unit}"
    return f"{seconds}s"
