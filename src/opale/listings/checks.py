"""Checks that the columns and filters of a listing show nothing that their reader may not see.

A column declares the relations that it reads, no other is loaded for it, and a model declares the
right by which it is read: so each column can be checked for each reader. Run for every listing and
every function by tests/architecture/test_listings.py.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from opale.acts.buttons import offers
from opale.kernel.actor import Actor
from opale.listings import cells
from opale.listings.declarations import Column, Listing
from opale.listings.filters import Filter, Pick, allowed
from opale.listings.selection import Selection


def tells_too_much(listing: Listing, actor: Actor) -> list[str]:
    """Return the columns and filters that reveal what a reader of the list may not read."""
    if not actor.can(listing.right):
        return []
    faults = [f"the list reads {fault}" for fault in _unread(listing, listing.reads, actor)]
    for column in listing.offered(actor):
        # The order of a list reveals the values that sort it.
        paths = (*column.relations, *(path.rpartition("__")[0] for path in column.sorted_by))
        faults += [f"column {column.name} reads {f}" for f in _unread(listing, paths, actor)]
    for one in allowed(listing.filters, actor, listing.right):
        faults += [f"filter {one.name} reads {f}" for f in _unread_by(listing, one, actor)]
    return sorted(set(faults))


def _unread(listing: Listing, paths: Iterable[str], actor: Actor) -> Iterator[str]:
    """Return the relations on these paths whose rows the actor may not read."""
    for path in filter(None, paths):
        for crossed, model in _crossed(listing.model, path):
            right = right_to_read(model)
            if right and not actor.can(right):
                yield f"{crossed} without {right}"


def _unread_by(listing: Listing, one: Filter, actor: Actor) -> Iterator[str]:
    yield from _unread(listing, [one.lookup.rpartition("__")[0]], actor)
    if isinstance(one, Pick):
        right = right_to_read(one.rows(actor).model)
        if right and not actor.can(right):
            yield f"its choices without {right}"


def _crossed(model: Any, path: str) -> Iterator[tuple[str, type[Model]]]:
    names = path.split("__")
    for place, name in enumerate(names, start=1):
        try:
            model = model._meta.get_field(name).related_model
        except FieldDoesNotExist:
            return
        if model is None:
            return
        yield "__".join(names[:place]), model


def right_to_read(model: type[Model]) -> str:
    """Return the right by which the rows of a model are read; "" where it has none of its own."""
    return str(getattr(model._default_manager.all(), "read_right", ""))


def reads_unnamed(listing: Listing, column: Column, actor: Actor) -> list[str]:
    """Return the statements that drawing a column runs: reads of relations it does not declare.

    The rows are read as the page reads them, for this column alone.
    """
    selection = Selection(listing, actor, {}, chosen=(column.name,))
    rows = list(selection.rows([column])[:50])
    lines = listing.lines(rows, actor)
    with CaptureQueriesContext(connection) as captured:
        for line, row in zip(lines, rows, strict=True):
            column.of(line, row)
            cells.html(column, line, row, actor)
    return [one["sql"] for one in captured]


def acts_read_unnamed(listing: Listing, actor: Actor) -> list[str]:
    """Return the statements that finding the acts of lines runs: reads that nothing declares.

    The rows are read as the page reads them for somebody who chose no column.
    """
    fixed = [one for one in listing.columns if one.fixed]
    rows = list(Selection(listing, actor, {}).rows(fixed)[:50])
    with CaptureQueriesContext(connection) as captured:
        for row in rows:
            if names := listing.line_acts_of(row, actor):
                list(offers(row, names, actor))
    return [one["sql"] for one in captured]


def starts_with_nobody(listing: Listing, nobody: Actor) -> bool:
    """Return whether the rows of a listing start with the actor: ANONYMOUS sees none of them."""
    rows = Selection(listing, nobody, {}).narrowed()
    return rows.query.is_empty() or not rows.exists()


def unbuilt_forms(listing: Listing, actor: Actor) -> list[str]:
    """Return the bulk acts whose form cannot be built as the view builds it."""
    faults = []
    for act in listing.acts:
        if act.form is not None:
            try:
                act.form(None, by=actor)
            except TypeError as fault:
                faults.append(f"act {act.name}: {fault}")
    return faults
