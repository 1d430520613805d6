"""API shapes of webhooks."""

from datetime import datetime

from ninja import Schema

from opale.webhooks.ports import Event


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


class Replayed(Schema):
    count: int

    @staticmethod
    def resolve_count(count: int) -> int:
        return count
