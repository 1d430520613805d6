"""What a telephone system reports of a call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from opale.run.telephone.states import Direction, SignalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing that a telephone system says of a call, which it names by `call_id`.

    `caller` and `called` are numbers as it writes them. `users` are whom it rings at, or who
    answered: names, logins, extensions; `answering` is the number at which somebody did. `cause`
    is why it was hung up.
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
