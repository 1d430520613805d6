"""Times as outside tools write them."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from opale.run.events.domain.deliveries import Unreadable

TIME: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?"
    r"(?:([Zz])|([+-])(\d\d):?(\d\d))?"
)
EXAMPLE: Final = "2026-11-20T12:00:00Z"
"""The form of most tools, with or without fractions: read by the library, ten times as fast."""
EARLIEST_YEAR: Final = 1970
"""Go's zero time, the year 1, stands for "no time"."""
MILLISECONDS_ABOVE: Final = 10_000_000_000
"""A count from here on is one of milliseconds: as seconds it would lie after the year 2286.

So are counts of microseconds and nanoseconds told from those before them, each by its size.
"""


def timestamp_in(said: Mapping[str, Any], name: str) -> datetime | None:
    """Return the time of RFC 3339 in that member. Errors: Unreadable, naming the member."""
    text = said.get(name)
    if not text:
        return None
    try:
        found = parse_timestamp(text) if isinstance(text, str) else None
    except ValueError:
        raise Unreadable(f"{name}: there is no such time.") from None
    if found is None and not (isinstance(text, str) and TIME.fullmatch(text)):
        raise Unreadable(f"{name}: a time as in RFC 3339 is expected.")
    return found


def parse_timestamp(said: str | float) -> datetime | None:
    """Return a time of RFC 3339, or a count of seconds or parts of them since 1970.

    Nanoseconds are cut to what PostgreSQL keeps; a time without a zone is one of UTC. None for what
    is no time, and for a zero time. Errors: ValueError (the 31st of February).
    """
    if isinstance(said, (int, float)):
        return _counted(float(said))
    if len(said) >= len(EXAMPLE) and said[10] == "T" and said[-1] == "Z":
        with suppress(ValueError):  # raised below, in the same words for all forms
            moment = datetime.fromisoformat(said)
            return moment if moment.year >= EARLIEST_YEAR else None
    if said.replace(".", "", 1).isdecimal():
        return _counted(float(said))
    found = TIME.fullmatch(said.strip())
    if found is None or int(found[1]) < EARLIEST_YEAR:
        return None
    year, month, day, hour, minute, second = (int(found[n]) for n in range(1, 7))
    micros = int((found[7] or "")[:6].ljust(6, "0"))
    try:
        moment = datetime(year, month, day, hour, minute, second, micros, _zone(found))
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from None


def _counted(count: float) -> datetime | None:
    seconds = count
    for _part in ("milliseconds", "microseconds", "nanoseconds"):
        if seconds >= MILLISECONDS_ABOVE:
            seconds /= 1000
    if seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from None


def _zone(found: re.Match[str]) -> timezone:
    if not found[9]:
        return UTC
    offset = timedelta(hours=int(found[10]), minutes=int(found[11]))
    return timezone(offset if found[9] == "+" else -offset)
