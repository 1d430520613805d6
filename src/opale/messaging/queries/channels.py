"""Queries on channels and their messages."""

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.messaging import rights
from opale.messaging.models import (
    Channel,
    ChannelMessage,
    ChannelMessageQuerySet,
    ChannelQuerySet,
)
from opale.messaging.states import MailState


def channels(*, seen_by: Actor, text: str = "") -> ChannelQuerySet:
    """Return channels; `text` is a part of the name."""
    rows = Channel.objects.visible_to(seen_by)
    return rows.filter(name__unaccent__icontains=text) if text else rows


def get_channel(channel_id: int, *, seen_by: Actor) -> Channel:
    """Return a channel. Errors: NotFound."""
    found = channels(seen_by=seen_by).filter(pk=channel_id).first()
    if found is None:
        raise NotFound
    return found


def channel_messages(channel: Channel, *, seen_by: Actor) -> ChannelMessageQuerySet:
    rows = ChannelMessage.objects.visible_to(seen_by).filter(channel=channel)
    return rows.select_related("channel")


def get_channel_message(channel: Channel, message_id: int, *, seen_by: Actor) -> ChannelMessage:
    """Return a channel message. Errors: NotFound."""
    found = channel_messages(channel, seen_by=seen_by).filter(pk=message_id).first()
    if found is None:
        raise NotFound
    return found


def failed_channel_messages(actor: Actor) -> ChannelMessageQuerySet:
    """Return the channel messages that were given up, for the rail."""
    rows = ChannelMessage.objects.visible_to(actor).filter(state=MailState.FAILED)
    return rows.exclude(key="")


def may_set_up_channels(actor: Actor) -> bool:
    return actor.can(rights.MAILBOXES)
