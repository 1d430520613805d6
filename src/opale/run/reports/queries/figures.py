"""Figures of a report: by period, and in one period by the values of a dimension.

The number of statements depends neither on the tickets nor on the periods.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Aggregate,
    Count,
    DateTimeField,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    Value,
)
from django.db.models.functions import Extract

from opale.kernel.actor import Actor
from opale.organisation.queries.reference import home_zone
from opale.run.desk.models import DeskQuerySet, Ticket
from opale.run.reports.domain.periods import Period, periods_until, year_before
from opale.run.reports.queries.definitions import (
    AGES,
    BACKLOG,
    RECEIVED,
    RESOLVED,
    SETS,
    SHARES,
    backlog_moment,
    counted_tickets,
)
from opale.run.reports.queries.dimensions import DIMENSIONS, narrowed

QUANTILES = (0.5, 0.9)
MOST_GROUPS = 25
"""Values of a dimension that a report shows, those with the most tickets."""


class Percentiles(Aggregate):
    """Values below which these shares of all values are."""

    function = "percentile_cont"
    template = "%(function)s(ARRAY[%(shares)s]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(FloatField())


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one period, or of one value in it. `counts` are those of the sets of tickets by
    name; `ages` the backlog by age; `reply` the median and the ninth decile of first replies.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    ages: Sequence[int] = (0,) * (len(AGES) + 1)
    reply: tuple[timedelta, ...] = ()

    def count(self, name: str) -> int:
        return sum(self.ages) if name == BACKLOG else self.counts.get(name, 0)

    def share(self, name: str) -> float | None:
        """Return a share in percent; None where it is a share of nothing."""
        share = SHARES[name]
        n = self.count(share.n)
        return 100 * self.count(share.part) / n if n else None


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Figures of the tickets with one value of a dimension, as an address writes it."""

    value: str
    label: str
    figures: Figures


def figures_by_period(
    periods: Sequence[Period], values: Mapping[str, str], *, seen_by: Actor, now: datetime
) -> list[Figures]:
    """Return the figures of successive periods, of the tickets with these values."""
    rows = narrowed(counted_tickets(seen_by=seen_by), values)
    limits = [*(one.starts for one in periods), periods[-1].ends]
    keys = range(1, len(limits))

    def by_period(column: str) -> DeskQuerySet[Ticket]:
        found = rows.filter(**{f"{column}__gte": limits[0], f"{column}__lt": limits[-1]})
        return found.annotate(key=_bucket(column, limits))

    received = _counted(by_period(RECEIVED), RECEIVED, ["key"])
    resolved = _counted(by_period(RESOLVED), RESOLVED, ["key"])
    ages = _ages(rows, [backlog_moment(one, now) for one in periods if one.starts <= now])
    none = Counter[int]()
    return [_figures([received, resolved], (key,), ages.get((key, None), none)) for key in keys]


def figures_by_value(
    period: Period, by: str, values: Mapping[str, str], *, seen_by: Actor, now: datetime
) -> list[GroupFigures]:
    """Return the figures of a period by the values of a dimension, the most tickets first."""
    dimension = DIMENSIONS[by]
    rows = dimension.added(narrowed(counted_tickets(seen_by=seen_by), values))
    found = [
        _counted(rows.filter(_in(period, column)), column, [dimension.path])
        for column in (RECEIVED, RESOLVED)
    ]
    moments = [backlog_moment(period, now)] if period.starts <= now else []
    ages = {value: found for (_key, value), found in _ages(rows, moments, dimension.path).items()}
    keys = {key[0] for part in found for key in part} | ages.keys()
    all_figures = {key: _figures(found, (key,), ages.get(key, Counter())) for key in keys}
    busiest = sorted(keys, key=lambda key: _weight(all_figures[key]), reverse=True)[:MOST_GROUPS]
    names = dimension.names([key for key in busiest if key != dimension.empty], seen_by)
    return [
        GroupFigures(
            dimension.written(key),
            str(dimension.nothing if key == dimension.empty else names.get(key, "")),
            all_figures[key],
        )
        for key in busiest
        if key == dimension.empty or key in names
    ]


def _ages(
    rows: DeskQuerySet[Ticket], moments: Sequence[datetime], by: str = ""
) -> dict[tuple[int, Any], Counter[int]]:
    """Count what was open at each of these moments by its age then, and by a column, in one
    statement. The keys are the place of the moment, the first being 1, and the column's value.

    The tickets are counted by when they were received, between limits among which are those of all
    ages at all moments, and by when they were resolved.
    """
    if not moments:
        return {}
    limits = sorted({at - age for at in moments for age in (timedelta(), *AGES)})
    rows = rows.filter(Q(resolved_at=None) | Q(resolved_at__gte=moments[0]))
    rows = rows.filter(received_at__lt=moments[-1])
    buckets = {"begun": _bucket(RECEIVED, limits), "ended": _bucket(RESOLVED, moments)}
    value = F(by) if by else Value(None, output_field=IntegerField())
    rows = rows.annotate(**buckets, value=value).order_by()
    counted = rows.values_list("begun", "ended", "value").annotate(n=Count("pk"))
    found: dict[tuple[int, Any], Counter[int]] = {}
    for begun, ended, value, number in counted:
        for place, at in enumerate(moments, start=1):
            if limits[begun] <= at and (ended is None or ended >= place):
                age = sum(limits[begun] <= at - age for age in AGES)
                found.setdefault((place, value), Counter())[age] += number
    return found


def _weight(figures: Figures) -> tuple[int, ...]:
    return figures.count("created"), figures.count("solved"), figures.count(BACKLOG)


def _in(period: Period, column: str) -> Q:
    return Q(**{f"{column}__gte": period.starts, f"{column}__lt": period.ends})


def _bucket(column: str, limits: Sequence[datetime]) -> Func:
    """Return which of the periods between these limits a moment is in, the first being 1."""
    known = Value(list(limits), output_field=ArrayField(DateTimeField()))
    return Func(F(column), known, function="width_bucket", output_field=IntegerField())


def _counted(
    rows: DeskQuerySet[Ticket], dated: str, by: Sequence[str]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Count the sets that are dated by a column, by the values of others, in one statement."""
    wanted: dict[str, Any] = {
        name: Count("pk", filter=one.of) if one.of else Count("pk")
        for name, one in SETS.items()
        if one.dated == dated
    }
    if dated == RECEIVED:
        took = Extract(F("answered_at") - F(RECEIVED), "epoch")
        wanted["reply"] = Percentiles(
            took, shares=", ".join(map(str, QUANTILES)), filter=SETS["replied"].of
        )
    counted = rows.order_by().values(*by).annotate(**{f"n_{k}": v for k, v in wanted.items()})
    return {
        tuple(row[name] for name in by): {name: row[f"n_{name}"] for name in wanted}
        for row in counted
    }


def _figures(
    parts: Iterable[Mapping[tuple[Any, ...], Mapping[str, Any]]],
    key: tuple[Any, ...],
    ages: Counter[int],
) -> Figures:
    counts: dict[str, Any] = {}
    for part in parts:
        counts |= part.get(key, {})
    reply = counts.pop("reply", None) or ()
    return Figures(
        counts,
        [ages[age] for age in range(len(AGES) + 1)],
        tuple(timedelta(seconds=seconds) for seconds in reply),
    )


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of successive periods; of the last one by value too, and a year before it."""

    periods: Sequence[Period]
    figures: Sequence[Figures]
    before: Period
    figures_before: Figures
    groups: Sequence[GroupFigures]

    @property
    def last(self) -> Period:
        return self.periods[-1]


def get_report(
    last: Period, by: str, values: Mapping[str, str], *, seen_by: Actor, now: datetime
) -> Report:
    """Return the report until a period, of the tickets with these values."""
    zone = home_zone()
    periods, before = periods_until(last, zone), year_before(last, zone)
    figures = figures_by_period(periods, values, seen_by=seen_by, now=now)
    if before == periods[0]:
        figures_before = figures[0]
    else:
        (figures_before,) = figures_by_period([before], values, seen_by=seen_by, now=now)
    groups = figures_by_value(last, by, values, seen_by=seen_by, now=now)
    return Report(periods, figures, before, figures_before, groups)
