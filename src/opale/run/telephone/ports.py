"""What the telephone needs from connectors: a pure reader of what a telephone system says."""

from typing import ClassVar, Protocol

from opale.run.events.domain.deliveries import Delivery, Reply
from opale.run.telephone.domain.signals import Signal


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
