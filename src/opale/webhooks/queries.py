"""Queries on webhooks and their deliveries."""

from datetime import datetime

from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.reference_cache import cached
from opale.organisation.models import User
from opale.organisation.queries.identity import actor_of
from opale.webhooks import ports
from opale.webhooks.models import Attempt, Delivery, Webhook, WebhooksQuerySet
from opale.webhooks.states import DeliveryState, Health

PING = "ping"
"""The event without content, by which a receiver is tried."""


ATTEMPTS_SHOWN = 50


BY_OPALE = (Webhook.Pause.FAILING, Webhook.Pause.GONE)
HEALTH = {
    Health.ACTIVE: Q(pause="", failing_since=None),
    Health.FAILING: Q(pause="", failing_since__isnull=False),
    Health.PAUSED: Q(pause=Webhook.Pause.ASKED),
    Health.STOPPED: Q(pause__in=BY_OPALE),
}


def health_of(webhook: Webhook) -> Health:
    """Return whether events are sent, and whether they arrive."""
    if webhook.pause:
        return Health.PAUSED if webhook.pause == Webhook.Pause.ASKED else Health.STOPPED
    return Health.FAILING if webhook.failing_since else Health.ACTIVE


def webhooks(*, seen_by: Actor, text: str = "", health: str = "") -> WebhooksQuerySet[Webhook]:
    """Return webhooks: those whose name or address has the text, and that do like this."""
    found = Webhook.objects.visible_to(seen_by)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(url__icontains=text))
    return found.filter(HEALTH[Health(health)]) if health else found


def get_webhook(webhook_id: int, *, seen_by: Actor) -> Webhook:
    """Return a webhook. Errors: NotFound."""
    webhook = webhooks(seen_by=seen_by).filter(pk=webhook_id).first()
    if webhook is None:
        raise NotFound
    return webhook


def deliveries(
    webhook: Webhook | None = None, *, seen_by: Actor, text: str = "", state: str = ""
) -> WebhooksQuerySet[Delivery]:
    """Return deliveries of a webhook, or of all: of events that have the text, or with that id."""
    found = Delivery.objects.visible_to(seen_by)
    if seen_by.token_id is not None:
        # A token shows no event that its scopes leave out, though its login has it.
        named = [event.name for event in events_for(seen_by)]
        found = found.filter(event__in=[*named, PING])
    if webhook is not None:
        found = found.filter(webhook=webhook)
    if text:
        found = found.filter(Q(event__icontains=text) | Q(message_id=text))
    return found.filter(state=state) if state else found


def get_delivery(webhook: Webhook, delivery_id: int, *, seen_by: Actor) -> Delivery:
    """Return a delivery. Errors: NotFound."""
    delivery = deliveries(webhook, seen_by=seen_by).filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound
    delivery.webhook = webhook
    return delivery


def newest_attempts(delivery: Delivery, *, seen_by: Actor) -> list[Attempt]:
    """Return the newest attempts of a delivery, the newest first."""
    found = Attempt.objects.visible_to(seen_by).filter(delivery=delivery)
    return list(found.order_by("-at", "-id")[:ATTEMPTS_SHOWN])


def failed_deliveries(
    webhook: Webhook, *, since: datetime, seen_by: Actor
) -> WebhooksQuerySet[Delivery]:
    """Return the failed deliveries of events since then."""
    rows = deliveries(webhook, seen_by=seen_by, state=DeliveryState.FAILED)
    return rows.filter(created_at__gte=since)


def owner_of(webhook: Webhook) -> Actor:
    """Return the owner as an actor, with the owner's present rights."""
    return actor_of(User.objects.get(pk=webhook.owner_id))


def rights_holder_of(webhook: Webhook, *, seen_by: Actor) -> Actor:
    """Return the actor whose rights limit the webhook: its owner, whoever looks at it.

    Contacts see their own alone, and may not read logins.
    """
    return seen_by if seen_by.user_id == webhook.owner_id else owner_of(webhook)


def events_for(actor: Actor) -> list[ports.Event]:
    """Return the events that the actor may receive."""
    return [event for event in ports.events() if actor.can(event.right)]


def paused_webhooks(actor: Actor) -> WebhooksQuerySet[Webhook]:
    """Return the webhooks that Opale has paused, for the rail."""
    return webhooks(seen_by=actor).filter(pause__in=BY_OPALE)


@cached(1)
def subscribed_event_names() -> frozenset[str]:
    """Return the events that any webhook wants; paused ones count, because of replays."""
    return frozenset().union(*Webhook.objects.values_list("events", flat=True))


def topic_of(webhook: Webhook) -> str:
    """Return the live topic of one webhook with its deliveries."""
    return f"webhooks.webhook:{webhook.pk}"
