"""Endpoints of mail on tickets: originals, participants, proposed links, mailboxes, breakers."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from ninja import Router, Schema
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import unless_changed, unless_resource_changed
from opale.run.desk import rights
from opale.run.desk.actions import participants
from opale.run.desk.models import (
    Breaker,
    MailboxRules,
    Participant,
    ProposedLink,
    ReceivedMail,
    Ticket,
)
from opale.run.desk.queries import incoming_mail, ticket_lists, tickets
from opale.run.desk.shapes.desk_settings import MailboxRulesOut
from opale.run.desk.shapes.tickets import TicketOut

router = Router()


class ClueOut(Schema):
    """What spoke for a ticket, and how much."""

    kind: str
    said: str
    weight: int
    number: int


class ReceivedMailOut(Schema):
    """A mail that is a message. `proof` is whether its sender is who it says: proven, believed,
    unproven or forged. `why` names the tickets that the reader sees alone."""

    message_id: int
    address: str
    name: str
    reply_to: str
    to: list[str]
    cc: list[str]
    proof: str
    automatic: str
    why: list[ClueOut]
    quoted: str
    left_out: list[dict[str, str]]


class ParticipantOut(Schema):
    id: int
    address: str
    name: str
    state: str
    since: datetime
    decided_at: datetime | None


class ParticipantIn(Schema):
    state: Literal["accepted", "removed"]


class ProposedLinkOut(Schema):
    """`number` is the ticket that the mail named."""

    number: int
    subject: str
    reason: str
    state: str
    at: datetime

    @staticmethod
    def of(link: ProposedLink) -> "ProposedLinkOut":
        return ProposedLinkOut(
            number=link.other.number,
            subject=link.other.subject,
            reason=link.reason,
            state=link.state,
            at=link.at,
        )


class ProposedLinkIn(Schema):
    state: Annotated[
        Literal["joined", "refused", "open"], Field(description="open: take a refusal back")
    ]


class BreakerOut(Schema):
    """Mail that came too fast; it holds back until `until`, and closes by itself."""

    kind: str
    address: str
    ticket: int | None
    opened_at: datetime
    until: datetime
    held: int

    @staticmethod
    def resolve_ticket(row: Breaker) -> int | None:
        shown = row.ticket is not None and not row.ticket.confidential
        return row.ticket.number if row.ticket and shown else None


@router.get("/messages/{int:message_id}/mail", response=ReceivedMailOut, auth=may(rights.CONSOLE))
def get_received_mail(request: ActorRequest, message_id: int) -> ReceivedMail:
    row = incoming_mail.get_received_mail(message_id, seen_by=request.actor)
    named = {clue["number"] for clue in row.why}
    rows = ticket_lists.tickets_of(seen_by=request.actor).filter(number__in=named)
    seen = set(rows.values_list("number", flat=True))
    row.why = [clue for clue in row.why if clue["number"] in seen]
    return row


@router.get(
    "/tickets/{int:number}/participants", response=list[ParticipantOut], auth=may(rights.CONSOLE)
)
def list_participants(request: ActorRequest, number: int) -> list[Participant]:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return list(ticket.participants.all())


@router.patch("/participants/{int:participant_id}", response=ParticipantOut, auth=may(rights.WORK))
def decide_participant(
    request: ActorRequest, participant_id: int, body: ParticipantIn
) -> Participant:
    """Let somebody who wrote by mail take part in the ticket, or not any more."""
    row = incoming_mail.get_participant(participant_id, seen_by=request.actor)
    act = (
        participants.accept_participant
        if body.state == "accepted"
        else participants.remove_participant
    )

    def shown() -> ParticipantOut:
        found = incoming_mail.get_participant(participant_id, seen_by=request.actor)
        return ParticipantOut.from_orm(found)

    with unless_resource_changed(request, f"desk.participant:{participant_id}", shown):
        act(row, by=request.actor)
    return incoming_mail.get_participant(participant_id, seen_by=request.actor)


@router.get(
    "/tickets/{int:number}/proposed-link", response=ProposedLinkOut, auth=may(rights.CONSOLE)
)
def get_proposed_link(request: ActorRequest, number: int) -> ProposedLinkOut:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return ProposedLinkOut.of(incoming_mail.get_proposed_link(ticket, seen_by=request.actor))


@router.patch(
    "/tickets/{int:number}/proposed-link", response=ProposedLinkOut, auth=may(rights.WORK)
)
def decide_proposed_link(
    request: ActorRequest, number: int, body: ProposedLinkIn
) -> ProposedLinkOut:
    """Let the ticket go on under the number that its mail named, or say that they are two."""
    acts: dict[str, Callable[..., object]] = {
        "joined": participants.accept_proposed_link,
        "refused": participants.refuse_proposed_link,
        "open": participants.reopen_proposed_link,
    }

    def shown(ticket: Ticket) -> ProposedLinkOut:
        return ProposedLinkOut.of(incoming_mail.get_proposed_link(ticket, seen_by=request.actor))

    rows = tickets.tickets_numbered(number, seen_by=request.actor)
    with unless_changed(request, rows, TicketOut, part=lambda t: shown(t).dict()) as ticket:
        acts[body.state](ticket, by=request.actor)
    return shown(ticket)


@router.get(
    "/mail/mailboxes/{int:mailbox_id}/rules", response=MailboxRulesOut, auth=may(rights.ADMINISTER)
)
def get_mailbox_rules(request: ActorRequest, mailbox_id: int) -> MailboxRules:
    """How the desk takes what comes to the mailbox."""
    return incoming_mail.rules_of(incoming_mail.get_mailbox(mailbox_id, seen_by=request.actor))


@router.get("/mail/breakers", response=list[BreakerOut], auth=may(rights.CONSOLE))
def list_breakers(request: ActorRequest) -> list[Breaker]:
    """Mail that comes too fast now, and that did lately; the newest 50."""
    return incoming_mail.breakers()
