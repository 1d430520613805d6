"""What the telephone needs from connectors: a pure reader of what a telephone system says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from opale.run.events.domain.deliveries import Delivery, Reply
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


class CallSource(Protocol):
    """Reads what a telephone system posts. Pure: no database, no network, no clock."""

    slug: ClassVar[str]

    @property
    def name(self) -> str:
        """What people know the kind of system by, in the reader's language."""
        ...

    def read(self, delivery: Delivery) -> Signal | None:
        """None for what says nothing about the life of a call. Errors: Unreadable."""
        ...

    def reply(self, delivery: Delivery, url: str) -> Reply:
        """What the system waits for. `url` is the address that it posted to."""
        ...

    def example(self, url: str) -> str: ...
