"""Call of an act's action: the same from a page and from an endpoint."""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from opale.acts.declarations import Act, Things
from opale.kernel.actor import Actor
from opale.kernel.states import Move


def call(
    act: Act, things: Things, *, by: Actor, fields: Mapping[str, Any], move: Move | None = None
) -> Any:
    """Call the action with the row, the actor, the fields, and the move where it takes one.

    Errors: those of the action.
    """
    rows = () if act.subject.get is None else (things[act.subject.name],)
    moved = {"move": move} if move is not None and _asks_for_move(act.run) else {}
    return act.run(*rows, by=by, **moved, **fields)


@cache
def _asks_for_move(run: Callable[..., Any]) -> bool:
    return "move" in inspect.signature(run).parameters
