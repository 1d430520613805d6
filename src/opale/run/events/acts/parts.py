"""Parts of rows that addresses name by a number: versions of rules and silences, and owners."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from opale.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Part:
    """What an address names below a row by a number: a version of it, or a person to own it."""

    row: Any
    number: int


def get_part(number: int, *, seen_by: Actor, **above: Any) -> Part:
    """Return a part of the row above."""
    (row,) = above.values()
    return Part(row, number)


def to_version(action: Callable[..., Any]) -> Callable[..., Any]:
    """Return an action that goes back to a version of a row as one on that version."""

    @wraps(action)
    def run(version: Part, **fields: Any) -> Any:
        return action(version.row, version.number, **fields)

    return run
