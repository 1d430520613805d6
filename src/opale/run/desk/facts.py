"""What the desk announces."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from opale.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketReceived(Fact):
    name: ClassVar[str] = "desk.TicketReceived"
    ticket_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOwnerChanged(Fact):
    name: ClassVar[str] = "desk.TicketOwnerChanged"
    ticket_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketClassified(Fact):
    name: ClassVar[str] = "desk.TicketClassified"
    ticket_id: int
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRestored(Fact):
    name: ClassVar[str] = "desk.ServiceRestored"
    ticket_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsResolved(Fact):
    name: ClassVar[str] = "desk.TicketsResolved"
    ticket_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsClosed(Fact):
    name: ClassVar[str] = "desk.TicketsClosed"
    ticket_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentBreached(Fact):
    name: ClassVar[str] = "desk.CommitmentBreached"
    ticket_id: int
    measure: str
    due_at: datetime
