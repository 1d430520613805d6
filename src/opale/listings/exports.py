"""Exports of a listing: CSV line by line, XLSX row by row, both bounded in memory."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any

import xlsxwriter
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from opale.endpoints.spreadsheets import spreadsheet
from opale.kernel.isolation import is_customer_request
from opale.kernel.query_limits import allow_report
from opale.listings.cells import hidden, plain, readable, text
from opale.listings.declarations import Column
from opale.listings.groups import groups_of
from opale.listings.selection import Selection

MOST = 50_000
"""Lines of a file."""
AT_ONCE = 500
IN_MEMORY = 1 << 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_FORMULAS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
"""Typed values are text in a cell, even if they begin like a formula."""
WIDEST, MOMENT = 60, "yyyy-mm-dd hh:mm"


def exported(selection: Selection) -> tuple[Column, ...]:
    """Return the columns of a file: the chosen ones, else all that are exported."""
    chosen = selection.chosen or selection.saved
    columns = selection.columns if chosen else selection.listing.offered(selection.actor)
    return tuple(one for one in columns if one.exported)


def values(selection: Selection) -> Iterator[list[object]]:
    """Yield the values of each line, in the order of the list, read a few hundred rows at once.

    The keys are sorted once: each part read by its place in the order would be sorted anew, where
    no index has that order.
    """
    columns, listing, order = exported(selection), selection.listing, selection.order
    rows = selection.rows(columns)
    keys = list(rows.order_by(*order.expressions()).values_list("pk", flat=True)[:MOST])
    for first in range(0, len(keys), AT_ONCE):
        part = keys[first : first + AT_ONCE]
        by_key = rows.order_by().in_bulk(part)
        found = [by_key[key] for key in part if key in by_key]
        within = readable(listing, columns, found, selection.actor)
        for line, row in zip(listing.lines(found, selection.actor), found, strict=True):
            yield [None if hidden(one, row, within) else one.of(line, row) for one in columns]


def heads(selection: Selection) -> list[str]:
    """Return the heads of the columns of a file."""
    if column := selection.listing.column(selection.group):
        return [str(column.label), _("Count")]
    return [str(one.label) for one in exported(selection)]


def lines_of(selection: Selection) -> Iterator[list[object]]:
    """Yield the values of each line of a file: of the list, or of the counts of a grouped one."""
    if selection.group:
        return iter([[one.label, one.count] for one in groups_of(selection).counts])
    return values(selection)


def csv(selection: Selection) -> HttpResponseBase:
    """Return the list as a CSV file, sent line by line."""
    head = heads(selection)
    allow_report()
    lines: Iterable[list[str]] = _written(selection)
    if is_customer_request():
        lines = list(lines)  # what is sent later is no longer read as the customer
    return spreadsheet(selection.listing.name, head, lines)


def _written(selection: Selection) -> Iterator[list[str]]:
    """Yield the lines as text. They are sent after the request, whose language and time zone are
    kept.
    """
    language, zone = translation.get_language() or "en", timezone.get_current_timezone()
    lines = lines_of(selection)
    while True:
        with translation.override(language), timezone.override(zone):
            part = [[text(value) for value in line] for line in islice(lines, AT_ONCE)]
        if not part:
            return
        yield from part


def xlsx(selection: Selection) -> HttpResponseBase:
    """Return the list as a spreadsheet, written to disk beyond a megabyte."""
    allow_report()
    kept = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # closed by the response
    with xlsxwriter.Workbook(kept, NO_FORMULAS) as book:
        bold, moments = book.add_format({"bold": True}), book.add_format({"num_format": MOMENT})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, label in enumerate(heads(selection)):
            sheet.set_column(place, place, min(WIDEST, max(12, 2 * len(label))))
            sheet.write_string(0, place, label, bold)
        for number, line in enumerate(lines_of(selection), start=1):
            for place, value in enumerate(line):
                _write(sheet, number, place, plain(value), moments)
    kept.seek(0)
    name = f"{selection.listing.name}.xlsx"
    return FileResponse(kept, as_attachment=True, filename=name, content_type=XLSX)


def _write(sheet: Worksheet, row: int, column: int, value: Any, moments: Any) -> None:
    if isinstance(value, str):
        if value:
            sheet.write_string(row, column, value[:32_767])
    elif hasattr(value, "hour"):
        sheet.write_datetime(row, column, value, moments)
    elif hasattr(value, "year"):
        sheet.write_datetime(row, column, value)
    else:
        sheet.write_number(row, column, value)


FORMATS: dict[str, Callable[[Selection], HttpResponseBase]] = {"csv": csv, "xlsx": xlsx}
