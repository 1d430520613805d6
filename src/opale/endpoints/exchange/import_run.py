"""Trial and execution of an import: all of it or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opale.endpoints.exchange.comparison import compare_file
from opale.endpoints.exchange.csv_files import csv_lines
from opale.endpoints.exchange.tables import Fault, Key, Line, Preview, Table
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.csv_cells import escape_formulas
from opale.kernel.errors import Invalid, OpaleError
from opale.kernel.live_topics import publish_once

PREVIEWED_LINES = 200
"""Changes tried out for a preview; the rest is tried when the file is written."""
MOST_FAULTS = 200
"""Refused lines after which the rest is not tried: the file needs work anyway."""
STEP = 100


def preview(table: Table, content: bytes, *, by: Actor) -> Preview:
    """Read a file and return what it would change. Nothing is written.

    The first changes are tried out and undone, to find what an action would refuse.
    """
    found = compare_file(table, content, by)
    if found.file_faults:
        return found
    tried: dict[int, Line] = {}
    with transaction.atomic():
        for line in _in_order(table, found)[:PREVIEWED_LINES]:
            tried[line.number] = _try(table, found.names, line, by)
        transaction.set_rollback(True)
    return replace(found, lines=tuple(tried.get(line.number, line) for line in found.lines))


def execute_import(
    table: Table,
    content: bytes,
    *,
    by: Actor,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> Preview:
    """Write what the file says, all of it or nothing: with any fault, nothing is written.

    `told` is called now and then with the numbers of written and of all lines; a refusal is a fault
    of its line. The rows that were made stand in the lines.
    """
    found = compare_file(table, content, by)
    if found.faults:
        return found
    written: dict[int, Line] = {}
    faults = 0
    todo = _in_order(table, found)
    with transaction.atomic():
        with attributed(by, reason=_("file import")), publish_once():
            for done, line in enumerate(todo):
                if done % STEP == 0:
                    told(done, len(todo))
                tried = written[line.number] = _try(table, found.names, line, by)
                faults += bool(tried.faults)
                if faults == MOST_FAULTS:
                    break
        if faults:
            transaction.set_rollback(True)
    lines = tuple(written.get(line.number, line) for line in found.lines)
    return replace(found, lines=lines, written=() if faults else tuple(written.values()))


def rewrite(table: Table, texts: Mapping[str, str], *, by: Actor) -> tuple[Fault, ...]:
    """Write the texts of all columns of one row again; return the faults."""
    content = "".join(csv_lines([list(texts), [escape_formulas(text) for text in texts.values()]]))
    found = compare_file(table, content.encode(), by)
    if found.faults or not found.changes:
        return tuple(found.faults)
    return _try(table, found.names, found.lines[0], by).faults


def _try(table: Table, names: Sequence[str], line: Line, by: Actor) -> Line:
    """Write one line; a refusal becomes its fault and undoes only this line."""
    try:
        with transaction.atomic():
            if line.row is None:
                return replace(line, row=table.create(_resolved(table, line, by), by))
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
    """Return the values of a line; references to lines of the same file are resolved now."""
    values = dict(line.values)
    for column in table.columns:
        reference = column.reference
        if reference and reference.own and isinstance(values.get(column.name), str):
            rows = reference.rows(by).filter(**{reference.by: values[column.name]})
            values[column.name] = rows.first()
    return values


def _in_order(table: Table, found: Preview) -> list[Line]:
    """Return the lines to write, each after those of the file that it refers to."""
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
