"""Calendars: the weekly hours, holidays and dated exceptions in which a service is due.

Values only, from and to plain records; `opale.kernel.business_time` counts with them.

Source: docs/rules/business-time.md.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, Literal, Self
from zoneinfo import ZoneInfo

import holidays as holidays_library

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

DAY_MICROSECONDS: Final = 86_400_000_000

_MICROSECOND: Final = timedelta(microseconds=1)
_CLOCK_TIME: Final = re.compile(r"(\d\d):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_PROBE_YEAR: Final = 2026  # any year tells whether a country is known


class BusinessTimeError(ValueError):
    """Business time cannot be computed. `code` is stable; the sentence is for developers."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class BadCalendar(BusinessTimeError):
    """A calendar that contradicts itself, or a record that is none.

    Codes: bad_record, unknown_zone, unknown_country, bad_hours, overlapping_hours, bad_exception.
    """


class Reason(StrEnum):
    """Reason why a minute counts or does not."""

    OPEN = "open"
    EXTRA_OPENING = "extra_opening"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    EXTRA_CLOSING = "extra_closing"
    PAUSED = "paused"


COUNTED: Final = frozenset({Reason.OPEN, Reason.EXTRA_OPENING})


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """Opening hours within a day, by the wall clock, from midnight; they may end at 24:00.

    Units: whole seconds of wall clock; `ends` is excluded.
    Errors: BadCalendar.
    """

    starts: timedelta
    ends: timedelta

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.starts < self.ends <= timedelta(days=1):
            raise BadCalendar(
                "bad_hours",
                f"{self} does not run forward within one day; split hours that pass midnight.",
            )
        if self.starts.microseconds or self.ends.microseconds:
            raise BadCalendar("bad_hours", f"{self} is not in whole seconds.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "08:00-12:30" or "18:00:30-24:00"."""
        starts, dash, ends = text.partition("-")
        if not dash:
            raise BadCalendar("bad_hours", f'"{text}" is not of the form "08:00-12:30".')
        return cls(_clock_time(starts), _clock_time(ends))

    def __str__(self) -> str:
        return f"{_clock_text(self.starts)}-{_clock_text(self.ends)}"


ALL_DAY: Final = Hours(timedelta(0), timedelta(days=1))


@dataclass(frozen=True, slots=True, order=True)
class DayException:
    """Dated change to one day. Openings win over closings, and both over a holiday."""

    day: date
    kind: Literal["opening", "closing"]
    hours: tuple[Hours, ...] = (ALL_DAY,)

    def __post_init__(self) -> None:
        if self.kind not in ("opening", "closing"):
            raise BadCalendar("bad_exception", f'"{self.kind}" is neither opening nor closing.')
        if not self.hours:
            raise BadCalendar("bad_exception", f"The exception of {self.day} has no hours.")
        object.__setattr__(self, "hours", _in_order(self.hours, str(self.day)))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Times at which a service is due. Equal calendars are interchangeable and share computed
    results.

    `weekly` has seven entries, Monday first. A holiday, given by date or known by the country,
    closes its whole local day.
    Errors: BadCalendar.
    """

    time_zone: str
    weekly: tuple[tuple[Hours, ...], ...]
    holidays: frozenset[date] = frozenset()
    country: str = ""
    subdivision: str = ""
    exceptions: tuple[DayException, ...] = ()

    def __post_init__(self) -> None:
        _zone(self.time_zone)
        if len(self.weekly) != len(WEEKDAYS):
            raise BadCalendar("bad_record", "A week has seven entries, Monday first.")
        week = tuple(_in_order(h, d) for h, d in zip(self.weekly, WEEKDAYS, strict=True))
        object.__setattr__(self, "weekly", week)
        object.__setattr__(self, "exceptions", tuple(sorted(self.exceptions)))
        if self.country:
            public_holidays(self.country, self.subdivision, _PROBE_YEAR)
        elif self.subdivision:
            raise BadCalendar("unknown_country", "A subdivision needs its country.")

    @classmethod
    def around_the_clock(cls, time_zone: str = "UTC") -> Self:
        """Return the calendar in which every minute counts: 24x7."""
        return cls(time_zone, ((ALL_DAY,),) * 7)

    @classmethod
    def on_weekdays(
        cls, time_zone: str, *hours: str, country: str = "", subdivision: str = ""
    ) -> Self:
        """Return the calendar of the same hours from Monday to Friday, such as "08:00-12:00"."""
        day = tuple(Hours.parse(text) for text in hours)
        return cls(time_zone, (day,) * 5 + ((), ()), country=country, subdivision=subdivision)

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Return the calendar of a record by `to_record`; only `time_zone` and `weekly` are
        required.
        """
        known = {"time_zone", "weekly", "holidays", "country", "subdivision", "exceptions"}
        if unknown := set(record) - known:
            raise BadCalendar("bad_record", f"Unknown in a calendar: {sorted(unknown)}.")
        try:
            weekly = record["weekly"]
            if unknown := set(weekly) - set(WEEKDAYS):
                raise BadCalendar("bad_record", f"Unknown days of the week: {sorted(unknown)}.")
            return cls(
                time_zone=record["time_zone"],
                weekly=tuple(_read_hours(weekly.get(name, ())) for name in WEEKDAYS),
                holidays=frozenset(map(date.fromisoformat, record.get("holidays", ()))),
                country=record.get("country") or "",
                subdivision=record.get("subdivision") or "",
                exceptions=tuple(_read_exception(each) for each in record.get("exceptions", ())),
            )
        except BusinessTimeError:
            raise
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise BadCalendar("bad_record", f"This is not a calendar: {error!r}.") from error

    def to_record(self) -> dict[str, Any]:
        """Return plain values for JSON, from which `from_record` makes an equal calendar."""
        return {
            "time_zone": self.time_zone,
            "weekly": {
                name: [str(hours) for hours in day]
                for name, day in zip(WEEKDAYS, self.weekly, strict=True)
            },
            "holidays": sorted(day.isoformat() for day in self.holidays),
            "country": self.country,
            "subdivision": self.subdivision,
            "exceptions": [
                {"day": e.day.isoformat(), "kind": e.kind, "hours": [str(h) for h in e.hours]}
                for e in self.exceptions
            ],
        }

    @property
    def zone(self) -> ZoneInfo:
        return _zone(self.time_zone)

    def is_holiday(self, day: date) -> bool:
        """Return whether a local day is a public holiday, whatever exceptions are set on it."""
        return day in self.holidays or (
            bool(self.country) and day in public_holidays(self.country, self.subdivision, day.year)
        )

    @property
    def never_closes(self) -> bool:
        """Whether every instant counts, so that business time is elapsed time."""
        return (
            not (self.holidays or self.country)
            and all(e.kind == "opening" for e in self.exceptions)
            and all(map(_covers_the_day, self.weekly))
        )


@lru_cache(maxsize=2048)
def public_holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    """Return the public holidays of a country (ISO 3166-1) or of its subdivision (ISO 3166-2).

    Errors: BadCalendar.
    """
    return frozenset(_named_holidays(country, subdivision, year, None))


def holiday_name(calendar: Calendar, day: date, language: str) -> str:
    """Return a holiday's name in the calendar's country ("fr", "en"), "" where there is none."""
    if not calendar.country:
        return ""
    # Python 3.13 no longer guesses a region, and the library's English has one.
    spoken = "en_US" if language == "en" else language
    return _named_holidays(calendar.country, calendar.subdivision, day.year, spoken).get(day, "")


@lru_cache(maxsize=2048)
def _named_holidays(
    country: str, subdivision: str, year: int, language: str | None
) -> Mapping[date, str]:
    try:
        return dict(
            holidays_library.country_holidays(
                country, subdiv=subdivision or None, years=year, expand=False, language=language
            )
        )
    except NotImplementedError as error:
        raise BadCalendar("unknown_country", str(error)) from error


def tile_day(
    weekly: Sequence[Hours], holiday: bool = False, special: Sequence[DayException] = ()
) -> tuple[tuple[int, int, Reason], ...]:
    """Return the open and closed spans of one local day, by the wall clock, without a gap.

    Units: microseconds from midnight.
    """
    usual = _bounds_of(weekly)
    opened = _bounds_of(hours for each in special if each.kind == "opening" for hours in each.hours)
    closed = _bounds_of(hours for each in special if each.kind == "closing" for hours in each.hours)
    edges = {
        0,
        DAY_MICROSECONDS,
        *(edge for stretch in (*usual, *opened, *closed) for edge in stretch),
    }

    def reason_at(moment: int) -> Reason:
        if not holiday and _within(usual, moment) and not _within(closed, moment):
            return Reason.OPEN
        if _within(opened, moment):
            return Reason.EXTRA_OPENING
        if _within(closed, moment):
            return Reason.EXTRA_CLOSING
        return Reason.HOLIDAY if holiday else Reason.CLOSED

    cuts = sorted(edges)
    return tuple((b, e, reason_at(b)) for b, e in pairwise(cuts))


def _bounds_of(hours: Iterable[Hours]) -> list[tuple[int, int]]:
    return [(each.starts // _MICROSECOND, each.ends // _MICROSECOND) for each in hours]


def _within(stretches: Iterable[tuple[int, int]], moment: int) -> bool:
    return any(begins <= moment < ends for begins, ends in stretches)


def _in_order(hours: Iterable[Hours], where: str) -> tuple[Hours, ...]:
    ordered = tuple(sorted(hours))
    for earlier, later in pairwise(ordered):
        if later.starts < earlier.ends:
            raise BadCalendar("overlapping_hours", f"{earlier} and {later} overlap ({where}).")
    return ordered


def _covers_the_day(hours: tuple[Hours, ...]) -> bool:
    return sum((each.ends - each.starts for each in hours), timedelta(0)) == timedelta(days=1)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError, TypeError, AttributeError) as error:
        raise BadCalendar("unknown_zone", f"{name!r} is no known time zone.") from error


def _read_hours(texts: Any) -> tuple[Hours, ...]:
    if isinstance(texts, str):
        raise BadCalendar("bad_record", f'Hours are a list of texts, not "{texts}".')
    return tuple(Hours.parse(text) for text in texts)


def _read_exception(record: Mapping[str, Any]) -> DayException:
    hours = _read_hours(record["hours"]) if "hours" in record else (ALL_DAY,)
    return DayException(date.fromisoformat(record["day"]), record["kind"], hours)


def _clock_time(text: str) -> timedelta:
    found = _CLOCK_TIME.fullmatch(text.strip())
    if found is None:
        raise BadCalendar("bad_hours", f'"{text}" is not a time such as "08:00" or "24:00".')
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _clock_text(moment: timedelta) -> str:
    minutes, seconds = divmod(moment // timedelta(seconds=1), 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text
