"""The company's data for generated histories: plain values that can be sent to other processes."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from random import Random
from typing import Literal

from opale.demo.text_facts import Names
from opale.run.desk.domain.clocks import Promise

Matrix = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person of the provider; `key` is the actor's name in histories."""

    id: int
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class ContactRef:
    id: int
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class ServiceRef:
    """A service with its support: `promises` by priority."""

    id: int
    topic: str
    item_id: int | None
    facts: dict[str, str]
    plan_version_id: int
    stream: str
    premium: bool
    matrix: Matrix
    promises: dict[int, tuple[Promise, ...]]


@dataclass(frozen=True, slots=True)
class CustomerRef:
    id: int
    contacts: tuple[ContactRef, ...]
    services: tuple[ServiceRef, ...]


@dataclass(frozen=True, slots=True)
class ShiftRef:
    starts: datetime
    ends: datetime
    lead: PersonRef
    triage: PersonRef
    agents: tuple[PersonRef, ...]

    def anybody(self, rng: Random) -> PersonRef:
        return self.agents[int(rng.random() * len(self.agents))]


@dataclass(frozen=True)
class World:
    """The company's data. `weights` are cumulative, one per customer."""

    starts: datetime
    now: datetime
    zone: str
    customers: tuple[CustomerRef, ...]
    weights: tuple[float, ...]
    shifts: tuple[ShiftRef, ...]
    engineers: tuple[PersonRef, ...]
    employees: tuple[PersonRef, ...]
    integration_id: int
    integration_name: str
    names: dict[str, Names]
    storm_starts: datetime
    storm_ends: datetime
    storm_item_id: int
    storm_host: str
    alerts_since: datetime
    triage: dict[str, Promise]
    colour: float = 1.0
    plain: bool = False

    @cached_property
    def _shift_starts(self) -> list[datetime]:
        return [shift.starts for shift in self.shifts]

    def promises_on(self, subject: "Subject") -> tuple[Promise, ...]:
        """Return the promises sold and the desk's own; without a stream, the strictest."""
        stream = subject.service.stream if subject.service else ""
        strictest = min(self.triage.values(), key=lambda promise: promise.target)
        return (self.triage.get(stream, strictest), *subject.promises)

    def shift_at(self, at: datetime) -> ShiftRef:
        return self.shifts[max(0, bisect_right(self._shift_starts, at) - 1)]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A ticket to generate: its keys, its arrival and its number of messages."""

    id: int
    number: int
    received_at: datetime
    messages: int
    first_message_id: int
    alert_id: int


@dataclass(slots=True)
class Subject:
    """The subject of a ticket."""

    kind: Literal["request", "incident"]
    topic: str
    language: str
    source: str
    impact: int
    urgency: int
    priority: int
    customer: CustomerRef | None
    contact: ContactRef | None
    employee: PersonRef | None
    service: ServiceRef | None
    item_id: int | None
    in_storm: bool

    @property
    def customer_id(self) -> int | None:
        return self.customer.id if self.customer else None

    @property
    def opening(self) -> str:
        """Return the kind of the opening: by a tool, or by a person with a request or an
        incident."""
        return "event" if self.source == "event" else self.kind

    @property
    def promises(self) -> tuple[Promise, ...]:
        return self.service.promises[self.priority] if self.service else ()
