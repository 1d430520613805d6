"""Endpoints of merges, splits, moved messages, links between tickets, families and alerts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from ninja import Field, Router, Schema
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.fields import LongText, Moment
from opale.endpoints.http import ActorRequest
from opale.run.desk import rights
from opale.run.desk.actions import merges as merge_actions
from opale.run.desk.actions import splits, ticket_families
from opale.run.desk.actions.ticket_families import FamilyActInput, FamilyMember
from opale.run.desk.models import Merge, Message, MessageMove, Ticket
from opale.run.desk.queries import links as link_queries
from opale.run.desk.queries import tickets as ticket_queries
from opale.run.desk.shapes.links import LinkOut
from opale.run.desk.shapes.tickets import TicketOut

router = Router()
FamilyAct = Literal["update", "restore", "resolve", "close"]


class MergesIn(Schema):
    """The numbers of the tickets that go on under the one addressed."""

    numbers: list[int]
    reason: LongText = ""


class MergeOut(Schema):
    id: int
    number: int
    into: int
    at: datetime
    by: str

    @staticmethod
    def of(merge: Merge) -> "MergeOut":
        return MergeOut(
            id=merge.pk,
            number=merge.ticket.number,
            into=merge.into.number,
            at=merge.at,
            by=merge.actor_name,
        )


class SplitIn(Schema):
    """The messages that go on as a ticket of their own."""

    message_ids: list[int]
    subject: str = Field("", max_length=300)
    copy_them: bool = False


class MessageMoveIn(Schema):
    number: int
    copy_it: bool = False


class MessageMoveOut(Schema):
    id: int
    message_id: int
    origin: int
    target: int
    copied: bool

    @staticmethod
    def of(move: MessageMove) -> "MessageMoveOut":
        return MessageMoveOut(
            id=move.pk,
            message_id=move.message_id,
            origin=move.origin.number,
            target=move.target.number,
            copied=move.copied_from_id is not None,
        )


class MemberOut(Schema):
    """`seen` is given back as it is with the act: who has changed since is not done blindly."""

    number: int
    parent: bool
    language: str
    recipients: list[str]
    hindrance: str
    seen: str

    @staticmethod
    def of(member: FamilyMember) -> "MemberOut":
        return MemberOut(
            number=member.ticket.number,
            parent=member.parent,
            language=member.ticket.language,
            recipients=list(member.recipients),
            hindrance=member.hindrance,
            seen=member.seen,
        )


class ChosenIn(Schema):
    number: int
    seen: Moment


class FamilyActIn(Schema):
    """`format` says how `said` is to be read."""

    tickets: list[ChosenIn]
    said: dict[Literal["fr", "en"], LongText] = {}
    format: Literal["plain", "markdown"] = "plain"
    at: Moment | None = None
    cause: LongText = ""


@router.get("/tickets/{int:number}/merges", response=list[MergeOut], auth=may(rights.CONSOLE))
def list_merges(request: ActorRequest, number: int) -> list[MergeOut]:
    """What goes on under this number."""
    ticket = ticket_queries.get_ticket(number, seen_by=request.actor)
    rows = link_queries.merges_of(ticket, seen_by=request.actor).select_related("into")
    return [MergeOut.of(merge) for merge in rows]


@router.post("/tickets/{int:number}/merges", response={201: list[MergeOut]}, auth=may(rights.WORK))
def merge_tickets(request: ActorRequest, number: int, body: MergesIn) -> Status[Sequence[MergeOut]]:
    into = ticket_queries.get_ticket(number, seen_by=request.actor)
    tickets = [ticket_queries.get_ticket(one, seen_by=request.actor) for one in body.numbers]
    merges = merge_actions.merge_tickets(tickets, into, by=request.actor, reason=body.reason)
    return Status(201, [MergeOut.of(merge) for merge in merges])


@router.get("/tickets/{int:number}/present", response=TicketOut, auth=may(rights.CONSOLE))
def follow_ticket(request: ActorRequest, number: int) -> Ticket:
    """The ticket under which this number goes on: itself, or whatever it was merged into."""
    return link_queries.get_surviving_ticket(number, seen_by=request.actor)


@router.post("/tickets/{int:number}/splits", response={201: TicketOut}, auth=may(rights.WORK))
def split_ticket(request: ActorRequest, number: int, body: SplitIn) -> Status[Ticket]:
    ticket = ticket_queries.get_ticket(number, seen_by=request.actor)
    chosen = link_queries.get_messages(ticket, body.message_ids, seen_by=request.actor)
    new = splits.split_ticket(
        ticket, chosen, by=request.actor, subject=body.subject, copy=body.copy_them
    )
    return Status(201, new)


@router.get(
    "/tickets/{int:number}/message-moves",
    response=list[MessageMoveOut],
    auth=may(rights.CONSOLE),
)
def list_message_moves(request: ActorRequest, number: int) -> list[MessageMoveOut]:
    """The messages that left this ticket or came to it, also with a split or a merge."""
    ticket = ticket_queries.get_ticket(number, seen_by=request.actor)
    return [
        MessageMoveOut.of(move)
        for move in link_queries.message_moves_of(ticket, seen_by=request.actor)[:200]
    ]


@router.post(
    "/messages/{int:message_id}/move", response={201: MessageMoveOut}, auth=may(rights.WORK)
)
def move_message(
    request: ActorRequest, message_id: int, body: MessageMoveIn
) -> Status[MessageMoveOut]:
    message = link_queries.get_message(message_id, seen_by=request.actor)
    target = ticket_queries.get_ticket(body.number, seen_by=request.actor)
    move = splits.move_message(message, target, by=request.actor, copy=body.copy_it)
    return Status(201, MessageMoveOut.of(move))


@router.get("/tickets/{int:number}/links", response=list[LinkOut], auth=may(rights.CONSOLE))
def list_links(request: ActorRequest, number: int) -> list[LinkOut]:
    ticket = ticket_queries.get_ticket(number, seen_by=request.actor)
    return [
        LinkOut.of(tie) for tie in link_queries.directed_links_of(ticket, seen_by=request.actor)
    ]


@router.get(
    "/tickets/{int:number}/family/{act}", response=list[MemberOut], auth=may(rights.CONSOLE)
)
def preview_family(request: ActorRequest, number: int, act: FamilyAct) -> list[MemberOut]:
    """Which of a parent and its children an act would reach, and whom it would tell."""
    ticket = ticket_queries.get_ticket(number, seen_by=request.actor)
    return [
        MemberOut.of(one)
        for one in ticket_families.preview_family_act(ticket, act, seen_by=request.actor)
    ]


@router.post("/tickets/{int:number}/family/{act}", response=list[int], auth=may(rights.WORK))
def act_on_family(
    request: ActorRequest, number: int, act: FamilyAct, body: FamilyActIn
) -> list[int]:
    """Do it to all of the tickets named, or to none. Answers with their numbers."""
    parent = ticket_queries.get_ticket(number, seen_by=request.actor)
    seen = {
        ticket_queries.get_ticket(one.number, seen_by=request.actor).pk: one.seen
        for one in body.tickets
    }
    said = {str(language): text for language, text in body.said.items()}
    what = FamilyActInput(
        act=act,
        seen=seen,
        said=said,
        at=body.at,
        cause=body.cause,
        text_format=Message.Format(body.format),
    )
    ticket_families.apply_family_act(parent, what, by=request.actor)
    return [one.number for one in body.tickets]
