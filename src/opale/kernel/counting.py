"""Counts of several lists in one statement, each up to a limit: what pages show beside a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Counting:
    """The statement that counts several lists; who asks again asks the database alone."""

    parts: Sequence[str]
    values: Sequence[Any]

    @classmethod
    def of(cls, lists: Sequence[QuerySet[Any] | None], limit: int) -> "Counting":
        """How many rows each list has, counted no further than `limit`; 0 for no list."""
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
        return cls(parts, values)

    def ask(self) -> list[int]:
        if all(part == "0" for part in self.parts):
            return [0] * len(self.parts)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(self.parts)}", self.values)
            return list(cursor.fetchone())


def capped_counts(lists: Sequence[QuerySet[Any] | None], limit: int) -> list[int]:
    """How many rows each list has, counted no further than `limit`; 0 for no list."""
    return Counting.of(lists, limit).ask()
