"""Endpoints of the channels beside mail."""

from datetime import datetime
from typing import Annotated

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.messaging import rights
from opale.messaging.actions import channels
from opale.messaging.models import Channel, ChannelMessage
from opale.messaging.queries import channels as channel_queries

router = Router(tags=["messaging"])

Address = Annotated[
    str, Field(max_length=2000, description="As apprise writes it; kept encrypted, never shown")
]


class ChannelOut(Schema):
    id: int
    name: str
    scheme: str
    is_on: bool


class NewChannel(Schema):
    name: str
    address: Address


class ChannelChanges(Schema):
    name: str | None = None
    address: Address = ""
    is_on: bool | None = None


class ChannelMessageOut(Schema):
    """`answer` is what was said of it last."""

    id: int
    origin: str
    title: str
    body: str
    state: str
    attempts: int
    answer: str
    created_at: datetime
    next_attempt_at: datetime
    sent_at: datetime | None


@router.get("/channels", response=Page[ChannelOut], auth=may(rights.READ))
def list_channels(request: ActorRequest, window: Query[Window]) -> Slice[Channel]:
    return page(channel_queries.channels(seen_by=request.actor).order_by(), window, "name", "id")


@router.post("/channels", response={201: ChannelOut}, auth=may(rights.MAILBOXES))
def create_channel(request: ActorRequest, body: NewChannel) -> Status[Channel]:
    return Status(201, channels.create_channel(by=request.actor, **body.dict()))


@router.get("/channels/{int:channel_id}", response=ChannelOut, auth=may(rights.READ))
def get_channel(request: ActorRequest, channel_id: int) -> Channel:
    return channel_queries.get_channel(channel_id, seen_by=request.actor)


@router.patch("/channels/{int:channel_id}", response=ChannelOut, auth=may(rights.MAILBOXES))
def edit_channel(request: ActorRequest, channel_id: int, body: ChannelChanges) -> Channel:
    rows = channel_queries.channels(seen_by=request.actor).filter(pk=channel_id)
    with unless_changed(request, rows, ChannelOut) as channel:
        channels.edit_channel(channel, by=request.actor, **body.dict(exclude_unset=True))
    return channel_queries.get_channel(channel_id, seen_by=request.actor)


@router.delete("/channels/{int:channel_id}", response={204: None}, auth=may(rights.MAILBOXES))
def delete_channel(request: ActorRequest, channel_id: int) -> Status[None]:
    channels.delete_channel(
        channel_queries.get_channel(channel_id, seen_by=request.actor), by=request.actor
    )
    return Status(204, None)


@router.post(
    "/channels/{int:channel_id}/test", response={202: ChannelMessageOut}, auth=may(rights.MAILBOXES)
)
def try_channel(request: ActorRequest, channel_id: int) -> Status[ChannelMessage]:
    """Send a test; the answer stands on the message soon after."""
    channel = channel_queries.get_channel(channel_id, seen_by=request.actor)
    return Status(202, channels.try_channel(channel, by=request.actor))


@router.get(
    "/channels/{int:channel_id}/messages", response=Page[ChannelMessageOut], auth=may(rights.READ)
)
def list_channel_messages(
    request: ActorRequest, channel_id: int, window: Query[Window]
) -> Slice[ChannelMessage]:
    channel = channel_queries.get_channel(channel_id, seen_by=request.actor)
    rows = channel_queries.channel_messages(channel, seen_by=request.actor)
    return page(rows, window, "-id")
