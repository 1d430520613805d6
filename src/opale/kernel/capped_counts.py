"""Counts of several lists in one statement, each up to a limit, for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from opale.kernel.prepared_statements import fetch_rows, inline_texts

FEW = 100
"""A limited scope passes a value for each customer: as many statements as sizes."""


@dataclass(frozen=True, slots=True)
class CountStatement:
    """Statement that counts several lists; asking it again costs one query."""

    statement: str
    values: Sequence[Any]
    lists: int

    @classmethod
    def of(cls, lists: Sequence[QuerySet[Any] | None], limit: int) -> "CountStatement":
        """Return the statement that counts the rows of each list up to `limit`; 0 for no list."""
        parts: list[str] = []
        values: list[Any] = []
        for rows in lists:
            try:
                if rows is None:
                    raise EmptyResultSet
                counted = rows.order_by().values("pk")[:limit]
                text, given = counted.query.sql_with_params()
            except EmptyResultSet:
                parts.append("0")
                continue
            # The text is Django's own; what was filled in are parameters.
            parts.append(f"(SELECT count(*) FROM ({text}) counted)")  # noqa: S608
            values += given
        if set(parts) <= {"0"}:
            return cls("", (), len(parts))
        statement, apart = inline_texts(f"SELECT {', '.join(parts)}", values)
        return cls(statement, [values[place] for place in apart], len(parts))

    def ask(self, *, again: bool = True) -> list[int]:
        """Return the present counts; the statement is prepared where it is asked `again`."""
        if not self.statement:
            return [0] * self.lists
        if again and self.few:
            (counts,) = fetch_rows(self.statement, *self.values)
            return list(counts)
        with connection.cursor() as cursor:
            cursor.execute(self.statement, self.values)
            return list(cursor.fetchone())

    @property
    def few(self) -> bool:
        return len(self.values) <= FEW


def capped_counts(lists: Sequence[QuerySet[Any] | None], limit: int) -> list[int]:
    """Return the number of rows of each list, counted up to `limit`; 0 for no list."""
    return CountStatement.of(lists, limit).ask(again=False)
