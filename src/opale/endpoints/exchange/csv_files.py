"""CSV files as spreadsheets write and read them."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from opale.endpoints.exchange.tables import Fault, Table
from opale.kernel.actor import Actor
from opale.kernel.csv_cells import escape_formulas
from opale.kernel.query_limits import allow_report

MOST_BYTES = 20_000_000
MOST_LINES = 50_000
BOM = "\ufeff"
SEPARATORS = ";,\t"
AT_ONCE = 2_000


def export(table: Table, *, seen_by: Actor, separator: str = ";") -> Iterator[str]:
    """Return the visible rows as CSV, in pieces; what is exported can be imported."""
    allow_report()
    yield BOM
    yield from csv_lines([[column.name for column in table.columns]], separator)
    rows = table.rows(seen_by).iterator(chunk_size=AT_ONCE)
    cells = ([escape_formulas(text) for text in table.texts(row).values()] for row in rows)
    yield from csv_lines(cells, separator)


def csv_lines(rows: Iterable[Sequence[str]], separator: str = ";") -> Iterator[str]:
    """Return rows of cells as lines of a file."""
    for cells in rows:
        out = io.StringIO()
        csv.writer(out, delimiter=separator, lineterminator="\r\n").writerow(cells)
        yield out.getvalue()


def read_csv(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]], Fault | None]:
    """Return the names of the header, and the records with their line numbers."""
    if len(content) > MOST_BYTES:
        return [], [], Fault(0, "", 0, _("The file is larger than 20 MB."))
    text = _decoded(content)
    head = text.partition("\n")[0]
    separator = max(SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    records: list[tuple[int, list[str]]] = []
    starts = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append((starts, cells))
            starts = reader.line_num + 1
            if len(records) > MOST_LINES + 1:
                return [], [], Fault(0, "", 0, _("The file has more than 50,000 lines."))
    except csv.Error:
        return (
            [],
            [],
            Fault(starts, "", 0, _("This line cannot be read: check its quotation marks.")),
        )
    if not records:
        return [], [], Fault(0, "", 0, _("The file is empty."))
    names = [cell.strip().lower() for cell in records[0][1]]
    while names and not names[-1]:
        names.pop()
    return names, records[1:], None


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # "Unicode text" of a spreadsheet.
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheets save when they are not told otherwise.
        return content.decode("cp1252", errors="replace")
