"""Server-drawn Gantt chart: bars, baseline and critical chain.

Its rows have the height of the package names beside them; each order line begins with a row of its
own, which shows how long it takes.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from opale.delivery.projects.models import Baseline, PackageLink, WorkPackage
from opale.delivery.projects.web import time_axis
from opale.delivery.projects.web.plan_groups import PlanGroup
from opale.delivery.projects.web.time_axis import HEAD, ROW, Frame, span_in_words
from opale.planning.workdays import Workdays
from opale.ui.markup import EMPTY, join_html


def draw(
    groups: Sequence[PlanGroup],
    links: Iterable[PackageLink],
    *,
    baseline: Baseline | None,
    calendar: Workdays,
    today: date,
    label: str,
) -> SafeString:
    """Draw the groups and their packages in this order; nothing when no package has a date."""
    packages = [one for group in groups for one in group.packages]
    dated = [one for one in packages if one.starts_on and one.ends_on]
    if not dated:
        return EMPTY
    ghosts = _ghosts(dated, baseline)
    place, heads = _rows(groups)
    frame = _frame(len(place) + len(heads), groups, dated, ghosts)
    return format_html(
        '<svg class="p-chart" width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img"'
        ' aria-label="{2}">{3}{4}{5}{6}{7}{8}</svg>',
        frame.width,
        frame.height,
        label,
        time_axis.shades(frame, calendar),
        time_axis.head(frame),
        time_axis.today_line(frame, today),
        join_html(_summary(frame, group, row) for group, row in heads),
        _edges(frame, {one.pk: one for one in dated}, place, links),
        join_html(_bar(frame, one, place[one.pk], ghosts.get(one.pk)) for one in dated),
    )


def _rows(groups: Sequence[PlanGroup]) -> tuple[dict[int, int], list[tuple[PlanGroup, int]]]:
    """Return the row of each package by its key, and the groups that have a row for themselves."""
    place: dict[int, int] = {}
    heads: list[tuple[PlanGroup, int]] = []
    row = 0
    for group in groups:
        if group.headed:
            heads.append((group, row))
            row += 1
        for package in group.packages:
            place[package.pk] = row
            row += 1
    return place, heads


def _summary(frame: Frame, group: PlanGroup, row: int) -> SafeString:
    """Draw how long an order line takes, as a bracket over its packages."""
    if group.days is None:
        return EMPTY
    first, last = group.days
    left, right, top = frame.left(first), frame.right(last), HEAD + row * ROW + 12
    return format_html(
        '<path class="whole" d="M{0} {2}v8l5 -5H{1}l5 5v-8z"><title>{3}</title></path>',
        left,
        max(right - 5, left + 5),
        top,
        f"{group.label} · {span_in_words(first, last)}",
    )


def span(package: WorkPackage) -> tuple[date, date]:
    """Return the first and the last day of a package that has dates."""
    starts = package.starts_on or package.project.begins_on
    return starts, package.ends_on or starts


def _ghosts(
    packages: Iterable[WorkPackage], baseline: Baseline | None
) -> dict[int, tuple[date, date]]:
    if baseline is None:
        return {}
    found = {one.pk: baseline.dates_of(one.pk) for one in packages}
    return {
        pk: (date.fromisoformat(said[0]), date.fromisoformat(said[1]))
        for pk, said in found.items()
        if said is not None
    }


def _frame(
    rows: int,
    groups: Sequence[PlanGroup],
    dated: Sequence[WorkPackage],
    ghosts: Mapping[int, tuple[date, date]],
) -> Frame:
    firsts = [one.starts_on for one in dated if one.starts_on]
    lasts = [one.ends_on for one in dated if one.ends_on]
    spans = [*ghosts.values(), *(group.days for group in groups if group.headed and group.days)]
    first = min([*firsts, *(starts for starts, _ends in spans)])
    last = max([*lasts, *(ends for _starts, ends in spans)])
    return time_axis.frame_of(first, last, rows)


def _edges(
    frame: Frame,
    dated: Mapping[int, WorkPackage],
    place: Mapping[int, int],
    links: Iterable[PackageLink],
) -> SafeString:
    """Draw the dependencies among the drawn rows, the critical chain stronger."""
    shown = [one for one in links if one.before_id in dated and one.after_id in dated]
    return format_html_join(
        "",
        '<path class="edge"{} d="{}"></path>',
        (
            (
                SafeString(" data-critical")
                if dated[one.before_id].critical and dated[one.after_id].critical
                else EMPTY,
                _elbow(frame, dated[one.before_id], dated[one.after_id], place),
            )
            for one in shown
        ),
    )


def _elbow(frame: Frame, before: WorkPackage, after: WorkPackage, place: Mapping[int, int]) -> str:
    (_begins, ends), (starts, _ends) = span(before), span(after)
    x1, y1 = frame.right(ends), HEAD + place[before.pk] * ROW + ROW // 2 - 2
    x2, y2 = frame.left(starts), HEAD + place[after.pk] * ROW + ROW // 2 - 2
    if after.kind == WorkPackage.Kind.MILESTONE:
        x2 = frame.right(starts) - frame.scale / 2
        end = y2 - 7 if y2 > y1 else y2 + 7
        return f"M{x1} {y1}H{x2}V{end}"
    end = y2 - 7 if y2 > y1 else y2 + 7
    turn = max(x1 + 4, x2 + 3)
    return f"M{x1} {y1}H{turn}V{end}"


def _bar(
    frame: Frame, package: WorkPackage, row: int, ghost: tuple[date, date] | None
) -> SafeString:
    top = HEAD + row * ROW
    shadow = EMPTY
    if ghost is not None:
        shadow = format_html(
            '<rect class="ghost" x="{}" y="{}" width="{}" height="4" rx="2"></rect>',
            frame.left(ghost[0]),
            top + 22,
            round(max(frame.right(ghost[1]) - frame.left(ghost[0]), 4), 1),
        )
    shape = _diamond if package.kind == WorkPackage.Kind.MILESTONE else _block
    return format_html(
        '<g class="task" data-state="{}"{}><title>{}</title>{}{}</g>',
        package.state,
        SafeString(" data-critical") if package.critical else EMPTY,
        _said(package),
        shadow,
        shape(frame, package, top),
    )


def _block(frame: Frame, package: WorkPackage, top: int) -> SafeString:
    starts, ends = span(package)
    left = frame.left(starts)
    width = round(max(frame.right(ends) - left, 4), 1)
    kind = "wait" if package.kind == WorkPackage.Kind.WAIT else "work"
    return format_html(
        '<rect class="bar" data-kind="{}" x="{}" y="{}" width="{}" height="13" rx="3"></rect>',
        kind,
        left,
        top + 6,
        width,
    )


def _diamond(frame: Frame, package: WorkPackage, top: int) -> SafeString:
    _starts, on = span(package)
    x, y = round(frame.right(on) - frame.scale / 2, 1), top + ROW // 2 - 2
    return format_html(
        '<path class="bar" d="M{} {}l7 7l-7 7l-7 -7z"></path>'
        '<text class="when" x="{}" y="{}">{}</text>',
        x,
        y - 7,
        x + 11,
        y + 4,
        date_format(on, "MONTH_DAY_FORMAT"),
    )


def _said(package: WorkPackage) -> str:
    return f"{package.title} · {span_in_words(*span(package))}"
