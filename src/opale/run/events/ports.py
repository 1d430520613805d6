"""What events needs from connectors: a pure reader of one tool's deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

from opale.run.events.states import Severity


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a tool handed in at once. `path` is what follows the key in the address."""

    body: bytes
    received_at: datetime
    content_type: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One delivery about one thing.

    `identity` is what makes two events be about the same thing. `occurred_at` is the source's own
    time, by which events are ordered; `started_at` is since when the source says it lasts, if it
    says so. `said_after` is a moment that the delivery itself proves to be past when it was made,
    such as the newest time in it. `context` is what the delivery said around this event.
    """

    identity: str
    firing: bool
    severity: Severity
    title: str
    occurred_at: datetime
    raw: Mapping[str, Any]
    text: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    source_url: str = ""
    started_at: datetime | None = None
    said_after: datetime | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """One part of a delivery that could not be read; the others count."""

    reason: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class NewEvents:
    """What was read of a delivery."""

    events: tuple[NewEvent, ...]
    refused: tuple[Refused, ...] = ()


class Unreadable(Exception):
    """Nothing of a delivery can be read; `reason` says why, in English, for its sender."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Handed:
    """A delivery for a room above, with the integration that it came to.

    `url` is the address that it was posted to, key included: for tools that are told by the answer
    where to go on.
    """

    integration_id: int
    integration_name: str
    format: str
    url: str
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Reply:
    """What the tool expects to hear once its delivery is kept."""

    body: bytes = b'{"status": "ok"}'
    content_type: str = "application/json"


class Taker(Protocol):
    """Takes what is no event (a call), by the same addresses and keys as events come.

    `take` runs in a thread that may ask the database, and returns when what it was handed is
    committed. `name` is what people know the kind of tool by.
    """

    @property
    def name(self) -> str: ...

    def take(self, handed: Handed) -> Reply:
        """Errors: Unreadable (it is kept aside), those of the database (it is sent again)."""
        ...

    def example(self, url: str) -> str: ...


class EventSource(Protocol):
    """Reads one delivery of a monitoring tool. Pure: no database, no network, no clock.

    `name` is the product's own. `example` is the part of the tool's configuration that sends to
    `url`, ready to be pasted.
    """

    slug: ClassVar[str]
    name: ClassVar[str]

    def read(self, delivery: Delivery) -> NewEvents:
        """Errors: Unreadable."""
        ...

    def example(self, url: str) -> str: ...


_takers: dict[str, Taker] = {}


def hand_to(format: str, taker: Taker) -> None:  # noqa: A002  # as the model names it
    """Deliveries of this format go to a room above; said in its `apps.py`."""
    _takers[format] = taker


def takers() -> Mapping[str, Taker]:
    return _takers
