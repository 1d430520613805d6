"""Working-time rules on values: spans of work in, breaches out.

Stand-by is rest except for its call-outs, which are work and after which rest counts anew.
Source: docs/rules/rosters.md, "Working time"; each limit names its text.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Any, Final

from opale.run.shifts.domain.cycles import DAY, Span, instant, intersections

HOUR: Final = timedelta(hours=1)
WEEK: Final = 7 * DAY
NIGHT_WORK_MINIMUM: Final = 3 * HOUR
"""Hours in the night that make a day's work night work (2003/88/EC art. 2 (4))."""
STANDBY_LIMITS: Final = frozenset({"standby_row", "standby_days"})
"""Limits of agreements, not of the law: days of stand-by, stored in hours (a day has 24)."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One rule: a number of hours, over some weeks where it is an average."""

    hours: float
    reference: str
    weeks: int = 1

    @property
    def length(self) -> timedelta:
        return timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The limits of an agreement by their code. A code left out is no limit."""

    name: str
    limits: Mapping[str, Limit]
    night: tuple[time, time] = (time(21), time(6))

    @classmethod
    def from_record(cls, name: str, record: Mapping[str, Any]) -> "RuleSet":
        """Read the rules from JSON. Errors: ValueError, TypeError, KeyError (no set of limits)."""
        limits = {code: Limit(**given) for code, given in record["limits"].items()}
        if unknown := limits.keys() - CHECKS.keys():
            raise ValueError(", ".join(sorted(unknown)))
        for code, limit in limits.items():
            longest = 24 * 7 * (53 if code in STANDBY_LIMITS else 1)
            if not (0 < float(limit.hours) <= longest and 1 <= int(limit.weeks) <= 53):
                raise ValueError(limit.hours)
        begins, ends = record.get("night", ("21:00", "06:00"))
        return cls(name, limits, (time.fromisoformat(begins), time.fromisoformat(ends)))

    def to_record(self) -> dict[str, Any]:
        return {
            "night": [at.isoformat("minutes") for at in self.night],
            "limits": {
                code: {"hours": one.hours, "reference": one.reference, "weeks": one.weeks}
                for code, one in self.limits.items()
            },
        }


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """A rule that a roster breaks: where, what was found, what is required."""

    span: Span
    code: str
    found: timedelta
    limit: timedelta
    reference: str


EUROPE: Final = RuleSet(
    "EU",
    {
        "daily_rest": Limit(11, "Directive 2003/88, art. 3"),
        "weekly_rest": Limit(35, "Directive 2003/88, art. 5"),
        "average": Limit(48, "Directive 2003/88, art. 6 (b), 16 (b)", weeks=17),
        "night_average": Limit(8, "Directive 2003/88, art. 8 (a)", weeks=17),
    },
    (time(23), time(6)),
)
FRANCE: Final = RuleSet(
    "FR",
    {
        "daily_rest": Limit(11, "Code du travail L3131-1"),
        "weekly_rest": Limit(35, "Code du travail L3132-2"),
        "day": Limit(10, "Code du travail L3121-18"),
        "week": Limit(48, "Code du travail L3121-20"),
        "average": Limit(44, "Code du travail L3121-22", weeks=12),
        "night_day": Limit(8, "Code du travail L3122-6"),
        "night_week": Limit(40, "Code du travail L3122-7", weeks=12),
    },
)
STATUTORY_RULES: Final[Mapping[str, RuleSet]] = {"FR": FRANCE}


def statutory_rules(country: str) -> RuleSet:
    """Return the law of a country as far as it is known here, else the directive."""
    return STATUTORY_RULES.get(country, EUROPE)


def find_breaches(
    work: Iterable[Span],
    rules: RuleSet,
    *,
    zone: tzinfo,
    within: Span,
    call_outs: Iterable[Span] = (),
    standby: Iterable[Span] = (),
) -> list[Breach]:
    """Return the breaches that touch a period, in order.

    `work` reaches as far back as averages do: time without work counts as rest. Call-outs from
    stand-by are work too, `standby` itself is not.
    """
    planned, called = list(work), sorted(call_outs)
    known = _Known(
        _merged([*planned, *called]),
        _merged(planned),
        called,
        rules.night,
        zone,
        within,
        standby_runs(standby),
    )
    found = [
        Breach(span, code, hours, limit.length, limit.reference)
        for code, limit in rules.limits.items()
        for span, hours in CHECKS[code](known, limit)
    ]
    return sorted(b for b in found if b.span.starts < within.ends and b.span.ends > within.starts)


@dataclass(frozen=True, slots=True)
class _Known:
    work: list[Span]
    planned: list[Span]
    called: list[Span]
    night: tuple[time, time]
    zone: tzinfo
    within: Span
    standby: list[Span]

    def weeks(self, before: int) -> list[Span]:
        """Return the civil weeks from so many before the period to its last."""
        first = self.within.starts.astimezone(self.zone).date()
        monday = first - first.weekday() * DAY - before * WEEK
        weeks = []
        while (begins := self._midnight(monday)) < self.within.ends:
            weeks.append(Span(begins, self._midnight(monday + WEEK)))
            monday += WEEK
        return weeks

    def in_night(self, span: Span) -> timedelta:
        """Return how much of a span lies in the night."""
        day, last = _day(span.starts, self.zone) - DAY, _day(span.ends, self.zone)
        total = timedelta()
        while day <= last:
            night = Span(
                instant(datetime.combine(day, self.night[0]), self.zone),
                instant(datetime.combine(day + DAY, self.night[1]), self.zone),
            )
            total += _total(intersections(span, [night]))
            day += DAY
        return total

    def _midnight(self, day: date) -> datetime:
        return instant(datetime.combine(day, time()), self.zone)


def days_of_work(work: Sequence[Span], rest: timedelta) -> list[list[Span]]:
    """Group work into days: from one rest of that length to the next, of 24 hours at most."""
    days: list[list[Span]] = []
    for span in work:
        day = days[-1] if days else None
        rested = day is None or span.starts - day[-1].ends >= rest
        if day is None or rested or span.starts - day[0].starts >= DAY:
            days.append([span])
        else:
            day.append(span)
    return days


def standby_runs(standby: Iterable[Span]) -> list[Span]:
    """Merge stand-by with less than a day between: the nights of a week or two are one run."""
    found = list[Span]()
    for span in sorted(standby):
        if found and span.starts - found[-1].ends < DAY:
            found[-1] = Span(found[-1].starts, max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return found


def standby_days(run: Span) -> int:
    """Return the days of stand-by: a night is one, a week seven, also when the clocks change."""
    return max(1, round(run.length / DAY))


Found = Iterable[tuple[Span, timedelta]]


def _daily_rest(known: _Known, limit: Limit) -> Found:
    """Check for a rest of that length within 24 hours of the beginning of each day of work.

    A call-out that comes before the rest is over makes it begin anew.
    """
    for day in days_of_work(known.planned, limit.length):
        window = Span(day[0].starts, day[0].starts + DAY)
        rests = _rests(known.planned, window)
        longest = max((rest.length for rest in rests), default=timedelta())
        if longest < limit.length:
            yield window, longest
    for place, (span, following) in enumerate(pairwise(known.work)):
        if not _ends_called(span, known.called) or following in known.called:
            continue
        if following.starts < _rested_at(known.work, place, limit.length):
            yield Span(span.starts, following.starts), following.starts - span.ends


def _ends_called(span: Span, called: Sequence[Span]) -> bool:
    return any(one.ends == span.ends for one in called)


def _rested_at(work: Sequence[Span], place: int, rest: timedelta) -> datetime:
    """Return until when the rest lasts that a call-out restarts; its own end where the whole
    rest was had before it.
    """
    span = work[place]
    if place == 0 or span.starts - work[place - 1].ends >= rest:
        return span.ends
    return span.ends + rest


def end_of_rest(called: Span, work: Iterable[Span], rules: RuleSet) -> datetime:
    """Return when a person who was called out may work again.

    `work` is what was worked in the days before, earlier call-outs included.
    """
    limit = rules.limits.get("daily_rest")
    if limit is None:
        return called.ends
    before = [span for span in work if span.starts < called.ends]
    merged = _merged([*before, called])
    return _rested_at(merged, len(merged) - 1, limit.length)


def _weekly_rest(known: _Known, limit: Limit) -> Found:
    """Check that a rest of that length, or the rest of a longer one, begins in each civil week."""
    ends = [known.within.starts - 2 * WEEK, known.within.ends + 2 * WEEK]
    edges = [Span(ends[0], ends[0]), *known.work, Span(ends[1], ends[1])]
    rests = [
        Span(one.ends, following.starts)
        for one, following in pairwise(sorted(edges))
        if one.ends < following.starts
    ]
    for week in known.weeks(0):
        here = [
            rest.ends - max(rest.starts, week.starts)
            for rest in rests
            if rest.starts < week.ends and rest.ends > week.starts
        ]
        longest = max(here, default=timedelta())
        if longest < limit.length:
            yield week, longest


def _day_length(known: _Known, limit: Limit) -> Found:
    for day in days_of_work(known.work, 11 * HOUR):
        if _total(day) > limit.length:
            yield Span(day[0].starts, day[-1].ends), _total(day)


def _week_length(known: _Known, limit: Limit) -> Found:
    for week in known.weeks(0):
        worked = _total(intersections(week, _around(known.work, week)))
        if worked > limit.length:
            yield week, worked


def _average(known: _Known, limit: Limit) -> Found:
    """Check the average over any such number of weeks that ends in the period."""
    return _averages(known, limit, limit.length)


def _night_average(known: _Known, limit: Limit) -> Found:
    """Check the average of night workers: six days of 24 hours a week, the seventh is rest."""
    for span, hours in _averages(known, limit, 6 * limit.length, at_night=True):
        yield span, hours / 6


def _night_day(known: _Known, limit: Limit) -> Found:
    for day in days_of_work(known.work, 11 * HOUR):
        if _of_night(known, day) and _total(day) > limit.length:
            yield Span(day[0].starts, day[-1].ends), _total(day)


def _night_week(known: _Known, limit: Limit) -> Found:
    return _averages(known, limit, limit.length, at_night=True)


def _averages(known: _Known, limit: Limit, most: timedelta, *, at_night: bool = False) -> Found:
    weeks = known.weeks(limit.weeks - 1)
    worked = [_total(intersections(week, _around(known.work, week))) for week in weeks]
    nights = [0] * len(weeks)
    if at_night:
        days = [d for d in days_of_work(known.work, 11 * HOUR) if _of_night(known, d)]
        nights = [sum(w.starts <= day[0].starts < w.ends for day in days) for w in weeks]
    for last in range(limit.weeks - 1, len(weeks)):
        first = last - limit.weeks + 1
        mean = sum(worked[first : last + 1], timedelta()) / limit.weeks
        if mean <= most or (at_night and sum(nights[first : last + 1]) < limit.weeks):
            continue
        yield Span(weeks[first].starts, weeks[last].ends), mean


def _standby_row(known: _Known, limit: Limit) -> Found:
    for run in known.standby:
        if standby_days(run) * DAY > limit.length:
            yield run, standby_days(run) * DAY


def _standby_days(known: _Known, limit: Limit) -> Found:
    """Check the days of stand-by that begin in any such number of weeks ending in the period."""
    begins = [run.starts + n * DAY for run in known.standby for n in range(standby_days(run))]
    weeks = known.weeks(limit.weeks - 1)
    for last in range(limit.weeks - 1, len(weeks)):
        over = Span(weeks[last - limit.weeks + 1].starts, weeks[last].ends)
        count = bisect_left(begins, over.ends) - bisect_left(begins, over.starts)
        if count * DAY > limit.length:
            yield over, count * DAY


def _of_night(known: _Known, day: Iterable[Span]) -> bool:
    return sum((known.in_night(span) for span in day), timedelta()) >= NIGHT_WORK_MINIMUM


def _rests(work: Sequence[Span], window: Span) -> list[Span]:
    inner = intersections(window, _around(work, window))
    begins = [window.starts, *(span.ends for span in inner)]
    ends = [*(span.starts for span in inner), window.ends]
    return [Span(*pair) for pair in zip(begins, ends, strict=True) if pair[0] < pair[1]]


def _around(work: Sequence[Span], window: Span) -> Sequence[Span]:
    """Return the merged work that touches a window."""
    first = bisect_right(work, window.starts, key=lambda span: span.ends)
    last = bisect_left(work, window.ends, lo=first, key=lambda span: span.starts)
    return work[first:last]


def _merged(work: Iterable[Span]) -> list[Span]:
    found = list[Span]()
    for span in sorted(work):
        if found and span.starts <= found[-1].ends:
            found[-1] = Span(found[-1].starts, max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return found


def _total(spans: Iterable[Span]) -> timedelta:
    return sum((span.length for span in spans), timedelta())


def _day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()


CHECKS: Final[Mapping[str, Callable[[_Known, Limit], Found]]] = {
    "daily_rest": _daily_rest,
    "weekly_rest": _weekly_rest,
    "day": _day_length,
    "week": _week_length,
    "average": _average,
    "night_average": _night_average,
    "night_day": _night_day,
    "night_week": _night_week,
    "standby_row": _standby_row,
    "standby_days": _standby_days,
}
