"""A file against what is there: what it would change, and carrying it out."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opale.endpoints.exchange.files import read, unshielded
from opale.endpoints.exchange.tables import (
    Column,
    Difference,
    Fault,
    Key,
    Line,
    Preview,
    Reference,
    State,
    Table,
    Wrong,
)
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, OpaleError

MOST_CHANGES = 2_000
TRIED = 200
"""So many changes are tried out for a preview; the rest is tried when it is carried out."""
CHUNK = 2_000


def preview(table: Table, content: bytes, *, by: Actor) -> Preview:
    """Read a file and say what it would change. Nothing is written.

    The first changes are tried out and undone, so that what an action would refuse is known too.
    """
    found = _compared(table, content, by)
    if found.file_faults:
        return found
    tried: dict[int, Line] = {}
    with transaction.atomic():
        for line in _in_order(table, found)[:TRIED]:
            tried[line.number] = _try(table, found.names, line, by)
        transaction.set_rollback(True)
    return replace(found, lines=tuple(tried.get(line.number, line) for line in found.lines))


def carry_out(table: Table, content: bytes, *, by: Actor) -> Preview:
    """Write what the file says, all of it or nothing: with any fault, nothing is written."""
    found = _compared(table, content, by)
    if found.faults:
        return found
    try:
        with acting(by, reason=_("import of a file")):
            for line in _in_order(table, found):
                tried = _try(table, found.names, line, by)
                if tried.faults:
                    raise _RefusedLineError(tried)
    except _RefusedLineError as refused:
        lines = (refused.line if x.number == refused.line.number else x for x in found.lines)
        return replace(found, lines=tuple(lines))
    return found


class _RefusedLineError(Exception):
    """Leaves the transaction, which undoes what earlier lines wrote."""

    def __init__(self, line: Line) -> None:
        super().__init__(line.number)
        self.line = line


def _try(table: Table, names: Sequence[str], line: Line, by: Actor) -> Line:
    """Write one line; a refusal becomes its fault and undoes only this line."""
    try:
        with transaction.atomic():
            if line.row is None:
                table.create(_resolved(table, line, by), by)
            else:
                table.change(line.row, _resolved(table, line, by), by)
    except OpaleError as refusal:
        fields = refusal.fields if isinstance(refusal, Invalid) else {}
        places = {name: place for place, name in enumerate(names, start=1)}
        faults = tuple(
            Fault(line.number, name if name in places else "", places.get(name, 0), sentence)
            for name, sentence in (fields or {"": refusal.sentence}).items()
        )
        return replace(line, state="wrong", faults=faults)
    return line


def _resolved(table: Table, line: Line, by: Actor) -> dict[str, Any]:
    """The values of a line; what is made by another line of the file is looked up now."""
    values = dict(line.values)
    for column in table.columns:
        reference = column.reference
        if reference and reference.own and isinstance(values.get(column.name), str):
            rows = reference.rows(by).filter(**{reference.by: values[column.name]})
            values[column.name] = rows.first()
    return values


def _in_order(table: Table, found: Preview) -> list[Line]:
    """What has to be written, each line after those of the file that it names."""
    todo = {line.key: line for line in found.lines if line.state in ("new", "changed")}
    own = [c.name for c in table.columns if c.reference and c.reference.own]
    ordered: dict[Key, Line] = {}
    while todo:
        ready = [
            key
            for key, line in todo.items()
            if not any((str(line.values.get(name)),) in todo for name in own)
        ]
        for key in ready or list(todo):
            ordered[key] = todo.pop(key)
    return list(ordered.values())


def _compared(table: Table, content: bytes, by: Actor) -> Preview:
    names, records, fault = read(content)
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
    changes = sum(line.state in ("new", "changed") for line in lines)
    if changes > MOST_CHANGES:
        too_many = _("The file changes %(count)s rows; at most %(most)s at once.") % {
            "count": changes,
            "most": MOST_CHANGES,
        }
        return Preview(tuple(lines), (Fault(0, "", 0, too_many),), tuple(names))
    return Preview(tuple(lines), (), tuple(names))


def _header_faults(table: Table, names: Sequence[str]) -> Iterator[Fault]:
    known = {column.name for column in table.columns}
    for place, name in enumerate(names, start=1):
        if name not in known:
            said = _("There is no column %(name)s; it may be: %(names)s.")
            words = {"name": name or "?", "names": ", ".join(c.name for c in table.columns)}
            yield Fault(1, name, place, said % words)
        elif name in names[: place - 1]:
            yield Fault(1, name, place, _("This column is there twice."))
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
        cell = unshielded(cells[place - 1] if place <= len(cells) else "").strip()
        try:
            values[column.name] = _value(column, cell)
            texts[column.name] = column.plain(values[column.name])
        except Wrong as wrong:
            texts[column.name] = cell
            faults.append(Fault(number, column.name, place, str(wrong)))
    state: State = "wrong" if faults else "new"
    return Line(number, table.identify(texts), state, texts, values, faults=tuple(faults))


def _value(column: Column, cell: str) -> Any:
    if "\x00" in cell:
        raise Wrong(_("A text holds a character that cannot be kept."))
    if not cell and column.required:
        raise Wrong(_("This cannot be empty."))
    return cell if column.reference else column.parse(cell)


def _unique(lines: Iterable[Line]) -> list[Line]:
    seen: dict[Key, int] = {}
    unique = []
    for line in lines:
        first = seen.setdefault(line.key, line.number)
        if first != line.number:
            said = _("Line %(number)s is about the same.") % {"number": first}
            fault = Fault(line.number, "", 0, said)
            line = replace(line, state="wrong", faults=(*line.faults, fault))
        unique.append(line)
    return unique


def _with_references(
    columns: Iterable[Column], places: Mapping[str, int], lines: list[Line], by: Actor
) -> list[Line]:
    """Cells that name rows become these rows; a few queries for the whole file."""
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
        said = _("%(name)s is not known here.") % {"name": text}
        fault = Fault(line.number, column.name, place, said)
        return replace(line, state="wrong", faults=(*line.faults, fault))
    return replace(line, values={**line.values, column.name: found[text] if text else None})


def _existing(table: Table, lines: Sequence[Line], by: Actor) -> dict[Key, Any]:
    """The rows that lines are about."""
    keys = {line.key for line in lines}
    found: dict[Key, Any] = {}
    for part in _parts(sorted(keys)):
        for row in table.find(table.rows(by), part):
            found[table.identify(table.texts(row))] = row
    return {key: row for key, row in found.items() if key in keys}


def _allowed(table: Table, lines: list[Line], by: Actor) -> list[Line]:
    """A change of a row that the asker may see and not edit is a fault."""
    changed = [line.row.pk for line in lines if line.state == "changed"]
    editable: set[int] = set()
    for part in _parts(changed):
        rows = table.editable(table.rows(by).filter(pk__in=part), by)
        editable |= set(rows.order_by().values_list("pk", flat=True))
    refused = _("You may see this, but you may not do that.")
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
        Difference(str(c.label), before[c.name], line.texts[c.name]) for c in changed
    )
    values = {c.name: line.values[c.name] for c in changed}
    return replace(line, state="changed", row=row, values=values, differences=differences)


def _parts(names: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(names), CHUNK):
        yield names[start : start + CHUNK]
