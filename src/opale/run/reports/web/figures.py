"""Figures of a report as people read them: cards, rows of tables and charts, with their links."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from opale.run.reports.domain.periods import Period
from opale.run.reports.listings import Asked
from opale.run.reports.queries.definitions import AGE_LABELS, BACKLOG, SETS, SHARES
from opale.run.reports.queries.dimensions import DIMENSIONS, with_value
from opale.run.reports.queries.figures import Figures, Report
from opale.run.reports.queries.home import HomeFigures
from opale.ui.components.charts import Chart, Series
from opale.ui.components.times import span

Label = str | Promise
NOTHING: Final = "–"
SAME: Final = "="


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as people read it, with the tickets behind it; `n` is what it is a share of."""

    text: str
    label: Label
    url: str = ""
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of reports: how a figure is written, and the set of tickets behind it.

    `difference` writes how much a figure changed, without the sign; `shown` is a value as exactly
    as it is written, so that changes agree with what stands beside them.
    """

    name: str
    label: Label
    behind: str
    value: Callable[[Figures], float | None]
    written: Callable[[float], str]
    difference: Callable[[float], str]
    n: str = ""
    shown: Callable[[float], float] = round

    def change(self, found: Figures, before: Figures) -> str:
        """Return how a figure changed since another period, with its sign."""
        now, then = self.value(found), self.value(before)
        if now is None or then is None:
            return NOTHING
        by = self.shown(now) - self.shown(then)
        if not by:
            return SAME
        return f"{'+' if by > 0 else '−'}{self.difference(abs(by))}"


@dataclass(frozen=True, slots=True)
class Card:
    """A figure of the last period, beside the same period a year before."""

    shown: Shown
    before: Shown


def percent(value: float) -> str:
    """Return a share, rounded down: what was missed once is never 100."""
    return _("%(value)s%%") % {"value": number_format(_tenths(value), 1)}


def _tenths(value: float) -> float:
    return int(value * 10) / 10


def _points(value: float) -> str:
    return _("%(value)s pts") % {"value": number_format(round(value, 1), 1)}


def _whole(value: float) -> str:
    return number_format(int(value), force_grouping=True)


def _took(seconds: float) -> str:
    return span(timedelta(seconds=round(seconds)))


def _count(name: str, label: Label) -> Measure:
    return Measure(name, label, name, lambda found: found.count(name), _whole, _whole)


def _share(name: str) -> Measure:
    share = SHARES[name]
    return Measure(
        name,
        share.label,
        share.n,
        lambda found: found.share(name),
        percent,
        _points,
        share.n,
        _tenths,
    )


def _reply(place: int, name: str, label: Label) -> Measure:
    def value(found: Figures) -> float | None:
        return found.reply[place].total_seconds() if found.reply else None

    return Measure(name, label, "replied", value, _took, _took, "replied")


MEASURES: Final = (
    _count("created", SETS["created"].label),
    _count("solved", SETS["solved"].label),
    _count(BACKLOG, pgettext_lazy("tickets", "Backlog")),
    _share("gti"),
    _share("gtr"),
    _reply(0, "reply_median", gettext_lazy("First reply, median")),
    _reply(1, "reply_ninth_decile", gettext_lazy("First reply, 90%")),
    _share("reopened"),
)


def behind(name: str, period: Period, values: Mapping[str, str], **more: str) -> str:
    """Return the address of the tickets behind a figure."""
    said = {"figure": name, "period": period.key, **values, **more}
    return f"{reverse('reports_tickets')}?{urlencode(said)}"


def shown(one: Measure, found: Figures, period: Period, values: Mapping[str, str]) -> Shown:
    value = one.value(found)
    if value is None:
        return Shown(NOTHING, one.label)
    n = found.count(one.n) if one.n else None
    return Shown(one.written(value), one.label, behind(one.behind, period, values), n)


def cards(report: Report, asked: Asked) -> list[Card]:
    return [
        Card(
            shown(one, report.figures[-1], report.last, asked.values),
            shown(one, report.figures_before, report.before, asked.values),
        )
        for one in MEASURES
    ]


def rows_by_period(report: Report, asked: Asked) -> Iterator[tuple[str, str, list[Shown]]]:
    """Yield the periods, the newest first: name, address and figures of each."""
    for period, found in zip(report.periods[::-1], report.figures[::-1], strict=True):
        here = asked.selection.address(period=period.key)
        line = [shown(one, found, period, asked.values) for one in MEASURES]
        yield period.name, f"?{here}", line


def rows_by_value(report: Report, asked: Asked) -> Iterator[tuple[str, str, list[Shown]]]:
    """Yield the values of a dimension in the last period: name, narrowed report, figures."""
    for one in report.groups:
        values = with_value(asked.values, asked.by, one.value)
        here = asked.selection.address(**{asked.by: one.value})
        line = [shown(measure, one.figures, report.last, values) for measure in MEASURES]
        yield one.label, f"?{here}", line


def home_lines(found: HomeFigures) -> list[tuple[Shown, str]]:
    """Return the figures of the home page, each with what it is compared with or out of."""
    measures = {one.name: one for one in MEASURES}

    def line(name: str) -> Shown:
        return shown(measures[name], found.figures, found.month, {})

    before = _("%(count)s a week ago") % {"count": _whole(found.backlog_before)}
    lines = [(line(BACKLOG), before)]
    for name in SHARES:
        one = line(name)
        n = one.n or 0
        of = ngettext("of %(n)s ticket", "of %(n)s tickets", n) % {"n": _whole(n)}
        lines.append((one, of if n else ""))
    return lines


def file_head(asked: Asked) -> list[str]:
    """Return the head of the file: of a share also what it is a share of."""
    head = [_("Period"), str(DIMENSIONS[asked.by].label)]
    for one in MEASURES:
        head += [str(one.label), *([_("of")] if one.n else [])]
    return head


def file_lines(report: Report, asked: Asked) -> Iterator[list[str]]:
    """Yield the lines of the file: the periods, then the values of the last one."""
    parts = [
        *(("", name, line) for name, _url, line in rows_by_period(report, asked)),
        *((name, report.last.name, line) for name, _url, line in rows_by_value(report, asked)),
    ]
    for value, period, line in parts:
        cells = [period, str(value)]
        for one, cell in zip(MEASURES, line, strict=True):
            cells += [cell.text, *([str(cell.n or 0)] if one.n else [])]
        yield cells


def charts(report: Report) -> list[tuple[str, Chart]]:
    steps = [one.short for one in report.periods]

    def values(name: str, per: float = 1) -> list[float | None]:
        (one,) = (one for one in MEASURES if one.name == name)
        found = map(one.value, report.figures)
        return [None if value is None else round(value / per, 1) for value in found]

    hour = timedelta(hours=1).total_seconds()
    return [
        (
            "volume",
            Chart(
                _("Created and solved"),
                steps,
                (
                    Series(
                        SETS["created"].label, _whole_numbers(report, "created"), "quiet", "bar"
                    ),
                    Series(SETS["solved"].label, _whole_numbers(report, "solved"), "accent", "bar"),
                ),
            ),
        ),
        (
            "backlog",
            Chart(
                _("Backlog by age"),
                steps,
                [
                    Series(label, [found.ages[age] for found in report.figures], role, "bar")
                    for age, (label, role) in enumerate(
                        zip(AGE_LABELS, ("quiet", "accent", "warning", "major"), strict=True)
                    )
                ],
                stacked=True,
            ),
        ),
        (
            "promises",
            Chart(
                _("GTI and GTR kept"),
                steps,
                (
                    Series(SHARES["gti"].label, values("gti"), "quiet"),
                    Series(SHARES["gtr"].label, values("gtr"), "accent"),
                ),
                unit="%",
                scaled=True,
            ),
        ),
        (
            "reply",
            Chart(
                _("First reply"),
                steps,
                (
                    Series(_("Median"), values("reply_median", hour), "accent"),
                    Series(_("90%"), values("reply_ninth_decile", hour), "quiet"),
                ),
                unit=_("hours"),
            ),
        ),
        (
            "reopened",
            Chart(
                _("Reopened share"),
                steps,
                (Series(SHARES["reopened"].label, values("reopened"), "accent", "bar"),),
                unit="%",
            ),
        ),
    ]


def _whole_numbers(report: Report, name: str) -> Sequence[int]:
    return [found.count(name) for found in report.figures]
