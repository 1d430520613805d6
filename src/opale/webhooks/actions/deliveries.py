"""Store a delivery for each webhook that wants a fact; queue, replay and delete deliveries."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from procrastinate.contrib.django import app

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotAllowed
from opale.kernel.facts import Fact
from opale.kernel.isolation import as_application, as_customers
from opale.kernel.states import perform
from opale.organisation.queries.identity import actor_of
from opale.webhooks import queries, rights
from opale.webhooks.models import Delivery, Webhook, WebhooksQuerySet
from opale.webhooks.ports import Event, EventContent
from opale.webhooks.states import PAUSED, REPLAY, DeliveryState

SENDING_JOB = "webhooks.send_delivery"


OVERDUE = timedelta(minutes=10)


KEPT_FOR = timedelta(days=30)


SWEPT_AT_ONCE = 1000


FORGOTTEN_AT_ONCE = 10_000


def replay_delivery(delivery: Delivery, *, by: Actor) -> None:
    """Send a delivery again under the same id, whatever its outcome.

    Errors: NotFound, NotAllowed, IllegalMove (it still waits to be sent).
    """
    require_use(by)
    with as_application(), attributed(by):
        _replay(Delivery.objects.visible_to(by).filter(pk=delivery.pk), by=by)
        publish(delivery.webhook)


def replay_failed(webhook: Webhook, *, since: datetime, by: Actor) -> int:
    """Send again the failed deliveries of events since then; return how many.

    Errors: NotAllowed.
    """
    require_use(by)
    with as_application(), attributed(by):
        rows = queries.failed_deliveries(webhook, since=since, seen_by=by)
        found = list(rows.order_by("pk").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
        if found:
            _replay(rows.filter(pk__in=found), by=by)
            publish(webhook)
    return len(found)


def prepare_deliveries(event: Event, fact: Fact, by: Actor) -> None:
    """Write a delivery for each webhook that wants the event, with what its owner may see."""
    now = clock.now()
    asking = Webhook.objects.filter(events__contains=[event.name]).select_related("owner")
    with attributed(by):
        for webhook in asking.order_by("pk"):
            for told in _told(event, fact, webhook):
                queue(webhook, event.name, told, now)


def wake_overdue_deliveries() -> int:
    """Queue again the deliveries that are overdue, in case their job was lost."""
    now = clock.now()
    overdue = Delivery.objects.filter(state=DeliveryState.QUEUED, next_attempt_at__lt=now - OVERDUE)
    with transaction.atomic():
        rows = overdue.order_by("next_attempt_at").select_for_update(skip_locked=True)
        found = list(rows.values_list("pk", flat=True)[:SWEPT_AT_ONCE])
        # Not overdue again before the job had its time.
        Delivery.objects.filter(pk__in=found).update(next_attempt_at=now)
        for delivery_id in found:
            defer(delivery_id)
    return len(found)


def delete_old_deliveries() -> int:
    """Delete deliveries, with their attempts, after KEPT_FOR."""
    old = Delivery.objects.filter(created_at__lt=clock.now() - KEPT_FOR).order_by("created_at")
    found = list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    Delivery.objects.filter(pk__in=found).delete()
    return len(found)


def require_use(by: Actor) -> None:
    """Refuse who may not use webhooks. Errors: NotAllowed."""
    if not by.can(rights.USE):
        raise NotAllowed


def publish(webhook: Webhook) -> None:
    """Have the pages of a webhook drawn anew."""
    live_topics.publish(queries.topic_of(webhook))


def _told(event: Event, fact: Fact, webhook: Webhook) -> list[EventContent]:
    """Return what the owner may see of the fact; for a contact, also limited by the portal role."""
    actor = actor_of(webhook.owner)
    if not actor.can(rights.USE) or not actor.can(event.right):
        return []
    if actor.kind == "contact":
        scope = actor.scope(event.right)
        with as_customers(scope.customers if scope else (), login=actor.user_id):
            told = list(event.tell(fact, actor))
    else:
        told = list(event.tell(fact, actor))
    wanted = webhook.customer_id
    return [one for one in told if wanted is None or one.customer_id == wanted]


def queue(webhook: Webhook, event: str, told: EventContent, at: datetime) -> Delivery:
    """Store a delivery and send it; during a pause, keep it for a replay."""
    enclosed = {"type": event, "timestamp": at, "data": told.data}
    body = told.data if told.whole else enclosed
    delivery = Delivery.objects.create(
        webhook=webhook,
        owner_id=webhook.owner_id,
        message_id=f"msg_{uuid4().hex}",
        event=event,
        # The same format as in the API.
        body=json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")),
        created_at=at,
        next_attempt_at=at,
        # Events during a pause can be replayed afterwards.
        state=DeliveryState.FAILED if webhook.pause else DeliveryState.QUEUED,
        last_error=PAUSED if webhook.pause else "",
    )
    if not webhook.pause:
        defer(delivery.pk)
    publish(webhook)
    return delivery


def defer(delivery_id: int, *, after: timedelta = timedelta()) -> None:
    """Defer the job of a delivery. A second job does no harm: each claims the delivery first."""
    schedule = {"seconds": int(after.total_seconds())} if after else None
    app.configure_task(SENDING_JOB, schedule_in=schedule).defer(delivery_id=delivery_id)


def _replay(rows: WebhooksQuerySet[Delivery], *, by: Actor) -> None:
    now = clock.now()
    moved = perform(
        REPLAY, rows, by=by, at=now, tries=0, last_error="", next_attempt_at=now, delivered_at=None
    )
    for delivery_id in moved:
        defer(delivery_id)
