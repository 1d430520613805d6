"""Counts of several lists in one statement, each up to a limit: what pages show beside a name."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def capped_counts(lists: Sequence[QuerySet[Any] | None], limit: int) -> list[int]:
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
    if not values and all(part == "0" for part in parts):
        return [0] * len(parts)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())
