"""Endpoints of webhooks: one's own, or all for administrators."""

from collections.abc import Sequence

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.listings.endpoints import list_endpoint
from opale.webhooks import queries
from opale.webhooks.listings import DELIVERIES, WEBHOOKS
from opale.webhooks.models import Webhook
from opale.webhooks.ports import Event
from opale.webhooks.rights import USE
from opale.webhooks.shapes import (
    AttemptOut,
    DeliveryOut,
    EventOut,
    WebhookOut,
    WholeDelivery,
)

router = Router(tags=["webhooks"])


list_endpoint(router, "/webhooks", WEBHOOKS, WebhookOut, name="list_webhooks")


@router.get("/webhooks/events", response=list[EventOut], auth=may(USE))
def list_webhook_events(request: ActorRequest) -> Sequence[Event]:
    """The events that one's webhooks may have."""
    return queries.events_for(request.actor)


@router.get("/webhooks/{int:webhook_id}", response=WebhookOut, auth=may(USE))
def get_webhook(request: ActorRequest, webhook_id: int) -> Webhook:
    return queries.get_webhook(webhook_id, seen_by=request.actor)


list_endpoint(
    router,
    "/webhooks/{int:webhook_id}/deliveries",
    DELIVERIES,
    DeliveryOut,
    name="list_webhook_deliveries",
    text="`state`: only deliveries in this state.",
)


@router.get(
    "/webhooks/{int:webhook_id}/deliveries/{int:delivery_id}",
    response=WholeDelivery,
    auth=may(USE),
)
def get_webhook_delivery(request: ActorRequest, webhook_id: int, delivery_id: int) -> WholeDelivery:
    """With its body, as it was signed, and its newest attempts."""
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    delivery = queries.get_delivery(webhook, delivery_id, seen_by=request.actor)
    attempts = queries.newest_attempts(delivery, seen_by=request.actor)
    return WholeDelivery(
        **DeliveryOut.from_orm(delivery).dict(),
        body=delivery.body,
        attempts=[AttemptOut.from_orm(attempt) for attempt in attempts],
    )
