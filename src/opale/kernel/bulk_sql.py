"""Many rows of one table, inserted or updated in one statement."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Field, Model

from opale.kernel.prepared_statements import fetch_rows, prepared_cursor

_encoder = msgspec.json.Encoder(enc_hook=str)


def next_key(model: type[Model]) -> int:
    """Return a key for a new row, for callers that need it before the row is written."""
    # Names come from the model: the first argument is an identifier, the second a plain name.
    table, key = connection.ops.quote_name(model._meta.db_table), model._meta.pk.column
    ((found,),) = fetch_rows(f"SELECT nextval(pg_get_serial_sequence('{table}', '{key}'))")
    return int(found)


def insert_many(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new rows of one model, each with the same columns by their names (`alert_id`).

    The statement is the same for any number of rows, and no model object is made: for thousands of
    rows. Values are texts, numbers, truths, moments and None.
    """
    if rows:
        with prepared_cursor() as cursor:
            cursor.execute(_insert_many(model, tuple(rows[0])), [_encoder.encode(rows).decode()])


def update_rows(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write columns of rows of one model, with values that differ by row, in one statement.

    Like `bulk_update`, whose statement grows with the rows times the columns and so takes longer to
    build.
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


@lru_cache(maxsize=64)
def _fields(model: type[Model]) -> tuple["Field[Any, Any]", ...]:
    return tuple(model._meta.concrete_fields)


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
