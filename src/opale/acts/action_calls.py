"""Call of an act's action: the same from a page and from an endpoint."""

import inspect
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from opale.acts.declarations import Act, Things
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.states import Move


def call_action(
    act: Act, things: Things, *, by: Actor, fields: Mapping[str, Any], move: Move | None = None,
    credential: str = "",
) -> Any:  # fmt: skip
    """Call the action with the row, the actor, the fields, and the move and the credential where it
    takes one, and with the present as its `at` where it needs one.

    Errors: those of the action.
    """
    rows = () if act.subject.get is None else (things[act.subject.name],)
    known: dict[str, Any] = {"credential": credential, "move": move}
    parameters = _parameters(act.run)
    asked = {name: one for name, one in known.items() if one is not None and name in parameters}
    return act.run(*rows, by=by, **{**present_for(act.run), **asked, **fields})


def present_for(run: Callable[..., Any]) -> dict[str, datetime]:
    """Return the present as the `at` of an action that needs one, else nothing."""
    at = _parameters(run).get("at")
    return {} if at is None or at.default is not inspect.Parameter.empty else {"at": clock.now()}


@cache
def _parameters(run: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(run).parameters
