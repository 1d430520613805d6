"""Actions of events as acts call them: with one row, at the present moment."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.run.events.models import Alert


@dataclass(frozen=True, slots=True)
class Part:
    """What an address names below a row by a number: a version of it, or a person to own it."""

    row: Any
    number: int


def get_part(number: int, *, seen_by: Actor, **above: Any) -> Part:
    """Return a part of the row above."""
    (row,) = above.values()
    return Part(row, number)


def at_present(action: Callable[..., Any]) -> Callable[..., Any]:
    """Return the action with the present as its `at`."""

    @wraps(action)
    def run(*rows: Any, **fields: Any) -> Any:
        return action(*rows, at=now(), **fields)

    return run


def on_one(action: Callable[..., Any]) -> Callable[..., Any]:
    """Return an action on many alerts as one on a single alert, at present."""

    @wraps(action)
    def run(alert: Alert, *, by: Actor, **fields: Any) -> Any:
        return action(Alert.objects.filter(pk=alert.pk), by=by, at=now(), **fields)

    return run


def to_version(action: Callable[..., Any]) -> Callable[..., Any]:
    """Return an action that goes back to a version of a row as one on that version."""

    @wraps(action)
    def run(version: Part, *, by: Actor) -> Any:
        return action(version.row, version.number, by=by, at=now())

    return run
