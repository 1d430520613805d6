"""Page of a channel, with the messages sent to it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.messaging import rights
from opale.messaging.listings.outgoing_mails import TONES
from opale.messaging.queries import channels as channel_queries
from opale.messaging.queries import outgoing
from opale.messaging.states import MailState
from opale.ui.keyset import Order, page

NEWEST = Order(("-id",))


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, channel_id: int) -> HttpResponse:
    channel = channel_queries.get_channel(channel_id, seen_by=request.actor)
    rows = page(
        channel_queries.channel_messages(channel, seen_by=request.actor), NEWEST, request.GET
    )
    context = {
        "channel": channel,
        "page": rows,
        "lines": [(row, TONES[MailState(row.state)]) for row in rows.rows],
        "may_edit": channel_queries.may_set_up_channels(request.actor),
        "may_retry": outgoing.may_retry(request.actor),
    }
    template = (
        "messaging/channels/_channel.html" if request.htmx else "messaging/channels/show.html"
    )
    return render(request, template, context)
