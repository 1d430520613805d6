"""Statements of constant text: PostgreSQL parses and plans each once per connection, then gets
values only.

Others go Django's way, which writes the values into the text. Without prepared statements
(`OPALE_PREPARED_STATEMENTS`) these are sent as any other, their values apart all the same.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import count
from re import Match, sub
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql
from psycopg.types.numeric import Int8


class PreparedCursor(psycopg.RawCursor[Any]):
    """Cursor that prepares whatever it executes; placeholders are Django's."""

    def execute(
        self, query: Any, params: Any = None, *, prepare: bool | None = True, binary: Any = None
    ) -> "PreparedCursor":
        super().execute(number_placeholders(query), params, prepare=prepare, binary=binary)
        return self


class LoggedCursor(PreparedCursor):
    """Prepared cursor whose statements Django logs."""

    def execute(self, query: Any, params: Any = None, **said: Any) -> "LoggedCursor":
        super().execute(query, params, **said)
        self._query = LoggedStatement(psycopg.ClientCursor(self.connection).mogrify(query, params))  # type: ignore[assignment]  # Django reads its text
        return self


class LoggedStatement:
    """Statement with its values, as Django logs it."""

    def __init__(self, text: str) -> None:
        self.query = text.encode()


class RowGrowth:
    """Number of rows that this process has added to tables that grow fast.

    A plan made while a table was short scans it whole. PostgreSQL makes another one once it has
    counted the rows again, which in an alert storm is a minute late.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._good_until: WeakKeyDictionary[psycopg.Connection[Any], int] = WeakKeyDictionary()

    def add(self, rows: int) -> None:
        self.rows += rows

    def heed(self, connection: psycopg.Connection[Any]) -> None:
        """Discard the connection's plans each time the number of rows has doubled."""
        if self.rows >= self._good_until.get(connection, FEW):
            self._good_until[connection] = 2 * self.rows
            connection.execute("DISCARD PLANS")


FEW: Final = 64
ROW_GROWTH: Final = RowGrowth()


def prepared_cursor() -> CursorWrapper:
    """Return a cursor of Django's connection, visible to whatever watches its statements."""
    # Looked up once: `django.db.connection` does so at each of its attributes.
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    kind = LoggedCursor if connection.queries_logged else PreparedCursor
    with connection.wrap_database_errors:
        ROW_GROWTH.heed(connection.connection)
        return connection._prepare_cursor(kind(connection.connection))  # type: ignore[no-any-return]  # noqa: SLF001  # unknown to the stubs


def fetch_rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a prepared statement. Errors: those of the database."""
    with prepared_cursor() as cursor:
        cursor.execute(statement, typed(values))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def typed(values: Iterable[Any]) -> Sequence[Any]:
    """Return values with an explicit type: a number would else be typed by its size, and each type
    is a statement of its own.
    """
    return [
        Int8(value) if type(value) is int else list(typed(value)) if type(value) is list else value
        for value in values
    ]


@lru_cache(maxsize=1024)
def number_placeholders(statement: str) -> bytes:
    """Return the statement with `$1` for the first `%s`, as PostgreSQL wants it."""
    numbers = count(1)
    return sub(
        "%[s%]", lambda found: f"${next(numbers)}" if found[0] == "%s" else "%", statement
    ).encode()


def inline_texts(
    statement: str, values: Sequence[Any], besides: Collection[int] = ()
) -> tuple[str, list[int]]:
    """Return the statement with its texts and booleans written into it, except `besides`, and the
    places of the other values.

    Then PostgreSQL sees for every actor that a partial index applies, and plans once for all.
    Numbers stay apart: they are the actors' keys, and would make ever new texts.
    """
    apart = [n for n, one in enumerate(values) if n in besides or not isinstance(one, (str, bool))]
    number = count()

    def written(found: Match[str]) -> str:
        if found[0] == "%%" or (place := next(number)) in apart:
            return found[0]
        return sql.Literal(values[place]).as_string().replace("%", "%%")

    return sub("%[s%]", written, statement), apart
