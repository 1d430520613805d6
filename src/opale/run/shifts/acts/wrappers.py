"""Wrapper of actions that refuses whoever lacks a right, before the row is looked at."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed


def only_with(right: str, action: Callable[..., Any]) -> Callable[..., Any]:
    """Return an action that refuses whoever lacks the right, before it looks at the row."""

    @wraps(action)
    def run(*rows: Any, by: Actor, **fields: Any) -> Any:
        if not by.can(right):
            raise NotAllowed
        return action(*rows, by=by, **fields)

    return run
