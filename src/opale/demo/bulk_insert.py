"""Bulk insertion into tables whose constraints and triggers stay active."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection
from psycopg import sql

from opale.demo.copy_rows import TABLES, Rows

STAGE = sql.SQL(
    "CREATE TEMPORARY TABLE demo_rows ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"
)
FILL = sql.SQL("COPY demo_rows ({names}) FROM STDIN")
MOVE_IN = sql.SQL("INSERT INTO {table} ({names}) SELECT {names} FROM demo_rows")


def write_lines(table: str, columns: Iterable[str], lines: Iterable[str]) -> None:
    """Insert through a temporary table, since row-level security forbids COPY into an owned
    table."""
    with connection.cursor() as cursor:
        _write(cursor, table, columns, lines)


def copy_parts(parts: Iterable[Rows]) -> None:
    """Copy the rows of all tables part by part, in this thread's transaction: the database writes
    one part while the next is generated."""
    connection.ensure_connection()
    # Django's wrapper belongs to this thread, but the session under it may be used by another one.
    session = connection.connection

    def write(rows: Rows) -> None:
        with session.cursor() as cursor:
            for table, columns in TABLES.items():
                _write(cursor, table, columns, rows.lines[table])

    with ThreadPoolExecutor(1) as writer:
        before = None
        for rows in parts:
            if before:
                before.result()
            before = writer.submit(write, rows)
        if before:
            before.result()


def _write(cursor: Any, table: str, columns: Iterable[str], lines: Iterable[str]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    words = {"names": names, "table": sql.Identifier(table)}
    cursor.execute(STAGE.format(**words))
    with cursor.copy(FILL.format(**words)) as copy:
        copy.write("".join(lines))
    cursor.execute(MOVE_IN.format(**words))
    cursor.execute("DROP TABLE demo_rows")


NEXT_DUE = """
    UPDATE desk_ticket SET next_due_at = nearest.due_at
    FROM (
        SELECT ticket_id, min(due_at) AS due_at FROM desk_commitment
        WHERE met_at IS NULL AND due_at IS NOT NULL GROUP BY ticket_id
    ) AS nearest
    WHERE desk_ticket.id = nearest.ticket_id
        AND desk_ticket.state IN ('new', 'in_progress', 'pending', 'held')
"""


def fill_next_due() -> None:
    """Fill the columns that the desk keeps about commitments on the rows of open tickets."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_DUE)
