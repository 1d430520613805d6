"""Columns of many alerts by their keys: Django writes the statement once, PostgreSQL plans it once.

For reads of each batch of events, of as many alerts as it holds: writing the statement anew each
time, and planning it anew with its joins, takes longer than the answer.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

import msgspec

from opale.kernel.array_literals import number_array
from opale.kernel.prepared_statements import fetch_rows
from opale.run.events.models import Alert

MARK: Final = 1_947_000_001
"""A placeholder for the keys while the statement is built."""
_decoder = msgspec.json.Decoder()


def columns_of(ids: Iterable[int], columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield what `values_list` gives of these alerts; of JSON there may be the labels alone."""
    place = columns.index("labels")
    for row in fetch_rows(_statement(columns), number_array(ids)):
        yield (*row[:place], _decoder.decode(row[place]), *row[place + 1 :])


@lru_cache(maxsize=16)
def _statement(columns: tuple[str, ...]) -> str:
    rows = Alert.objects.filter(pk__in=[MARK]).values_list(*columns)
    statement, values = rows.query.sql_with_params()
    asked = statement.replace("IN (%s)", "= ANY(%s::bigint[])")
    if values != (MARK,) or asked.count("%s") != 1 or asked == statement:
        raise ValueError(statement)
    return asked
