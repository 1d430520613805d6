"""Declarations of tables for files, and the results of a preview."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor

Key = tuple[str, ...]
State = Literal["new", "changed", "unchanged", "wrong"]


class CellError(ValueError):
    """A cell that cannot be read; the sentence is shown to people."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Cell that names a row of another table, or of this one."""

    rows: Callable[[Actor], QuerySet[Any]]
    by: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """Column of a file. `text` returns the cell of a row; `parse` reads a cell (errors: CellError).

    `plain` writes what `parse` returned as text again, so that cells can be compared.
    """

    name: str
    label: str | Promise
    text: Callable[[Any], str]
    parse: Callable[[str], Any] = str
    plain: Callable[[Any], str] = str
    required: bool = False
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    column: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Fault at a place; `column` is "" and `place` 0 for a whole line, `line` 0 for the file."""

    line: int
    column: str
    place: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Line:
    """Line of the file. `values` holds the columns that the file has, ready to be written."""

    number: int
    key: Key
    state: State
    texts: Mapping[str, str]
    values: Mapping[str, Any] = field(default_factory=dict)
    row: Any = None
    differences: tuple[Difference, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Table that can be exchanged. `identify` returns the key of a line from its texts.

    `create` returns the row that it made; `discard` deletes such a row while nothing refers to it.
    """

    name: str
    label: str | Promise
    right: str
    columns: tuple[Column, ...]
    identify: Callable[[Mapping[str, str]], Key]
    rows: Callable[[Actor], QuerySet[Any]]
    find: Callable[[QuerySet[Any], Collection[Key]], QuerySet[Any]]
    editable: Callable[[QuerySet[Any], Actor], QuerySet[Any]]
    create: Callable[[Mapping[str, Any], Actor], Model]
    change: Callable[[Any, Mapping[str, Any], Actor], object]
    discard: Callable[[Any, Actor], object]
    read_right: str = ""

    def texts(self, row: Model) -> dict[str, str]:
        return {column.name: column.text(row) for column in self.columns}


@dataclass(frozen=True, slots=True)
class Preview:
    """Effects of an import, which can run where there are no faults. `names` is the file's header.

    `written` are the lines written so far, in the order of writing.
    """

    lines: tuple[Line, ...]
    file_faults: tuple[Fault, ...] = ()
    names: tuple[str, ...] = ()
    written: tuple[Line, ...] = ()

    def of(self, state: State) -> list[Line]:
        return [line for line in self.lines if line.state == state]

    @property
    def faults(self) -> list[Fault]:
        return [*self.file_faults, *(fault for line in self.lines for fault in line.faults)]

    @property
    def counts(self) -> dict[str, int]:
        states: tuple[State, ...] = ("new", "changed", "unchanged", "wrong")
        return {state: len(self.of(state)) for state in states}

    @property
    def changes(self) -> int:
        """Number of rows that the import would write."""
        return sum(line.state in ("new", "changed") for line in self.lines)

    @property
    def fingerprint(self) -> str:
        """Fingerprint that is equal for previews that would write the same."""
        told = [(x.number, x.state, x.key, x.differences, x.faults) for x in self.lines]
        return sha256(repr((told, self.file_faults)).encode()).hexdigest()[:32]


def yes_or_no(cell: str) -> bool:
    """Parse a yes or a no. Errors: CellError."""
    said = cell.lower()
    if said in ("yes", "y", "oui", "o", "1", "x", "true", "vrai"):
        return True
    if said in ("no", "n", "non", "0", "", "false", "faux"):
        return False
    raise CellError(_("Enter yes or no."))


def yes_no_text(truth: object) -> str:
    return "yes" if truth else "no"


def one_of(*values: str) -> Callable[[str], str]:
    """Return the parser of cells that hold one of a few words."""

    def parse(cell: str) -> str:
        if cell not in values:
            raise CellError(_("Enter one of: %(values)s.") % {"values": ", ".join(values)})
        return cell

    return parse
