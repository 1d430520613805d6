"""Versions of rules and silences, which addresses name by a number below the row."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from opale.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class RowVersion:
    """Version of a row, by its number."""

    row: Any
    number: int


def get_version(number: int, *, seen_by: Actor, **above: Any) -> RowVersion:
    """Return a version of the row above."""
    (row,) = above.values()
    return RowVersion(row, number)


def on_version(action: Callable[..., Any]) -> Callable[..., Any]:
    """Return an action that reverts a row to a version as one on that version."""

    @wraps(action)
    def run(version: RowVersion, **fields: Any) -> Any:
        return action(version.row, version.number, **fields)

    return run
