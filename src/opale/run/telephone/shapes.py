"""Answers of the endpoints of calls."""

from datetime import datetime
from typing import Any, Literal

from ninja import Schema

from opale.run.telephone.models import Call
from opale.run.telephone.queries.calls import visible_ticket

StateName = Literal["ringing", "answered", "ended", "missed"]
DirectionName = Literal["in", "out"]
FollowUpName = Literal["none", "open", "taken", "done", "dismissed"]


class CallOut(Schema):
    """`number` is the other party's as the telephone system wrote it, `number_e164` as it is
    compared; `line` is ours. `seconds` is how long they spoke, where that is known. `follow_up` is
    what a missed call is as work. `ticket_number` is there for those who may see the ticket."""

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
    def resolve_ticket_number(call: Call, context: Any) -> int | None:
        ticket = visible_ticket(call, seen_by=context["request"].actor)
        return ticket.number if ticket else None
