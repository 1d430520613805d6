"""Endpoints of webhooks: one's own, or all for administrators."""

from collections.abc import Sequence
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.webhooks import actions, queries
from opale.webhooks.models import Delivery, Webhook
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

StateName = Annotated[
    Literal["", "queued", "delivered", "failed"],
    Field(description="Only deliveries in this state"),
]
CustomerId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class NewWebhook(Schema):
    """With `customer_id`, only what is about that customer."""

    name: str
    url: str
    events: list[str]
    customer_id: CustomerId | None = None


@router.get("/webhooks", response=Page[WebhookOut], auth=may(USE))
def list_webhooks(request: ActorRequest, window: Query[Window]) -> Slice[Webhook]:
    return page(queries.webhooks(seen_by=request.actor), window, "-id")


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


@router.get("/webhooks/{int:webhook_id}/deliveries", response=Page[DeliveryOut], auth=may(USE))
def list_webhook_deliveries(
    request: ActorRequest, webhook_id: int, window: Query[Window], state: StateName = ""
) -> Slice[Delivery]:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    rows = queries.deliveries(webhook, seen_by=request.actor, state=state)
    return page(rows, window, "-created_at", "-id")


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
