"""Cells of a list: as HTML, as the text of a CSV file, as a value of a spreadsheet."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.template.loader import get_template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.listings.declarations import Column, Listing
from opale.ui.components.times import moment, whole_hours

NOTHING = SafeString('<span class="o-quiet">–</span>')


def readable(
    listing: Listing, columns: Iterable[Column], rows: Sequence[Any], actor: Actor
) -> dict[str, frozenset[int]]:
    """Return, for each right that columns need beyond the list's own, the rows on which the actor
    holds it; rights held everywhere are left out.
    """
    asked = {one.right for one in columns if one.right and not actor.everywhere(one.right)}
    pks = [row.pk for row in rows]
    found: dict[str, frozenset[int]] = {}
    for right in sorted(asked):
        held = listing.model._default_manager.filter(actor.reach(right, listing.model), pk__in=pks)
        found[right] = frozenset(held.values_list("pk", flat=True))
    return found


def hidden(column: Column, row: Any, within: dict[str, frozenset[int]]) -> bool:
    """Return whether the reader may not see the column of this row."""
    return column.right in within and row.pk not in within[column.right]


def html(column: Column, line: Any, row: Any, actor: Actor) -> SafeString:
    """Return the content of a cell of the page."""
    if column.template:
        return SafeString(get_template(column.template).render({"line": line, "row": row}))
    drawn = column.cell(line) if column.cell else shown(column.of(line, row))
    if drawn is None or drawn == "":
        return NOTHING
    if column.link and (not column.link_right or actor.can(column.link_right)):
        kind = SafeString(' class="o-number"') if column.style == "number" else ""
        return format_html('<a{} href="{}">{}</a>', kind, column.link(line), drawn)
    return format_html("{}", drawn)


def shown(value: object) -> object:
    """Return a value as people read it on a page."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return number_format(value)
    return "" if value is None else text(value)


def text(value: object) -> str:
    """Return a value as a text file has it: dates by ISO, whatever the language."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return whole_hours(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(text, value))
    return str(value)


def plain(value: object) -> object:
    """Return a value as a spreadsheet keeps it: numbers and dates as such, all else as text."""
    if isinstance(value, bool) or value is None or isinstance(value, Promise):
        return text(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    return value if isinstance(value, int | float | Decimal | date) else text(value)
