"""Writer of calendars as text (RFC 5545), to which calendar programs subscribe."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

LINE_BYTES = 75
NEW_LINE = "\r\n"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One entry of a calendar. `uid` stays the same for the life of the entry."""

    uid: str
    starts: datetime
    ends: datetime
    summary: str
    description: str = ""
    free: bool = False


def write_calendar(name: str, occasions: Iterable[CalendarEntry], *, at: datetime) -> str:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Opale//Roster//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_escaped(name)}",
        f"X-WR-CALNAME:{_escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        *(line for one in occasions for line in _entry(one, at)),
        "END:VCALENDAR",
    ]
    return NEW_LINE.join(part for line in lines for part in _folded(line)) + NEW_LINE


def _entry(one: CalendarEntry, at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{one.uid}"
    yield f"DTSTAMP:{_moment(at)}"
    yield f"DTSTART:{_moment(one.starts)}"
    yield f"DTEND:{_moment(one.ends)}"
    yield f"SUMMARY:{_escaped(one.summary)}"
    if one.description:
        yield f"DESCRIPTION:{_escaped(one.description)}"
    yield f"TRANSP:{'TRANSPARENT' if one.free else 'OPAQUE'}"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def _folded(line: str) -> Iterator[str]:
    """Fold into lines of 75 bytes, never inside a character; continuations begin with a space."""
    part, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LINE_BYTES:
            yield part
            part, size = " ", 1
        part += letter
        size += width
    yield part
