"""Endpoints of calls, of the tickets they are about, and of missed calls as work."""

from datetime import datetime
from typing import Literal

from ninja import Query, Router, Schema
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.fields import Moment
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.run.desk.queries.tickets import get_ticket
from opale.run.telephone import rights
from opale.run.telephone.actions import missed_calls, tickets
from opale.run.telephone.models import Call
from opale.run.telephone.queries import calls
from opale.run.telephone.states import Dismissal

router = Router(tags=["telephone"])

StateName = Literal["ringing", "answered", "ended", "missed"]
DirectionName = Literal["in", "out"]
FollowUpName = Literal["none", "open", "taken", "done", "dismissed"]
DismissalName = Literal["spoken", "unreachable", "wrong_number", "unwanted"]


class CallOut(Schema):
    """`number` is the other party's as the telephone system wrote it, `number_e164` as it is
    compared; `line` is ours. `seconds` is how long they spoke, where that is known. `follow_up` is
    what a missed call is as work."""

    id: int
    direction: DirectionName
    state: StateName
    number: str
    number_e164: str
    line: str
    queue: str
    cause: str
    began_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    seconds: int | None
    agent_id: int | None
    customer_id: int | None
    contact_id: int | None
    ticket_number: int | None
    follow_up: FollowUpName
    followed_by_id: int | None
    followed_at: datetime | None
    dismissal: str
    integration_id: int | None

    @staticmethod
    def resolve_seconds(call: Call) -> int | None:
        return None if call.length is None else int(call.length.total_seconds())

    @staticmethod
    def resolve_ticket_number(call: Call) -> int | None:
        return call.ticket.number if call.ticket else None


class CallsAsked(Window):
    state: StateName | None = None
    direction: DirectionName | None = None
    follow_up: FollowUpName | None = None
    customer_id: int | None = None
    since: Moment | None = None


class OnTicket(Schema):
    number: int = Field(gt=0, lt=10**18)


class WhyNot(Schema):
    why: DismissalName


@router.get("/calls", response=Page[CallOut], auth=may(rights.READ))
def list_calls(request: ActorRequest, asked: Query[CallsAsked], q: SearchText = "") -> Slice[Call]:
    """The newest first; `q` is a number, or words of a contact or customer."""
    found = calls.filter_calls(
        calls.calls(seen_by=request.actor),
        state=asked.state,
        direction=asked.direction,
        follow_up=asked.follow_up,
        customer_id=asked.customer_id,
        since=asked.since,
    )
    return page(calls.search_calls(found, q) if q else found, asked, "-began_at", "-id")


@router.get("/calls/{int:call_id}", response=CallOut, auth=may(rights.READ))
def get_call(request: ActorRequest, call_id: int) -> Call:
    return calls.get_call(call_id, seen_by=request.actor)


@router.post("/calls/{int:call_id}/ticket", response=CallOut, auth=may(rights.WORK))
def put_call_on_ticket(request: ActorRequest, call_id: int, body: OnTicket) -> Call:
    """The call was about this ticket: it stands on it with its length."""
    call = calls.get_call(call_id, seen_by=request.actor)
    ticket = get_ticket(body.number, seen_by=request.actor)
    tickets.link_call_to_ticket(call, ticket, by=request.actor)
    return calls.get_call(call_id, seen_by=request.actor)


@router.post("/calls/{int:call_id}/calling-back", response=CallOut, auth=may(rights.WORK))
def call_back(request: ActorRequest, call_id: int) -> Call:
    """Say that one calls back: others see who does."""
    missed_calls.call_back(calls.get_call(call_id, seen_by=request.actor), by=request.actor)
    return calls.get_call(call_id, seen_by=request.actor)


@router.post("/calls/{int:call_id}/dismissal", response=CallOut, auth=may(rights.WORK))
def dismiss_call(request: ActorRequest, call_id: int, body: WhyNot) -> Call:
    """Nobody has to call back, for this reason."""
    call = calls.get_call(call_id, seen_by=request.actor)
    missed_calls.dismiss_call(call, Dismissal(body.why), by=request.actor)
    return calls.get_call(call_id, seen_by=request.actor)
