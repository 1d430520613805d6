"""Declarations of a list: its rows, columns, filters, order, and the acts on its lines."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from django import forms
from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order, value_of
from opale.kernel.states import Move
from opale.listings.filters import Filter

Label = str | Promise
Load = Callable[[Any, Actor], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Group:
    """How a list is counted by a column.

    `path` leads to the column of the row: one of choices, a plain value, another row, or a day or
    moment whose `month` counts. `filter` is the filter that finds the lines of a value, of the
    column's name by default; not so where it means something else: `linked=False`. `said` names a
    value, `nothing` lines without one, which the filter finds by the value `none`. `person`: it
    counts the work of people, which is off unless a setting allows it.
    """

    path: str
    _: KW_ONLY
    month: bool = False
    filter: str = ""
    linked: bool = True
    said: Callable[[Any], object] | None = None
    nothing: Label = ""
    none: str = ""
    person: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """Column of a list.

    `value` is a path of columns of the row (`customer__name`; of a choice, its label is shown) or a
    function of the line: it is exported, and shown where no `cell` draws it.
    `link` leads to the thing that the value names, for holders of `link_right`. `template` draws
    the cell instead, given `line` and `row`.
    `order`: True where the path sorts the list, or the columns that do.
    `reads`: the relations of the row that `value`, `cell` or `link` look at. No other is loaded, so
    that a column shows nothing that its declaration does not name (`opale.listings.checks`).
    `loads` adds annotations; `nullable`: the one that sorts may be null. `right`: who may see it,
    where that takes more than the list itself. `sort_right`: who may sort by it, which takes this
    right on every row, where its value is shown on some rows only.
    `shown`: whether it is shown by default; `fixed`: it is always shown.
    `group`: the list can be counted by it. `quiet_label`: the header is for screen readers alone.
    `exported`: it is in files.
    """

    name: str
    label: Label
    value: str | Callable[[Any], object]
    _: KW_ONLY
    cell: Callable[[Any], object] | None = None
    template: str = ""
    link: Callable[[Any], str] | None = None
    link_right: str = ""
    order: bool | str | tuple[str, ...] = False
    reads: tuple[str, ...] = ()
    loads: Load | None = None
    nullable: bool = False
    right: str = ""
    sort_right: str = ""
    shown: bool = True
    fixed: bool = False
    style: str = ""
    quiet_label: bool = False
    exported: bool = True
    group: Group | None = None

    @property
    def sorted_by(self) -> tuple[str, ...]:
        """Columns of the queryset by which the list is sorted by this column."""
        if self.order is True:
            if not isinstance(self.value, str):
                raise TypeError(f"{self.name}: say by which columns a function is sorted")
            return (self.value,)
        if isinstance(self.order, str):
            return (self.order,)
        return self.order or ()

    @property
    def relations(self) -> tuple[str, ...]:
        """Relations that are loaded for it."""
        if isinstance(self.value, str) and "__" in self.value:
            return (*self.reads, self.value.rpartition("__")[0])
        return self.reads

    def of(self, line: Any, row: Any) -> object:
        """Return the column's value for a line."""
        if not isinstance(self.value, str):
            return self.value(line)
        path, _dot, last = self.value.rpartition("__")
        owner = value_of(row, path) if path else row
        if owner is None:
            return None
        choice = getattr(owner, f"get_{last}_display", None)
        return choice() if choice else getattr(owner, last)


class BulkAct(Protocol):
    """Act on marked lines: `run(row, by=actor, **fields)` is the action on one."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> Label: ...

    @property
    def right(self) -> str: ...

    @property
    def icon(self) -> str: ...

    @property
    def form(self) -> Callable[..., forms.Form] | None: ...

    @property
    def run(self) -> Callable[..., object]: ...

    @property
    def key(self) -> str: ...

    @property
    def first(self) -> Callable[[Any], Any] | None: ...

    @property
    def undo(self) -> "RowUndo | None": ...


@dataclass(frozen=True, slots=True)
class RowUndo:
    """How a bulk act is undone on one row.

    `before(row, made)` is what undoing needs, as JSON: from the row as it was, and what the act
    returned. `run(row, before, by=actor)` undoes it.
    """

    before: Callable[[Any, Any], Any]
    run: Callable[..., object]


@dataclass(frozen=True, slots=True)
class RowAct:
    """Action on one row, offered for marked lines. `form` is made with `by=`.

    With `undo` it is tried first, shown, and confirmed, and the toast undoes it. `key` is pressed
    while lines are marked. `first` sorts the rows, where the first one decides for the others.
    """

    name: str
    label: Label
    right: str
    run: Callable[..., object]
    icon: str = "checks"
    form: Callable[..., forms.Form] | None = None
    _: KW_ONLY
    key: str = ""
    undo: RowUndo | None = None
    first: Callable[[Any], Any] | None = None

    @classmethod
    def of_move(cls, move: Move, action: Callable[..., object]) -> "RowAct":
        """Return the act of a move, under its label and right: `action(row, move=..., by=...)`."""
        run = partial(action, move=move)
        return cls(move.name, move.label, move.right, run, "arrow-right")


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Page on which marked lines are worked on together: `address(rows)` leads there. `key` is
    pressed while lines are marked.

    Errors of `address`: Invalid (not these rows together).
    """

    label: Label
    right: str
    address: Callable[[Sequence[Any]], str]
    icon: str = "list-check"
    key: str = ""


@dataclass(frozen=True, slots=True)
class New:
    """Button that leads to the form of a new row. `others` are further rights, each of which opens
    it as well.
    """

    label: Label
    url_name: str
    right: str
    key: str = "c"
    icon: str = "plus"
    others: tuple[str, ...] = ()

    def opens_to(self, actor: Actor) -> bool:
        """Return whether the actor holds its right, or one of the others."""
        return any(actor.can(right) for right in (self.right, *self.others))


@dataclass(frozen=True, slots=True)
class Empty:
    """Texts of an empty list: because nothing matches, or because there is nothing."""

    icon: str
    nothing_matches: Label
    nothing_yet: Label = ""
    hint: Label = ""


@dataclass(frozen=True, slots=True)
class Jump:
    """Palette entry of a line: its label and its address. `starts` are the letters with which a
    number begins: where they are given, other texts are searched after everything else. `match`
    (row, text) is what of the row matches the text, where its label and note do not show it.
    """

    label: Callable[[Any], str]
    url: Callable[[Any], str]
    group: Label
    icon: str
    note: Callable[[Any], object] = lambda _row: ""
    match: Callable[[Any, str], str] = lambda _row, _text: ""
    starts: str = ""


def _as_they_are(rows: Sequence[Any], _actor: Actor) -> Sequence[Any]:
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """List of rows, declared once.

    `rows(seen_by=actor, **arguments)` starts with `visible_to`; the arguments are those of the
    filters. `order` is how it opens; its last column is unique and ends every other order.
    `lines(rows, actor)` gives what columns that are functions read, one for each row, in few
    queries; without it they read the row.
    `topic` names what draws the list again when it changes; as a function of the request, what does
    so for its reader.
    `above` is a template over the list, drawn with what `figures(request)` returns. `template` is
    the page, where it needs more than `listings/page.html` has. `buttons` is a template of further
    buttons. `line_acts` names acts on the row (`opale.acts`) whose buttons end each line, for those
    who are offered them; as a function of row and actor, those that it calls for. `reads` names the
    relations that finding them looks at. `named` is what a line is called where it is marked, the
    text of its row by default.
    `further_acts` is a list to which apps above add acts on its lines. `rows_page` is where marked
    lines are worked on together.
    `orders` and `empties` are used instead of `order` and `empty` under a value of a filter, by
    "name=value"; `empties` only where no other filter is in force.
    `inverts`: its filters can be negated, so that it shows what does not have their value.
    """

    name: str
    title: Label
    right: str
    url_name: str
    model: type[Model]
    rows: Callable[..., Any]
    columns: tuple[Column, ...]
    order: Order
    empty: Empty
    filters: tuple[Filter, ...] = ()
    inverts: bool = True
    acts: tuple[BulkAct, ...] = ()
    line_acts: tuple[str, ...] | Callable[[Any, Actor], tuple[str, ...]] = ()
    lines: Callable[[Sequence[Any], Actor], Sequence[Any]] = _as_they_are
    named: Callable[[Any], object] | None = None
    reads: tuple[str, ...] = ()
    row_flags: Callable[[Any], Mapping[str, bool]] | None = None
    orders: Mapping[str, Order] = field(default_factory=dict)
    empties: Mapping[str, Empty] = field(default_factory=dict)
    topic: str | Callable[[ActorRequest], str] = ""
    size: int = 50
    template: str = "listings/page.html"
    buttons: str = ""
    above: str = ""
    figures: Callable[[ActorRequest], Mapping[str, object]] | None = None
    new: New | None = None
    jump: Jump | None = None
    further_acts: list[BulkAct] = field(default_factory=list, compare=False)
    rows_page: RowsPage | None = None

    def column(self, name: str) -> Column | None:
        return next((one for one in self.columns if one.name == name), None)

    def offered(self, actor: Actor) -> tuple[Column, ...]:
        """Return the columns that the actor may see, on some row at least."""
        return tuple(one for one in self.columns if not one.right or actor.can(one.right))

    def within(self, name: str) -> "Listing":
        """Return the listing as it stands on the page of the row by which the filter narrows it."""
        columns = tuple(one for one in self.columns if one.name != name)
        hidden = (replace(one, drawn=one.drawn and one.name != name) for one in self.filters)
        return replace(self, columns=columns, filters=tuple(hidden), topic="")

    def acts_for(self, actor: Actor) -> tuple[BulkAct, ...]:
        return tuple(act for act in (*self.acts, *self.further_acts) if actor.can(act.right))

    def rows_page_for(self, actor: Actor) -> RowsPage | None:
        """Return the page for marked lines, where it opens to the actor."""
        opens = self.rows_page is not None and actor.can(self.rows_page.right)
        return self.rows_page if opens else None

    def line_acts_of(self, row: Any, actor: Actor) -> tuple[str, ...]:
        """Return the names of the acts whose buttons end the line of a row."""
        return self.line_acts(row, actor) if callable(self.line_acts) else self.line_acts

    def names(self, rows: Sequence[Any], actor: Actor) -> list[object]:
        """Return what marked lines are called."""
        return list(map(self.named, self.lines(rows, actor))) if self.named else list(rows)


def relations_of(columns: Iterable[Column]) -> tuple[str, ...]:
    """Return every relation that one of the columns reads, once."""
    return tuple(dict.fromkeys(path for one in columns for path in one.relations))
