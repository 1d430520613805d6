"""The times in force of a silence: once, or recurring by a rule of iCalendar; pure.

A rule is read in its time zone: every Sunday at two stays at two when the clocks change.
Source: docs/rules/silences.md, "Again and again".
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

PARTS: Final = {
    "DAILY": frozenset({"BYDAY", "BYMONTHDAY"}),
    "WEEKLY": frozenset({"BYDAY"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTHDAY", "BYSETPOS"}),
    "YEARLY": frozenset[str](),
}
"""The parts that may narrow each frequency: never so much that no time is left."""
COMMON: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})
MAX_INTERVAL: Final = 100
MAX_RULE_LENGTH: Final = 200
SLACK: Final = timedelta(days=1)
"""More than any change of the clocks."""


class InvalidRecurrence(ValueError):
    """It is no rule, or one of a kind that silences do not know."""


@dataclass(frozen=True, slots=True)
class Window:
    """A time in force: from `starts_at`, up to and without `ends_at`."""

    starts_at: datetime
    ends_at: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Once from `starts_at` to `ends_at`; with a rule, within them for `duration` each time."""

    starts_at: datetime
    ends_at: datetime | None
    rule: str = ""
    duration: timedelta = timedelta()
    zone: str = "UTC"

    def window(self, at: datetime) -> Window | None:
        """Return the window that is open, or the next one; None when all are over.

        Errors: InvalidRecurrence.
        """
        if not self.rule:
            found = Window(self.starts_at, self.ends_at) if self.ends_at else None
            return found if found and found.ends_at > at else None
        zone = ZoneInfo(self.zone)
        first = self.starts_at.astimezone(zone).replace(tzinfo=None)
        rule = parse_recurrence(self.rule, first, zone)
        local = at.astimezone(zone).replace(tzinfo=None)
        for start in rule.xafter(local - self.duration - SLACK, inc=True):
            window = self._clipped(start.replace(tzinfo=zone).astimezone(UTC))
            if window is None or window.ends_at > at:
                return window
        return None

    def _clipped(self, starts_at: datetime) -> Window | None:
        ends_at = starts_at + self.duration
        if self.ends_at is None:
            return Window(starts_at, ends_at)
        return Window(starts_at, min(ends_at, self.ends_at)) if starts_at < self.ends_at else None


def parse_recurrence(text: str, first: datetime, zone: ZoneInfo) -> Any:
    """Return the rule, from its first local time on. Errors: InvalidRecurrence."""
    parts = _parts(text)
    frequency = parts.get("FREQ", "")
    if frequency not in PARTS or parts.keys() - COMMON - PARTS[frequency]:
        raise InvalidRecurrence(text)
    interval = parts.get("INTERVAL", "1")
    if not interval.isdecimal() or not 0 < int(interval) <= MAX_INTERVAL:
        raise InvalidRecurrence(text)
    if frequency == "DAILY" and int(interval) > 1 and parts.keys() - COMMON:
        raise InvalidRecurrence(text)
    if "UNTIL" in parts:
        parts["UNTIL"] = _local(parts["UNTIL"], zone)
    spelled = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        return rrulestr(f"RRULE:{spelled}", dtstart=first)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError):
        raise InvalidRecurrence(text) from None


def _parts(text: str) -> dict[str, str]:
    text = text.strip().upper().removeprefix("RRULE:")
    pairs = [part.partition("=") for part in text.split(";") if part]
    parts = {name: value for name, _, value in pairs}
    if not 0 < len(text) <= MAX_RULE_LENGTH or len(parts) < len(pairs) or "" in parts.values():
        raise InvalidRecurrence(text)
    return parts


def _local(until: str, zone: ZoneInfo) -> str:
    """Return the end of a rule in local time: iCalendar writes it in UTC."""
    if not until.endswith("Z"):
        return until
    try:
        moment = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidRecurrence(until) from None
    return moment.astimezone(zone).strftime("%Y%m%dT%H%M%S")
