"""Deliveries and their senders, before anything is written of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from opale.kernel.actor import Actor, connector
from opale.run.events.domain.deliveries import NewEvent, UnreadablePart
from opale.run.events.domain.label_mapping import DEFAULT_LABEL_MAPPING, LabelMapping


@dataclass(frozen=True, slots=True)
class Sender:
    """The integration that a key stands for."""

    integration_id: int
    name: str
    format: str
    key_id: int
    naming: LabelMapping = DEFAULT_LABEL_MAPPING
    settings: Mapping[str, str] = field(default_factory=dict, hash=False)
    events_per_minute: int | None = None

    def actor(self) -> Actor:
        return connector(self.format, self.name)


class ReceivedDelivery(msgspec.Struct, frozen=True):
    """A delivery, read. `body` is the whole of it, as it came.

    `named` asks for the ids of the alerts that its events are about.
    """

    sender: Sender
    received_at: datetime
    events: tuple[NewEvent, ...] = ()
    refused: tuple[UnreadablePart, ...] = ()
    body: bytes = b""
    named: bool = False
