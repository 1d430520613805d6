"""Availability of a service in a month, computed from its outages and planned work. Pure.

Source: docs/rules/clocks.md, "Availability".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from opale.kernel.business_time import Calendar, between

Span = tuple[datetime, datetime]
SHOWN = Decimal("0.001")
FIRST_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in the customer's time zone."""

    year: int
    month: int
    zone: str

    @classmethod
    def of(cls, at: datetime, zone: str) -> "Month":
        local = at.astimezone(ZoneInfo(zone))
        return cls(local.year, local.month, zone)

    @property
    def starts_on(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def starts(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def ends(self) -> datetime:
        return self.next().starts

    def next(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1, self.zone)

    def before(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1, self.zone)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class Availability:
    """The covered hours of a month without planned work, and how much of them was down.

    `until` is before the end of the month while the month runs.
    """

    until: datetime
    due: timedelta
    planned: timedelta
    down: timedelta
    began: bool = True
    """Whether the service has run for a day: the figure of its first hours says nothing."""

    @property
    def exact(self) -> Decimal | None:
        """Return the availability in percent; None where no time was due, or the service just
        began."""
        if not self.due or not self.began:
            return None
        missing = Decimal(self.down // timedelta(microseconds=1))
        return 100 - 100 * missing / Decimal(self.due // timedelta(microseconds=1))

    @property
    def percent(self) -> Decimal | None:
        """Return the displayed percentage, never rounded up: any outage shows less than 100
        percent."""
        return None if self.exact is None else self.exact.quantize(SHOWN, ROUND_FLOOR)


def availability(
    month: Month,
    calendar: Calendar,
    *,
    outages: Iterable[Span],
    planned: Iterable[Span],
    until: datetime,
    since: datetime | None = None,
) -> Availability:
    """Return the availability of the month up to `until`, of a service that runs `since` then.
    Overlapping outages count once, and none during planned work."""
    starts = month.starts if since is None else min(max(month.starts, since), month.ends)
    ends = max(min(month.ends, until), starts)
    works = merged(_clipped(planned, starts, ends))
    downs = without(merged(_clipped(outages, starts, ends)), works)
    whole = between(calendar, starts, ends)
    worked = _counted(calendar, works)
    began = since is None or ends - since >= FIRST_DAY
    return Availability(ends, whole - worked, worked, _counted(calendar, downs), began)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, with overlapping ones joined."""
    found: list[Span] = []
    for starts, ends in sorted(span for span in spans if span[0] < span[1]):
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((starts, ends))
    return found


def without(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """Return the parts of merged spans that lie outside other merged spans."""
    edges = sorted({edge for span in (*spans, *others) for edge in span})
    return merged(
        (low, high)
        for low, high in pairwise(edges)
        if _covers(spans, low) and not _covers(others, low)
    )


def _covers(spans: Sequence[Span], at: datetime) -> bool:
    return any(starts <= at < ends for starts, ends in spans)


def _clipped(spans: Iterable[Span], starts: datetime, ends: datetime) -> Iterator[Span]:
    return ((max(a, starts), min(b, ends)) for a, b in spans if a < ends and b > starts)


def _counted(calendar: Calendar, spans: Iterable[Span]) -> timedelta:
    return sum((between(calendar, starts, ends) for starts, ends in spans), timedelta())
