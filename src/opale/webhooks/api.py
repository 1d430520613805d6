"""Endpoints of webhooks: one's own, or all for administrators."""

from collections.abc import Sequence
from typing import Annotated

from django.http import HttpResponse
from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.listings.endpoints import list_endpoint
from opale.webhooks import actions, queries
from opale.webhooks.listings import DELIVERIES, WEBHOOKS
from opale.webhooks.models import Webhook
from opale.webhooks.ports import Event
from opale.webhooks.rights import USE
from opale.webhooks.shapes import (
    AttemptOut,
    DeliveryOut,
    EventOut,
    MadeWebhook,
    SecretOut,
    WebhookOut,
    WholeDelivery,
)

router = Router(tags=["webhooks"])

CustomerId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class NewWebhook(Schema):
    """With `customer_id`, only what is about that customer."""

    name: str
    url: str
    events: list[str]
    customer_id: CustomerId | None = None


list_endpoint(router, "/webhooks", WEBHOOKS, WebhookOut, name="list_webhooks")


@router.post("/webhooks", response={201: MadeWebhook}, auth=may(USE))
def create_webhook(
    request: ActorRequest, body: NewWebhook, response: HttpResponse
) -> Status[MadeWebhook]:
    """The secret is in this answer and nowhere else."""
    webhook, secret = actions.create_webhook(by=request.actor, **body.dict())
    response.headers["Cache-Control"] = "no-store"
    return Status(201, MadeWebhook(secret=secret, **WebhookOut.from_orm(webhook).dict()))


@router.get("/webhooks/events", response=list[EventOut], auth=may(USE))
def list_webhook_events(request: ActorRequest) -> Sequence[Event]:
    """The events that one's webhooks may have."""
    return queries.events_for(request.actor)


@router.get("/webhooks/{int:webhook_id}", response=WebhookOut, auth=may(USE))
def get_webhook(request: ActorRequest, webhook_id: int) -> Webhook:
    return queries.get_webhook(webhook_id, seen_by=request.actor)


@router.post("/webhooks/{int:webhook_id}/secret", response=SecretOut, auth=may(USE))
def rotate_webhook_secret(
    request: ActorRequest, webhook_id: int, response: HttpResponse
) -> SecretOut:
    """A new secret, in this answer and nowhere else; the old one signs beside it for a day."""
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    secret = actions.rotate_secret(webhook, by=request.actor)
    response.headers["Cache-Control"] = "no-store"
    fresh = queries.get_webhook(webhook_id, seen_by=request.actor)
    return SecretOut(secret=secret, previous_until=fresh.previous_until)


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
