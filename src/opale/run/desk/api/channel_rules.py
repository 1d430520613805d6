"""Endpoints of the rules that notify teams and people by a channel."""

from typing import Annotated, Literal

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.organisation.queries.people import get_person
from opale.organisation.queries.teams import get_team
from opale.run.desk.actions import channel_rules
from opale.run.desk.models import ChannelRule
from opale.run.desk.queries import channel_rules as channel_rule_queries
from opale.run.desk.rights import CONSOLE

router = Router()

EventName = Literal["opened", "breached_soon", "breached", "reopened"]


class ChannelRuleOut(Schema):
    """`priority` is the lowest that is told: 2 is P1 and P2."""

    id: int
    team_id: int | None
    person_id: int | None
    channel_id: int
    stream: str
    priority: int
    events: list[str]


class ChannelRuleIn(Schema):
    """A rule of a team, or without one, of oneself."""

    channel_id: int
    team_id: int | None = None
    stream: Literal["", "corporate", "solution"] = ""
    priority: Annotated[int, Field(ge=1, le=5)] = 5
    events: list[EventName]


@router.get("/desk/channel-rules", response=list[ChannelRuleOut], auth=may(CONSOLE))
def list_channel_rules(request: ActorRequest) -> list[ChannelRule]:
    return list(channel_rule_queries.channel_rules(seen_by=request.actor))


@router.post("/desk/channel-rules", response={201: ChannelRuleOut}, auth=may(CONSOLE))
def make_channel_rule(request: ActorRequest, body: ChannelRuleIn) -> Status[ChannelRule]:
    seen, own = {"seen_by": request.actor}, request.actor.person_id or 0
    made = channel_rules.create_channel_rule(
        channel_rule_queries.get_selectable_channel(body.channel_id, **seen),
        by=request.actor,
        team=get_team(body.team_id, **seen) if body.team_id else None,
        person=None if body.team_id else get_person(own, **seen),
        stream=body.stream,
        priority=body.priority,
        events=body.events,
    )
    return Status(201, made)


@router.delete("/desk/channel-rules/{int:rule_id}", response={204: None}, auth=may(CONSOLE))
def end_channel_rule(request: ActorRequest, rule_id: int) -> Status[None]:
    rule = channel_rule_queries.get_channel_rule(rule_id, seen_by=request.actor)
    channel_rules.delete_channel_rule(rule, by=request.actor)
    return Status(204, None)
