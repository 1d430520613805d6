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
