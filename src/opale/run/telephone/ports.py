"""What the telephone needs from connectors: a pure reader of what telephone systems post."""

from typing import ClassVar, Protocol

from opale.run.events.domain.deliveries import Delivery, Reply
from opale.run.telephone.domain.signals import Signal


class CallSource(Protocol):
    """Reads what a telephone system posts. Pure: no database, no network, no clock."""

    slug: ClassVar[str]

    @property
    def name(self) -> str:
        """The name of the kind of system, in the reader's language."""
        ...

    def read(self, delivery: Delivery) -> Signal | None:
        """Return the signal; None for a post that is not about a call. Errors: Unreadable."""
        ...

    def reply(self, delivery: Delivery, url: str) -> Reply:
        """Return the response that the system expects. `url` is the address that it posted to."""
        ...

    def example(self, url: str) -> str: ...
