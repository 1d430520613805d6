"""Statements whose text is always the same: PostgreSQL takes each apart and plans it once for a
connection, and is given values from then on.

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
    """Prepares whatever it executes; placeholders are Django's."""

    def execute(
        self, query: Any, params: Any = None, *, prepare: bool | None = True, binary: Any = None
    ) -> "PreparedCursor":
        super().execute(number_placeholders(query), params, prepare=prepare, binary=binary)
        return self


class LoggedCursor(PreparedCursor):
    """Where Django logs statements, it reads them off the cursor."""

    def execute(self, query: Any, params: Any = None, **said: Any) -> "LoggedCursor":
        super().execute(query, params, **said)
        self._query = LoggedStatement(psycopg.ClientCursor(self.connection).mogrify(query, params))  # type: ignore[assignment]  # Django reads its text
        return self


class LoggedStatement:
    """A statement with its values, as Django logs it."""

    def __init__(self, text: str) -> None:
        self.query = text.encode()


class RowGrowth:
    """How many rows this process has added where many come at once.

    A plan that was made while a table was short reads it from end to end. PostgreSQL makes another
    one once it has counted the rows again, which in a storm is a minute late.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._good_until: WeakKeyDictionary[psycopg.Connection[Any], int] = WeakKeyDictionary()

    def add(self, rows: int) -> None:
        self.rows += rows

    def heed(self, connection: psycopg.Connection[Any]) -> None:
        """Have what the connection asks planned anew each time the rows have doubled."""
        if self.rows >= self._good_until.get(connection, FEW):
            self._good_until[connection] = 2 * self.rows
            connection.execute("DISCARD PLANS")


FEW: Final = 64
ROW_GROWTH: Final = RowGrowth()


def prepared_cursor() -> CursorWrapper:
    """A cursor of Django's connection, seen by whatever watches its statements."""
    # Looked up once: `django.db.connection` does so at each of its attributes.
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    kind = LoggedCursor if connection.queries_logged else PreparedCursor
    with connection.wrap_database_errors:
        ROW_GROWTH.heed(connection.connection)
        return connection._prepare_cursor(kind(connection.connection))  # type: ignore[no-any-return]  # noqa: SLF001  # unknown to the stubs


def fetch_rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return what a prepared statement finds. Errors: those of the database."""
    with prepared_cursor() as cursor:
        cursor.execute(statement, typed(values))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def typed(values: Iterable[Any]) -> Sequence[Any]:
    """Values as they are sent: a number would else have the type of its size, and each type is a
    statement of its own."""
    return [
        Int8(value) if type(value) is int else list(typed(value)) if type(value) is list else value
        for value in values
    ]


@lru_cache(maxsize=1024)
def number_placeholders(statement: str) -> bytes:
    """The statement with `$1` for the first `%s`, as PostgreSQL wants it."""
    numbers = count(1)
    return sub(
        "%[s%]", lambda found: f"${next(numbers)}" if found[0] == "%s" else "%", statement
    ).encode()


def inline_texts(
    statement: str, values: Sequence[Any], besides: Collection[int] = ()
) -> tuple[str, list[int]]:
    """The statement with the words and truths among its values written into it, except `besides`,
    and the places of the values that stay apart.

    Then PostgreSQL sees, whoever asks, that a partial index holds what is asked for, and plans once
    for all. Numbers stay apart: they are the keys of who asks, and would make texts without end.
    """
    apart = [n for n, one in enumerate(values) if n in besides or not isinstance(one, (str, bool))]
    number = count()

    def written(found: Match[str]) -> str:
        if found[0] == "%%" or (place := next(number)) in apart:
            return found[0]
        return sql.Literal(values[place]).as_string().replace("%", "%%")

    return sub("%[s%]", written, statement), apart
