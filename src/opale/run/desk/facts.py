"""Facts that the desk announces."""

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
class TicketsMoved(Fact):
    """Tickets changed their state: they were taken, put on hold, resolved, reopened..."""

    name: ClassVar[str] = "desk.TicketsMoved"
    ticket_ids: tuple[int, ...]
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Fact):
    """A requester wrote on a ticket that exists already."""

    name: ClassVar[str] = "desk.MessageReceived"
    ticket_id: int
    message_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(Fact):
    """A message to the customer was written."""

    name: ClassVar[str] = "desk.MessageSent"
    ticket_id: int
    message_id: int
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
class TicketsCancelled(Fact):
    name: ClassVar[str] = "desk.TicketsCancelled"
    ticket_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketReopened(Fact):
    name: ClassVar[str] = "desk.TicketReopened"
    ticket_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentBreached(Fact):
    name: ClassVar[str] = "desk.CommitmentBreached"
    ticket_id: int
    measure: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InterventionAgreed(Fact):
    name: ClassVar[str] = "desk.InterventionAgreed"
    ticket_id: int
    intervention_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsMerged(Fact):
    name: ClassVar[str] = "desk.TicketsMerged"
    into_id: int
    ticket_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeUndone(Fact):
    name: ClassVar[str] = "desk.MergeUndone"
    ticket_id: int
    into_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketSplit(Fact):
    name: ClassVar[str] = "desk.TicketSplit"
    ticket_id: int
    origin_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsLinked(Fact):
    name: ClassVar[str] = "desk.TicketsLinked"
    ticket_id: int
    kind: str
    other_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkAsked(Fact):
    name: ClassVar[str] = "desk.WorkAsked"
    assignment_id: int
    ticket_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkAccepted(Fact):
    name: ClassVar[str] = "desk.WorkAccepted"
    assignment_id: int
    ticket_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkReturned(Fact):
    name: ClassVar[str] = "desk.WorkReturned"
    assignment_id: int
    ticket_id: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFinished(Fact):
    name: ClassVar[str] = "desk.WorkFinished"
    assignment_id: int
    ticket_id: int
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkWithdrawn(Fact):
    name: ClassVar[str] = "desk.WorkWithdrawn"
    assignment_id: int
    ticket_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerProposed(Fact):
    name: ClassVar[str] = "desk.AnswerProposed"
    answer_id: int
    ticket_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDecided(Fact):
    name: ClassVar[str] = "desk.AnswerDecided"
    answer_id: int
    ticket_id: int
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRouted(Fact):
    """Where a request goes: request, change or order; by rule, or by somebody who overrode it."""

    name: ClassVar[str] = "desk.RequestRouted"
    ticket_id: int
    route: str
    overridden: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAsked(Fact):
    name: ClassVar[str] = "desk.ApprovalAsked"
    ticket_id: int
    approval_id: int
    authority: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDecided(Fact):
    name: ClassVar[str] = "desk.ApprovalDecided"
    ticket_id: int
    approval_id: int
    granted: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRejected(Fact):
    name: ClassVar[str] = "desk.TicketRejected"
    ticket_id: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceSaid(Fact):
    """The official sentence of an incident is another, or was withdrawn."""

    name: ClassVar[str] = "desk.SentenceSaid"
    sentence_id: int
    ticket_id: int
    at: datetime
