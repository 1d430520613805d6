"""Signals of telephone systems."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opale.run.telephone.states import Direction, SignalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One report of a telephone system on a call, which it names by `call_id`.

    `caller` and `called` are numbers as it writes them. `users` are the names, logins or extensions
    that it rings, or that answered; `answering` is the number that answered. `cause` is why the
    call was hung up.
    """

    kind: SignalKind
    call_id: str
    direction: Direction
    caller: str = ""
    called: str = ""
    users: tuple[str, ...] = ()
    queue: str = ""
    answering: str = ""
    cause: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)
