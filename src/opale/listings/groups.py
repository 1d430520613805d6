"""Counts of a list by the values of one of its columns, each of which leads to its lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from django.db.models import Count, DateTimeField, F, Model
from django.db.models.functions import TruncMonth
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.listings.declarations import Column, Group
from opale.listings.filters import Days
from opale.listings.selection import GROUP, Selection
from opale.ui.components.charts import Chart, Series

MOST: Final = 100
"""Values that are shown, those of the most lines; of months the last ones."""
NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class GroupCount:
    """Lines of a list with one value. `address` shows them alone; "" where no filter does."""

    value: Any
    label: str
    count: int
    address: str = ""


@dataclass(frozen=True)
class Groups:
    """Counts of a selection by a column. `others` are the lines beyond those that are shown."""

    column: Column
    counts: list[GroupCount]
    total: int

    @property
    def others(self) -> int:
        return self.total - sum(one.count for one in self.counts)

    @cached_property
    def shares(self) -> list[tuple[GroupCount, str, str]]:
        """Return each count with the length of its bar and its share, in percent."""
        most = max((one.count for one in self.counts), default=1)
        return [
            (one, f"{100 * one.count / most:.1f}", _percent(one.count, self.total))
            for one in self.counts
        ]

    @property
    def chart(self) -> Chart | None:
        """Return the course over months; other values have their bars in the table."""
        if not _group(self.column).month:
            return None
        series = Series(_("Count"), [one.count for one in self.counts], "accent", "bar")
        return Chart(self.column.label, [one.label for one in self.counts], [series])


def groups_of(selection: Selection) -> Groups:
    """Return the counts by the column that the selection is grouped by, in one statement, and one
    for the names of rows."""
    column = selection.listing.column(selection.group)
    if column is None:
        raise ValueError(f"{selection.listing.name} is not grouped")
    group, model = _group(column), selection.listing.model
    field = field_at(model, group.path)
    # Each line counts once, whatever finding it joined.
    lines = model._default_manager.filter(pk__in=selection.narrowed().order_by().values("pk"))
    value: Any = F(group.path)
    if group.month:
        moments = isinstance(field, DateTimeField)
        value = TruncMonth(group.path, tzinfo=timezone.get_current_timezone() if moments else None)
    rows = lines.order_by().annotate(value_of_group=value).values_list("value_of_group")
    found: dict[Any, int] = dict(rows.annotate(number=Count("pk")))
    shown = _shown(found, group)
    names = _names(field, [one for one in shown if one not in (None, "")], selection.actor)
    counts = [
        GroupCount(one, _label(one, group, names), found[one], _address(selection, column, one))
        for one in shown
    ]
    return Groups(column, counts, sum(found.values()))


def _group(column: Column) -> Group:
    if column.group is None:
        raise ValueError(f"a list is not grouped by {column.name}")
    return column.group


def field_at(model: type[Model], path: str) -> Any:
    """Return the field at the end of a path."""
    field: Any = None
    for name in path.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model or model
    return field


def _shown(found: Mapping[Any, int], group: Group) -> list[Any]:
    if group.month:
        return sorted(one for one in found if one is not None)[-MOST:]
    return sorted(found, key=lambda one: (-found[one], str(one)))[:MOST]


def _names(field: Any, values: Iterable[Any], actor: Actor) -> Mapping[Any, object]:
    """Return the names of values: those of choices, and of rows that the actor may see."""
    if field.related_model is not None:
        manager = field.related_model._default_manager
        rows = manager.visible_to(actor) if hasattr(manager, "visible_to") else manager.all()
        return {row.pk: str(row) for row in rows.filter(pk__in=list(values))}
    known = dict(field.flatchoices or ())
    return {one: known.get(one, one) for one in values}


def _label(value: Any, group: Group, names: Mapping[Any, object]) -> str:
    if value is None or value == "":
        return str(group.nothing or NOTHING)
    if group.month:
        return date_format(value, "YEAR_MONTH_FORMAT")
    return str(group.said(value) if group.said else names.get(value, NOTHING))


def _address(selection: Selection, column: Column, value: Any) -> str:
    """Return the address of the lines with a value; "" where no filter finds them."""
    group = _group(column)
    name = group.filter or column.name
    one = next((one for one in selection.filters if one.name == name), None)
    if one is None or not group.linked:
        return ""
    wanted: Any = value
    if group.month:
        first = value.date() if isinstance(value, datetime) else value
        span = None if name in selection.negated else selection.values.get(name)
        wanted = _month_within(first, span)
    elif value is None or value == "":
        wanted = group.none
    if wanted is None or wanted == "":
        return ""
    said = one.written(wanted)
    read = one.read(QueryDict(urlencode(said)), selection.actor)
    if read is None or one.written(read) != said:
        return ""
    return selection.address(**{GROUP: "", **dict.fromkeys(one.names, ""), **said})


def _month_within(first: date, span: Days | None) -> Days:
    """Return the days of a month that a span in force does not leave out."""
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    span = span or Days()
    return Days(max(first, span.first or first), min(last, span.last or last))


def _percent(count: int, total: int) -> str:
    return _("%(value)s%%") % {"value": number_format(int(1000 * count / total) / 10, 1)}
