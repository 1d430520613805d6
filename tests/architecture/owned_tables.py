"""Every table that belongs to customers, found from the models, and rows of two customers in it.

Rows are made by an administrator of the server from the catalogue alone, with triggers, foreign
keys and checks out of the way, inside a transaction that is never committed. So a new model is
tried without anybody writing rows for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from conftest import DATABASE, LOGIN, SERVER
from django.apps import apps
from django.db import models
from psycopg import sql
from psycopg.rows import tuple_row

from opale.customers.models import Customer

MINE, THEIRS = 900_001, 900_002

FILLING = {
    "smallint": "{n}",
    "integer": "{n}",
    "bigint": "{n}",
    "numeric": "{n}",
    "double precision": "{n}",
    "boolean": "false",
    "date": "date '2026-01-01' + {n}",
    "timestamp with time zone": "timestamptz '2026-01-01' + make_interval(hours => {n})",
    "interval": "make_interval(hours => {n})",
    "time without time zone": "time '08:00' + make_interval(mins => {n})",
    "json": "'{{}}'",
    "jsonb": "'{{}}'",
    "uuid": "gen_random_uuid()",
    "inet": "'192.0.2.{n}'",
    "bytea": "'{n}'",
    "tstzrange": "tstzrange('2026-01-01', '2026-01-02')",
    "daterange": "daterange('2026-01-01', '2026-01-02')",
    "tsvector": "''",
}


@dataclass(frozen=True)
class OwnedTable:
    model: type[models.Model]
    table: str
    column: str
    history: bool

    def __str__(self) -> str:
        return self.table


def own_models() -> list[type[models.Model]]:
    found = apps.get_models()
    return [one for one in found if one.__module__.startswith("opale.") and not one._meta.proxy]


def owned_tables() -> list[OwnedTable]:
    """The customers, what carries a `customer`, and the history of both."""
    found = []
    for model in own_models():
        of: type[models.Model] = getattr(model, "pgh_tracked_model", model)
        history = of is not model
        if of is Customer:
            column = "pgh_obj_id" if history else "id"
        elif any(f.name == "customer" and f.related_model is Customer for f in of._meta.fields):
            column = "customer_id"
        else:
            continue
        found.append(OwnedTable(model, model._meta.db_table, column, history))
    return sorted(found, key=str)


@contextmanager
def administrator() -> Iterator[psycopg.Connection[Any]]:
    """A superuser of the server in the database of this test run."""
    with psycopg.connect(SERVER, dbname=DATABASE, row_factory=tuple_row) as admin:
        yield admin


@contextmanager
def two_customers(
    admin: psycopg.Connection[Any], owned: OwnedTable
) -> Iterator[psycopg.Connection[Any]]:
    """The table with a row of each of two customers, and nothing else of a customer.

    What is done, whoever the session has become meanwhile, is undone.
    """
    try:
        admin.execute("SET LOCAL session_replication_role = replica")
        for name, table in admin.execute(
            "SELECT conname, conrelid::regclass::text FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype IN ('c', 'x', 'f')",
            [owned.table],
        ).fetchall():
            drop = "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {} CASCADE"
            admin.execute(sql.SQL(drop).format(sql.SQL(table), sql.Identifier(name)))
        for number, customer in enumerate((MINE, THEIRS), start=1):
            _insert(admin, owned, number, customer)
        yield admin
    finally:
        admin.rollback()


def _insert(admin: psycopg.Connection[Any], owned: OwnedTable, number: int, customer: int) -> None:
    columns = admin.execute(
        "SELECT attname, format_type(atttypid, NULL), atttypmod FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " AND attgenerated = '' AND attidentity = ''",
        [owned.table],
    ).fetchall()
    values = {
        name: str(customer) if name == owned.column else _value(kind, modifier, number)
        for name, kind, modifier in columns
    }
    values.setdefault(owned.column, str(customer))
    statement = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
        sql.Identifier(owned.table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(map(sql.SQL, values.values())),
    )
    admin.execute(statement)


def _value(kind: str, modifier: int, number: int) -> str:
    if kind.endswith("[]"):
        return "'{}'"
    if kind in ("character varying", "text", "citext", "character"):
        longest = modifier - 4 if modifier > 4 else 20
        return "'" + f"x{number}"[:longest] + "'"
    return FILLING[kind].format(n=number)


def become_portal(session: psycopg.Connection[Any], *customers: int) -> None:
    """What a customer's request is: the application's login, the portal role, and the customers."""
    session.execute("SET LOCAL session_replication_role = DEFAULT")
    session.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(LOGIN)))
    session.execute("SET LOCAL ROLE opale_app")
    session.execute("SET LOCAL ROLE opale_portal")
    session.execute(
        "SELECT set_config('opale.customers', %s, true)", [",".join(map(str, customers))]
    )
