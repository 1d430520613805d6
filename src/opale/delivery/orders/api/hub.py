"""Endpoint `/hub`: registers an address for notifications of orders, sent by the webhook outbox.

A hub is a webhook of its owner: it sends what the owner may see, retries, can be paused, and is
listed on the owner's page of webhooks.
"""

from typing import Any, Final

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from opale.delivery.orders.api.notifications import events_of
from opale.delivery.orders.api.resources import OpenApi
from opale.endpoints.http import ActorRequest
from opale.endpoints.tmf import Handler, body_of, resource_view
from opale.kernel.errors import Invalid, NotFound
from opale.webhooks.actions.webhooks import create_webhook, delete_webhook
from opale.webhooks.models import Webhook
from opale.webhooks.queries import get_webhook

USE: Final = "webhooks.use"
LONGEST_ID: Final = 18


def hubs(api: OpenApi) -> Handler:
    def post(request: ActorRequest) -> HttpResponse:
        body = body_of(request)
        callback, query = body.get("callback"), body.get("query") or ""
        if not isinstance(callback, str) or not isinstance(query, str):
            raise Invalid(callback=_("Give a text."))
        webhook, _secret = create_webhook(
            by=request.actor, name=f"{api.type} hub", url=callback, events=_asked(query, api)
        )
        found: dict[str, Any] = {"id": str(webhook.pk), "callback": callback, "query": query}
        return JsonResponse(found, status=201, headers={"Location": f"{_root(api)}/{webhook.pk}"})

    return resource_view(USE, post=post)


def hub(api: OpenApi) -> Handler:
    def delete(request: ActorRequest, hub_id: str) -> HttpResponse:
        delete_webhook(_hub(hub_id, request, api), by=request.actor)
        return HttpResponse(status=204)

    return resource_view(USE, delete=delete)


def _hub(hub_id: str, request: ActorRequest, api: OpenApi) -> Webhook:
    """Return the hub. Errors: NotFound, also for a webhook that is not a hub of this API."""
    if not (hub_id.isascii() and hub_id.isdecimal()) or len(hub_id) > LONGEST_ID:
        raise NotFound
    webhook = get_webhook(int(hub_id), seen_by=request.actor)
    if not set(webhook.events) <= set(events_of(api)):
        raise NotFound
    return webhook


def _asked(query: str, api: OpenApi) -> list[str]:
    """Return all event types, or those of `eventType=ProductOrderCreateEvent,...`.

    Errors: Invalid.
    """
    known = events_of(api)
    wanted = []
    for part in filter(None, query.lstrip("?").split("&")):
        name, _equals, names = part.partition("=")
        chosen = [one.strip() for one in names.split(",")]
        if name != "eventType" or not set(chosen) <= set(known):
            raise Invalid(
                query=_("Choose events as eventType=%(name)s.") % {"name": ",".join(known[:2])}
            )
        wanted += chosen
    return wanted or known


def _root(api: OpenApi) -> str:
    return f"{api.root.rpartition('/')[0]}/hub"
