"""Responses for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

from opale.kernel.csv_cells import escape_formulas
from opale.kernel.query_limits import allow_report


def spreadsheet(
    name: str, head: Sequence[str], lines: Iterable[Sequence[str]]
) -> StreamingHttpResponse:
    """Return a CSV file, sent line by line."""
    allow_report()
    return StreamingHttpResponse(
        csv_text(head, lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def csv_text(head: Sequence[str], lines: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a CSV file; what a spreadsheet would take for a formula is text."""
    yield "\ufeff"
    for line in (head, *lines):
        kept = io.StringIO()
        csv.writer(kept, delimiter=";").writerow(escape_formulas(cell) for cell in line)
        yield kept.getvalue()
