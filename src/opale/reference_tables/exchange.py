"""File of a reference table: its columns are fields of the form, read and refused as these are."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Prefetch, QuerySet

from opale.acts.bound_forms import arguments, form_of, value_of
from opale.acts.declarations import Act
from opale.endpoints.exchange.tables import (
    CellError,
    Column,
    Key,
    Reference,
    Table,
    one_of,
    yes_no_text,
    yes_or_no,
)
from opale.kernel.action_steps import discard, lock_row
from opale.kernel.actor import ANONYMOUS, Actor
from opale.kernel.attribution import attributed
from opale.reference_tables.declarations import ReferenceTable


def exchange_table(table: ReferenceTable) -> Table:
    """Return the table that is exchanged as a file."""
    making = table.acts[0]
    columns = tuple(_column(table, name) for name in table.exchanged)
    key = columns[0].name
    model: Any = table.subject.model

    def rows(actor: Actor) -> QuerySet[Any]:
        """Return the rows; a row of another table is named to those who may choose it."""
        found: QuerySet[Any] = (table.subject.rows or model._default_manager.all)(seen_by=actor)
        named = (one.name for one in columns if one.reference)
        return found.prefetch_related(
            *(Prefetch(name, _offered(making, name, actor)) for name in named)
        )

    def find(found: QuerySet[Any], keys: Collection[Key]) -> QuerySet[Any]:
        return found.filter(**{f"{key}__in": [one[0] for one in keys]})

    def create(values: Mapping[str, Any], by: Actor) -> Model:
        given = {name: value for name, value in values.items() if value not in ("", None)}
        made: Model = table.create(by=by, **_arguments(making, _initial(making) | given, by))
        return made

    def change(row: Any, values: Mapping[str, Any], by: Actor) -> None:
        table.change(row, by=by, **_arguments(making, values, by))

    def discard_row(row: Any, by: Actor) -> None:
        with attributed(by):
            discard(lock_row(model._default_manager.filter(pk=row.pk), by, table.right))

    return Table(
        name=table.listing.name,
        label=table.listing.title,
        right=table.right,
        read_right=table.listing.right,
        columns=columns,
        identify=lambda texts: (texts.get(key, ""),),
        rows=rows,
        find=find,
        editable=lambda found, by: found.filter(by.reach(table.right, model)),
        create=create,
        change=change,
        discard=discard_row,
    )


def _column(table: ReferenceTable, named: str) -> Column:
    """Return the column of a form's field."""
    making, changing = table.acts
    name, _path, by = named.partition("__")
    field = making.fields[name]
    label = field.label or name
    needed = field.required and field.initial is None
    if isinstance(field, forms.ModelChoiceField):
        return Column(
            name, label, lambda row: str(getattr(getattr(row, name), by, "")),
            reference=Reference(lambda actor: _offered(making, name, actor), by), required=needed,
        )  # fmt: skip
    return Column(
        name, label, lambda row: _text(field, value_of(changing, row, name, ANONYMOUS)),
        lambda cell: _parsed(field, cell), partial(_text, field), required=needed,
    )  # fmt: skip


def _offered(act: Act, name: str, actor: Actor) -> QuerySet[Any]:
    """Return the rows of another table that the actor may choose."""
    found: QuerySet[Any] = form_of(act, {}, actor).fields[name].queryset  # type: ignore[attr-defined]  # it is a choice of rows
    return found


def _text(field: forms.Field, value: Any) -> str:
    """Return a value as the form's field writes it."""
    value = field.prepare_value(value)
    if isinstance(value, bool):
        return yes_no_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _parsed(field: forms.Field, cell: str) -> Any:
    """Return what the form's field makes of a cell. Errors: CellError."""
    if isinstance(field, forms.BooleanField):
        return yes_or_no(cell)
    plain = isinstance(field, forms.ChoiceField) and (
        type(field).valid_value is forms.ChoiceField.valid_value
    )
    if plain and cell:
        pairs: Any = field.choices  # type: ignore[attr-defined]  # a choice has them
        one_of(*(str(value) for value, _label in pairs if value != ""))(cell)
    try:
        return field.clean(cell)
    except ValidationError as refusal:
        raise CellError(" ".join(refusal.messages)) from None


def _initial(act: Act) -> dict[str, Any]:
    """Return what a row has whose file leaves a column out."""
    return {
        name: field.initial
        for name, field in act.fields.items()
        if field.initial is not None and not callable(field.initial)
    }


def _arguments(act: Act, values: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """Return the action's arguments for some fields of the form."""
    form = form_of(act, {}, by)
    form.cleaned_data = dict(values)
    return arguments(form)
