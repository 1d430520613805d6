"""New rows of several tables, written in one statement: one round trip instead of one for each.

For what is made often. Foreign keys between the rows hold, since PostgreSQL checks them when the
statement is over; a row that others refer to is given its key before.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

from opale.kernel.prepared_statements import prepared_cursor, typed
from opale.kernel.rows import rows_of

_encoder = msgspec.json.Encoder(enc_hook=str)
FEW = 24
"""As many rows as an action writes: the statements of more are each of their own kind."""


class TableRows(NamedTuple):
    """So many rows of one table, with these columns."""

    table: str
    columns: tuple[str, ...]
    rows: int


def reserve_keys(*models: type[Model]) -> tuple[int, ...]:
    """A key for a new row of each of these models: for rows that name each other."""
    (keys,) = rows_of(_keys_of(models))
    return keys


def insert_rows(rows: Sequence[Model]) -> None:
    """Write new rows, those of one model next to each other. Keys that are not set stay unknown.

    Like `bulk_create` this calls no `save()` and sends no signal: no rule stands there.
    """
    parts: list[TableRows] = []
    values: list[Any] = []
    for (model, fields), group in groupby(rows, key=lambda row: (type(row), _given(row))):
        same = list(group)
        fields = _said(fields, same)
        parts.append(
            TableRows(model._meta.db_table, tuple(f.column or f.name for f in fields), len(same))
        )
        for row in same:
            values.extend(
                field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields
            )
            # As Django does when it has saved a row.
            row._state.adding = False  # noqa: SLF001
            row._state.db = connection.alias  # noqa: SLF001
    if not parts:
        return
    few = len(rows) <= FEW
    with prepared_cursor() if few else connection.cursor() as cursor:
        statement = _statement(tuple(parts))
        cursor.execute(statement, typed(values) if few else values)


def insert_many(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new rows of one model, each with the same columns by their names (`alert_id`).

    The statement is the same for any number of them, and no object is made of a row: for what comes
    by the thousand. Values are texts, numbers, truths, moments and None.
    """
    if rows:
        with prepared_cursor() as cursor:
            cursor.execute(_insert_many(model, tuple(rows[0])), [_encoder.encode(rows).decode()])


def update_row(row: Model, names: Sequence[str]) -> None:
    """Write these columns of one row, which its object has already."""
    meta = type(row)._meta
    known = {field.name: field for field in meta.concrete_fields}
    fields = [known[name] for name in names]
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for field in (*fields, meta.pk)
    ]
    with prepared_cursor() as cursor:
        cursor.execute(_update(type(row), tuple(f.column or f.name for f in fields)), typed(values))


def update_rows(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write these columns of rows of one model, which differ from row to row, in one statement.

    Like `bulk_update`, whose statement grows with the rows times the columns and takes the longer
    to be made the more there are.
    """
    if not rows:
        return
    meta, quote = type(rows[0])._meta, connection.ops.quote_name
    known: dict[str, Field[Any, Any]] = {field.name: field for field in meta.concrete_fields}
    fields = [meta.pk, *(known[name] for name in names)]
    casts = [f"%s::{field.db_type(connection)}" for field in fields]
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection)
        for row in rows
        for field in fields
    ]
    # The types of the first row are those of all.
    later = f", ({', '.join(['%s'] * len(fields))})" * (len(rows) - 1)
    columns = [quote(field.column or field.name) for field in fields]
    said = ", ".join(f"{column} = said.{column}" for column in columns[1:])
    # Names come from the models, values are parameters.
    statement = (
        f"UPDATE {quote(meta.db_table)} AS kept SET {said}"  # noqa: S608
        f" FROM (VALUES ({', '.join(casts)}){later}) AS said ({', '.join(columns)})"
        f" WHERE kept.{columns[0]} = said.{columns[0]}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _said(
    fields: Sequence["Field[Any, Any]"], rows: Sequence[Model]
) -> tuple["Field[Any, Any]", ...]:
    """Without those that are empty in every row: a short statement is taken apart by the driver
    once and remembered, a long one each time."""
    return tuple(
        field
        for field in fields
        if field.has_db_default() or any(getattr(row, field.attname) is not None for row in rows)
    )


def _given(row: Model) -> tuple["Field[Any, Any]", ...]:
    """The fields that have a value: the database fills in the others."""
    return tuple(
        field
        for field in _fields(type(row))
        if not isinstance(value := getattr(row, field.attname), DatabaseDefault)
        and not (field.primary_key and value is None)
    )


@lru_cache(maxsize=64)
def _fields(model: type[Model]) -> tuple["Field[Any, Any]", ...]:
    return tuple(model._meta.concrete_fields)


@lru_cache(maxsize=64)
def _keys_of(models: tuple[type[Model], ...]) -> str:
    """Names come from the models: the first argument is an identifier, the second a plain name."""
    of = ((connection.ops.quote_name(model._meta.db_table), model._meta.pk) for model in models)
    each = (f"nextval(pg_get_serial_sequence('{table}', '{key.column}'))" for table, key in of)
    return f"SELECT {', '.join(each)}"


@lru_cache(maxsize=64)
def _insert_many(model: type[Model], columns: tuple[str, ...]) -> str:
    # Names and types come from the model, values are one parameter.
    quote = connection.ops.quote_name
    fields = {field.column or field.name: field for field in _fields(model)}
    names = ", ".join(map(quote, columns))
    typed_names = ", ".join(f"{quote(one)} {fields[one].db_type(connection)}" for one in columns)
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({names})"  # noqa: S608
        f" SELECT {names} FROM json_to_recordset(%s) AS said({typed_names})"
    )


@lru_cache(maxsize=256)
def _update(model: type[Model], columns: tuple[str, ...]) -> str:
    # Names come from the model, values are parameters.
    quote = connection.ops.quote_name
    said = ", ".join(f"{quote(column)} = %s" for column in columns)
    key = quote(model._meta.pk.column or model._meta.pk.name)
    return f"UPDATE {quote(model._meta.db_table)} SET {said} WHERE {key} = %s"  # noqa: S608


@lru_cache(maxsize=256)
def _statement(parts: tuple[TableRows, ...]) -> str:
    """An INSERT for each part as a common table expression, all but the last statement."""
    *before, last = [_insert(part) for part in parts]
    if not before:
        return last
    named = ", ".join(f"part{number} AS ({insert})" for number, insert in enumerate(before))
    return f"WITH {named} {last}"


def _insert(part: TableRows) -> str:
    # Names come from the models, values are parameters.
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, part.columns))
    one = f"({', '.join(['%s'] * len(part.columns))})"
    many = ", ".join([one] * part.rows)
    return f"INSERT INTO {quote(part.table)} ({names}) VALUES {many}"  # noqa: S608
