"""Endpoints of the channels beside mail."""

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.listings.endpoints import list_endpoint
from opale.messaging import rights
from opale.messaging.listings.channels import CHANNELS
from opale.messaging.models import Channel, ChannelMessage
from opale.messaging.queries import channels as channel_queries
from opale.messaging.shapes import ChannelMessageOut, ChannelOut

router = Router(tags=["messaging"])


list_endpoint(router, "/channels", CHANNELS, ChannelOut, name="list_channels")


@router.get("/channels/{int:channel_id}", response=ChannelOut, auth=may(rights.READ))
def get_channel(request: ActorRequest, channel_id: int) -> Channel:
    return channel_queries.get_channel(channel_id, seen_by=request.actor)


@router.get(
    "/channels/{int:channel_id}/messages", response=Page[ChannelMessageOut], auth=may(rights.READ)
)
def list_channel_messages(
    request: ActorRequest, channel_id: int, window: Query[Window]
) -> Slice[ChannelMessage]:
    channel = channel_queries.get_channel(channel_id, seen_by=request.actor)
    rows = channel_queries.channel_messages(channel, seen_by=request.actor)
    return page(rows, window, "-id")
