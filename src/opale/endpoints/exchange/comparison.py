"""Comparison of a file with the present rows: what an import would change."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from opale.endpoints.exchange.csv_files import read_csv
from opale.endpoints.exchange.tables import (
    CellError,
    Column,
    Difference,
    Fault,
    Key,
    Line,
    Preview,
    Reference,
    State,
    Table,
)
from opale.kernel.actor import Actor
from opale.kernel.csv_cells import unescape_formulas

CHUNK = 2_000


def compare_file(table: Table, content: bytes, by: Actor) -> Preview:
    """Return what each line of the file would do, with its faults; a few queries for the whole
    file.
    """
    names, records, fault = read_csv(content)
    places = {name: place for place, name in enumerate(names, start=1)}
    file_faults = [fault] if fault else list(_header_faults(table, names))
    if file_faults:
        return Preview((), tuple(file_faults))
    columns = [column for column in table.columns if column.name in places]
    lines = _unique([_parsed(table, columns, places, *record) for record in records])
    lines = _with_references(columns, places, lines, by)
    rows = _existing(table, lines, by)
    lines = [_against(table, columns, line, rows.get(line.key)) for line in lines]
    lines = _allowed(table, lines, by)
    return Preview(tuple(lines), (), tuple(names))


def _header_faults(table: Table, names: Sequence[str]) -> Iterator[Fault]:
    known = {column.name for column in table.columns}
    for place, name in enumerate(names, start=1):
        if name not in known:
            said = _("Unknown column %(name)s; columns: %(names)s.")
            words = {"name": name or "?", "names": ", ".join(c.name for c in table.columns)}
            yield Fault(1, name, place, said % words)
        elif name in names[: place - 1]:
            yield Fault(1, name, place, _("This column appears twice."))
    for column in table.columns:
        if column.required and column.name not in names:
            said = _("The column %(name)s is missing.") % {"name": column.name}
            yield Fault(1, column.name, 0, said)


def _parsed(
    table: Table,
    columns: Sequence[Column],
    places: Mapping[str, int],
    number: int,
    cells: Sequence[str],
) -> Line:
    texts: dict[str, str] = {}
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    if len(cells) > len(places) and any(cell.strip() for cell in cells[len(places) :]):
        faults.append(Fault(number, "", 0, _("This line has more cells than the header.")))
    for column in columns:
        place = places[column.name]
        cell = unescape_formulas(cells[place - 1] if place <= len(cells) else "").strip()
        try:
            values[column.name] = _value(column, cell)
            texts[column.name] = column.plain(values[column.name])
        except CellError as wrong:
            texts[column.name] = cell
            faults.append(Fault(number, column.name, place, str(wrong)))
    state: State = "wrong" if faults else "new"
    return Line(number, table.identify(texts), state, texts, values, faults=tuple(faults))


def _value(column: Column, cell: str) -> Any:
    if "\x00" in cell:
        raise CellError(_("The text contains a character that cannot be stored."))
    if not cell and column.required:
        raise CellError(_("Required."))
    return cell if column.reference else column.parse(cell)


def _unique(lines: Iterable[Line]) -> list[Line]:
    seen: dict[Key, int] = {}
    unique = []
    for line in lines:
        first = seen.setdefault(line.key, line.number)
        if first != line.number:
            said = _("Duplicate of line %(number)s.") % {"number": first}
            fault = Fault(line.number, "", 0, said)
            line = replace(line, state="wrong", faults=(*line.faults, fault))
        unique.append(line)
    return unique


def _with_references(
    columns: Iterable[Column], places: Mapping[str, int], lines: list[Line], by: Actor
) -> list[Line]:
    """Replace cells that name rows by these rows; a few queries for the whole file."""
    keys = {line.key for line in lines}
    for column in columns:
        if column.reference is None:
            continue
        named = {line.texts.get(column.name, "") for line in lines} - {""}
        found = _named(column.reference, named, by)
        found |= {n: n for n in named - found.keys() if column.reference.own and (n,) in keys}
        lines = [_referring(line, column, places[column.name], found) for line in lines]
    return lines


def _named(reference: Reference, names: Collection[str], by: Actor) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in _parts(sorted(names)):
        rows = reference.rows(by).filter(**{f"{reference.by}__in": part})
        found |= {str(getattr(row, reference.by)): row for row in rows}
    return found


def _referring(line: Line, column: Column, place: int, found: Mapping[str, Any]) -> Line:
    text = line.texts.get(column.name, "")
    if text and text not in found:
        said = _("%(name)s does not exist.") % {"name": text}
        fault = Fault(line.number, column.name, place, said)
        return replace(line, state="wrong", faults=(*line.faults, fault))
    return replace(line, values={**line.values, column.name: found[text] if text else None})


def _existing(table: Table, lines: Sequence[Line], by: Actor) -> dict[Key, Any]:
    """Return the rows that the lines are about."""
    keys = {line.key for line in lines}
    found: dict[Key, Any] = {}
    for part in _parts(sorted(keys)):
        for row in table.find(table.rows(by), part):
            found[table.identify(table.texts(row))] = row
    return {key: row for key, row in found.items() if key in keys}


def _allowed(table: Table, lines: list[Line], by: Actor) -> list[Line]:
    """Mark changes of rows that the actor may see and not edit as faults."""
    changed = [line.row.pk for line in lines if line.state == "changed"]
    editable: set[int] = set()
    for part in _parts(changed):
        rows = table.editable(table.rows(by).filter(pk__in=part), by)
        editable |= set(rows.order_by().values_list("pk", flat=True))
    refused = _("You don't have permission to do this.")
    return [
        replace(line, state="wrong", faults=(Fault(line.number, "", 0, refused),))
        if line.state == "changed" and line.row.pk not in editable
        else line
        for line in lines
    ]


def _against(table: Table, columns: Sequence[Column], line: Line, row: Any) -> Line:
    if line.faults or row is None:
        return line
    before = table.texts(row)
    changed = [c for c in columns if before[c.name] != line.texts[c.name]]
    if not changed:
        return replace(line, state="unchanged", row=row, values={})
    differences = tuple(
        Difference(c.name, str(c.label), before[c.name], line.texts[c.name]) for c in changed
    )
    values = {c.name: line.values[c.name] for c in changed}
    return replace(line, state="changed", row=row, values=values, differences=differences)


def _parts(names: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(names), CHUNK):
        yield names[start : start + CHUNK]
