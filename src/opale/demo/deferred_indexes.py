"""Work that is quicker once for a whole load than with each row or action, in its one
transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

from opale.demo.index_rebuild import CONSTRAINTS, INDEXES
from opale.kernel.roles import OWNER, may_become

TABLES = ["desk_message"]
# Use two cores, however small the table.
FAST_INDEXING = (
    "SET LOCAL maintenance_work_mem = '128MB'",
    "SET LOCAL max_parallel_maintenance_workers = 1",
    "SET LOCAL min_parallel_table_scan_size = 0",
)


@contextmanager
def deferred_checks() -> Iterator[None]:
    """Defer the text index and foreign keys of messages to the end of the block.

    If the transaction is aborted, everything stays as it was. This needs a session that may become
    the owner of the tables; otherwise each message is checked and indexed by itself.
    """
    if not may_become(connection.connection, OWNER):
        yield
        return
    with connection.cursor() as cursor:
        keys, indexes = _keys(cursor), _word_indexes(cursor)
        _alter(
            cursor,
            *(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for table, name, _definition in keys),
            *(f"DROP INDEX {name}" for name, _definition in indexes),
        )
    yield
    with connection.cursor() as cursor:
        _alter(
            cursor,
            *FAST_INDEXING,
            *(definition for _name, definition in indexes),
            *(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {rule}' for table, name, rule in keys),
        )


@contextmanager
def without_savepoints() -> Iterator[None]:
    """Run actions without savepoints of their own: any refusal undoes the whole load."""
    features = connection.features
    before, features.uses_savepoints = features.uses_savepoints, False
    try:
        yield
    finally:
        features.uses_savepoints = before


def _keys(cursor: Any) -> list[tuple[str, str, str]]:
    cursor.execute(CONSTRAINTS, [TABLES])
    return [(table, name, rule) for table, name, kind, rule in cursor.fetchall() if kind == "f"]


def _word_indexes(cursor: Any) -> list[tuple[str, str]]:
    cursor.execute(INDEXES, [TABLES])
    return [(name, told) for _table, name, told in cursor.fetchall() if " USING gin " in told]


def _alter(cursor: Any, *statements: str) -> None:
    """Alter tables as their owner. A table with pending checks cannot be altered, so they are run
    first."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(f"SET LOCAL ROLE {OWNER}")
    for statement in statements:
        cursor.execute(statement)
    cursor.execute(f"SET LOCAL ROLE {settings.DATABASE_ROLE}")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
