"""Endpoints of webhooks: one's own, or all for administrators."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.webhooks import actions, queries
from opale.webhooks.models import Delivery, Webhook
from opale.webhooks.ports import Event
from opale.webhooks.rights import USE

router = Router(tags=["webhooks"])

StateName = Annotated[
    Literal["", "queued", "delivered", "failed"],
    Field(description="Only deliveries in this state"),
]
CustomerId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class WebhookOut(Schema):
    """`pause` says why nothing is sent: `asked`, `failing` or `gone`; empty while it is."""

    id: int
    name: str
    url: str
    events: list[str]
    customer_id: int | None
    pause: str
    paused_at: datetime | None
    failing_since: datetime | None
    previous_until: datetime | None
    created_at: datetime
    created_by: str


class MadeWebhook(WebhookOut):
    """`secret` is in this answer and nowhere else."""

    secret: str


class NewWebhook(Schema):
    """With `customer_id`, only what is about that customer."""

    name: str
    url: str
    events: list[str]
    customer_id: CustomerId | None = None


class WebhookChanges(Schema):
    name: str = ""
    url: str = ""
    events: list[str] = []
    paused: bool = False


class SecretOut(Schema):
    """The secret before this one signs beside it until `previous_until`."""

    secret: str
    previous_until: datetime | None


class EventOut(Schema):
    name: str
    label: str

    @staticmethod
    def resolve_label(event: Event) -> str:
        return str(event.label)


class AttemptOut(Schema):
    at: datetime
    status: int | None
    error: str
    duration_ms: int
    answer: str


class DeliveryOut(Schema):
    """`message_id` is the header `webhook-id`, the same at every attempt and replay."""

    id: int
    message_id: str
    event: str
    state: str
    tries: int
    last_error: str
    created_at: datetime
    next_attempt_at: datetime
    delivered_at: datetime | None


class WholeDelivery(DeliveryOut):
    body: str
    attempts: list[AttemptOut]


class ReplayIn(Schema):
    since: AwareDatetime


class Replayed(Schema):
    count: int


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


@router.patch("/webhooks/{int:webhook_id}", response=WebhookOut, auth=may(USE))
def edit_webhook(request: ActorRequest, webhook_id: int, body: WebhookChanges) -> Webhook:
    """`paused` false sends again, also after Opale has paused it."""
    said = body.dict(exclude_unset=True)
    paused = said.pop("paused", None)
    rows = queries.webhooks(seen_by=request.actor).filter(pk=webhook_id)
    with unless_changed(request, rows, WebhookOut) as webhook:
        if said:
            actions.edit_webhook(webhook, by=request.actor, **said)
        if paused is True:
            actions.pause_webhook(webhook, by=request.actor)
        elif paused is False:
            actions.resume_webhook(webhook, by=request.actor)
    return queries.get_webhook(webhook_id, seen_by=request.actor)


@router.delete("/webhooks/{int:webhook_id}", response={204: None}, auth=may(USE))
def delete_webhook(request: ActorRequest, webhook_id: int) -> Status[None]:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    actions.delete_webhook(webhook, by=request.actor)
    return Status(204, None)


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


@router.post("/webhooks/{int:webhook_id}/ping", response={201: DeliveryOut}, auth=may(USE))
def ping_webhook(request: ActorRequest, webhook_id: int) -> Status[Delivery]:
    """Send the event `ping`, to try the receiver."""
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    return Status(201, actions.ping_webhook(webhook, by=request.actor))


@router.post("/webhooks/{int:webhook_id}/replay", response=Replayed, auth=may(USE))
def replay_webhook(request: ActorRequest, webhook_id: int, body: ReplayIn) -> Replayed:
    """Send again, under the same ids, what was given up of the events since a time."""
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    count = actions.replay_failed(webhook, since=body.since, by=request.actor)
    return Replayed(count=count)


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


@router.post(
    "/webhooks/{int:webhook_id}/deliveries/{int:delivery_id}/replay",
    response=DeliveryOut,
    auth=may(USE),
)
def replay_webhook_delivery(request: ActorRequest, webhook_id: int, delivery_id: int) -> Delivery:
    """Send it again under the same id, whatever came of it."""
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    delivery = queries.get_delivery(webhook, delivery_id, seen_by=request.actor)
    actions.replay_delivery(delivery, by=request.actor)
    return queries.get_delivery(webhook, delivery_id, seen_by=request.actor)
