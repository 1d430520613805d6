"""Webhooks: stored where the fact is handled, sent by a job, signed, retried, replayed.

Delivery is at least once: a crash between the receiver's answer and the record makes a second
attempt. It carries the same `webhook-id`, by which the receiver folds the two.
"""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from cryptography.fernet import InvalidToken
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.kernel.facts import Fact
from opale.kernel.isolation import as_application, as_customers
from opale.kernel.locks import take_locks
from opale.kernel.states import perform
from opale.organisation.queries.identity import actor_of
from opale.webhooks import queries, rights
from opale.webhooks.domain import http_post, signing
from opale.webhooks.models import Attempt, Delivery, Webhook, WebhooksQuerySet
from opale.webhooks.ports import Event, EventContent, event_named
from opale.webhooks.states import NOT_ALLOWED, PAUSED, REPLAY, UNREADABLE, DeliveryState

SENDING_JOB = "webhooks.send_delivery"
PING = "ping"
RETRY_DELAYS = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 1440))
"""Pauses before each new attempt: the last one is made some 32 hours after the first."""
CLAIM_TIME = timedelta(minutes=2)
"""Longer than one talk with a receiver: a sender that is silent for so long is dead."""
MAX_CONCURRENT_DELIVERIES = 2
"""Attempts at one receiver at the same time: a slow one cannot occupy every sender."""
BUSY_DELAY = timedelta(seconds=15)
MAX_FAILING_TIME = timedelta(days=5)
OVERLAP = timedelta(hours=24)
OVERDUE = timedelta(minutes=10)
KEPT_FOR = timedelta(days=30)
SWEPT_AT_ONCE = 1000
FORGOTTEN_AT_ONCE = 10_000
GONE = 410
USER_AGENT = "Opale-Webhooks/1"


def create_webhook(
    *, by: Actor, name: str, url: str, events: Collection[str], customer_id: int | None = None
) -> tuple[Webhook, str]:
    """Make a webhook of the actor's own; return it with the secret, shown only once.

    Errors: NotAllowed, Invalid.
    """
    if by.user_id is None or not by.can(rights.USE):
        raise NotAllowed
    fields = _checked(queries.events_for(by), name=name, url=url, events=events)
    secret = signing.new_secret()
    with as_application(), attributed(by):
        webhook = Webhook.objects.create(
            owner_id=by.user_id,
            customer_id=customer_id,
            secret=signing.encrypt_secret(secret),
            created_by=by.name[:200],
            **fields,
        )
        _touch(webhook)
    return webhook, secret


def edit_webhook(webhook: Webhook, *, by: Actor, paused: bool | None = None, **fields: Any) -> None:
    """Change `name`, `url` or `events`, pause or resume; the owner's rights apply, whoever does it.

    Errors: NotFound, NotAllowed, Invalid.
    """
    if fields:
        holder = queries.rights_holder_of(webhook, seen_by=by)
        fields = _checked(queries.events_for(holder), **fields)
        with as_application(), attributed(by):
            if not _own(webhook, by).update(**fields):
                raise NotFound
            _touch(webhook)
    if paused is not None:
        (pause_webhook if paused else resume_webhook)(webhook, by=by)


def delete_webhook(webhook: Webhook, *, by: Actor) -> None:
    """Delete a webhook with its deliveries. Errors: NotFound, NotAllowed."""
    with as_application(), attributed(by):
        _locked(webhook, by).delete()
        _touch(webhook)


def pause_webhook(webhook: Webhook, *, by: Actor) -> None:
    """Pause a webhook: events meanwhile are stored for a replay. Errors: NotFound, NotAllowed."""
    with as_application(), attributed(by):
        _pause(_locked(webhook, by), Webhook.Pause.ASKED)


def resume_webhook(webhook: Webhook, *, by: Actor) -> None:
    """Resume a webhook, with its failures reset. Errors: NotFound, NotAllowed."""
    with as_application(), attributed(by):
        locked = _locked(webhook, by)
        locked.pause, locked.paused_at, locked.failing_since = "", None, None
        locked.save(update_fields=["pause", "paused_at", "failing_since"])
        _touch(webhook)


def rotate_secret(webhook: Webhook, *, by: Actor) -> str:
    """Return a new secret, shown only once; the old one signs beside it for OVERLAP.

    Errors: NotFound, NotAllowed.
    """
    secret = signing.new_secret()
    with as_application(), attributed(by):
        locked = _locked(webhook, by)
        locked.previous_secret, locked.secret = locked.secret, signing.encrypt_secret(secret)
        locked.previous_until = clock.now() + OVERLAP
        locked.save(update_fields=["previous_secret", "secret", "previous_until"])
        _touch(webhook)
    return secret


def ping_webhook(webhook: Webhook, *, by: Actor) -> Delivery:
    """Send an event without content, to test the receiver. Errors: NotFound, NotAllowed."""
    with as_application(), attributed(by):
        locked = _locked(webhook, by)
        return _queue(locked, PING, EventContent({"webhook_id": locked.pk}, None), clock.now())


def replay_delivery(delivery: Delivery, *, by: Actor) -> None:
    """Send a delivery again under the same id, whatever its outcome.

    Errors: NotFound, NotAllowed, IllegalMove (it still waits to be sent).
    """
    _refuse(by)
    with as_application(), attributed(by):
        _replay(Delivery.objects.visible_to(by).filter(pk=delivery.pk), by=by)
        _touch(delivery.webhook)


def replay_failed(webhook: Webhook, *, since: datetime, by: Actor) -> int:
    """Send again the failed deliveries of events since then; return how many.

    Errors: NotAllowed.
    """
    _refuse(by)
    with as_application(), attributed(by):
        rows = queries.failed_deliveries(webhook, since=since, seen_by=by)
        found = list(rows.order_by("pk").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
        if found:
            _replay(rows.filter(pk__in=found), by=by)
            _touch(webhook)
    return len(found)


def prepare_deliveries(event: Event, fact: Fact, by: Actor) -> None:
    """Write a delivery for each webhook that wants the event, with what its owner may see."""
    now = clock.now()
    asking = Webhook.objects.filter(events__contains=[event.name]).select_related("owner")
    with attributed(by):
        for webhook in asking.order_by("pk"):
            for told in _told(event, fact, webhook):
                _queue(webhook, event.name, told, now)


def send_delivery(delivery_id: int) -> None:
    """Make one attempt, outside any transaction. Idempotent."""
    delivery = _claim(delivery_id)
    if delivery is None:
        return
    refusal = _refusal(delivery)
    if refusal:
        _give_up_unsent(delivery, refusal)
        return
    at = clock.now()
    try:
        headers = _headers(delivery, at)
    except InvalidToken:
        _give_up_unsent(delivery, UNREADABLE)
        return
    outcome = http_post.post_to_receiver(delivery.webhook.url, delivery.body.encode(), headers)
    _record(delivery, outcome, at)


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
            _defer(delivery_id)
    return len(found)


def delete_old_deliveries() -> int:
    """Delete deliveries, with their attempts, after KEPT_FOR."""
    old = Delivery.objects.filter(created_at__lt=clock.now() - KEPT_FOR).order_by("created_at")
    found = list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    Delivery.objects.filter(pk__in=found).delete()
    return len(found)


def _checked(allowed: list[Event], **fields: Any) -> dict[str, Any]:
    """Return the fields to write. Errors: Invalid."""
    wrong: dict[str, str] = {}
    if "name" in fields:
        fields["name"] = fields["name"].strip()
        if not 0 < len(fields["name"]) <= 100:
            wrong["name"] = _("Say in a few words who receives it.")
    if "url" in fields:
        fields["url"] = fields["url"].strip()
        if said := _wrong_with(fields["url"]):
            wrong["url"] = said
    if "events" in fields:
        fields["events"] = sorted(set(fields["events"]))
        known = {event.name for event in allowed}
        if unknown := sorted(set(fields["events"]) - known):
            wrong["events"] = _("You cannot have these events: %(names)s.") % {
                "names": ", ".join(unknown)
            }
        elif not fields["events"]:
            wrong["events"] = _("Choose at least one event.")
    if wrong:
        raise Invalid(**wrong)
    return fields


def _wrong_with(url: str) -> str:
    if len(url) > 500:
        return _("An address has 500 characters at most.")
    try:
        http_post.resolve(url)
    except http_post.BadAddress:
        return _("Give a whole address that begins with https:// or http://, without password.")
    except http_post.UnknownName:
        return _("This host name leads nowhere: check the spelling, or wait for its DNS.")
    except http_post.PrivateAddress:
        return _(
            "This address is inside a private network. Give a public one, or ask whoever runs "
            "Opale to allow private ones (OPALE_WEBHOOKS_ALLOW_PRIVATE)."
        )
    return ""


def _refuse(by: Actor) -> None:
    if not by.can(rights.USE):
        raise NotAllowed


def _own(webhook: Webhook, by: Actor) -> WebhooksQuerySet[Webhook]:
    _refuse(by)
    return Webhook.objects.visible_to(by).filter(pk=webhook.pk)


def _locked(webhook: Webhook, by: Actor) -> Webhook:
    found = _own(webhook, by).select_for_update().first()
    if found is None:
        raise NotFound
    return found


def _touch(webhook: Webhook) -> None:
    live_topics.publish(topic_of(webhook))


def topic_of(webhook: Webhook) -> str:
    """Return the live topic of one webhook with its deliveries."""
    return f"webhooks.webhook:{webhook.pk}"


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


def _queue(webhook: Webhook, event: str, told: EventContent, at: datetime) -> Delivery:
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
        _defer(delivery.pk)
    _touch(webhook)
    return delivery


def _defer(delivery_id: int, *, after: timedelta = timedelta()) -> None:
    """Defer the job of a delivery. A second job does no harm: each claims the delivery first."""
    schedule = {"seconds": int(after.total_seconds())} if after else None
    app.configure_task(SENDING_JOB, schedule_in=schedule).defer(delivery_id=delivery_id)


def _replay(rows: WebhooksQuerySet[Delivery], *, by: Actor) -> None:
    now = clock.now()
    moved = perform(
        REPLAY, rows, by=by, at=now, tries=0, last_error="", next_attempt_at=now, delivered_at=None
    )
    for delivery_id in moved:
        _defer(delivery_id)


def _claim(delivery_id: int) -> Delivery | None:
    """Claim a queued delivery for one attempt; None when it is done or not due yet.

    The claim is durable, so it refuses to be made inside another transaction: the talk that
    follows would be inside too.
    """
    now = clock.now()
    with transaction.atomic(durable=True):
        queued = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.QUEUED)
        delivery = queued.select_related("webhook__owner").first()
        if delivery is None:
            return None
        take_locks(f"webhooks.webhook:{delivery.webhook_id}")
        talking = Delivery.objects.filter(webhook=delivery.webhook_id, claimed_until__gt=now)
        if talking.count() >= MAX_CONCURRENT_DELIVERIES:
            _defer(delivery_id, after=BUSY_DELAY)
            return None
        claimed = queued.filter(Q(claimed_until=None) | Q(claimed_until__lte=now)).update(
            claimed_until=now + CLAIM_TIME, tries=F("tries") + 1
        )
        if not claimed:
            _defer(delivery_id, after=CLAIM_TIME)
            return None
    delivery.tries += 1
    return delivery


def _refusal(delivery: Delivery) -> str:
    """Return why the delivery must not be sent now, though it was queued."""
    webhook = delivery.webhook
    if webhook.pause:
        return PAUSED
    event, owner = event_named(delivery.event), queries.owner_of(webhook)
    if not owner.can(rights.USE) or (event is not None and not owner.can(event.right)):
        return NOT_ALLOWED
    return ""


def _headers(delivery: Delivery, at: datetime) -> dict[str, str]:
    """Return the headers with the signatures. Errors: InvalidToken."""
    webhook = delivery.webhook
    sealed = [webhook.secret]
    if webhook.previous_until is not None and webhook.previous_until > at:
        sealed.append(webhook.previous_secret)
    signatures = (
        signing.signature(signing.decrypt_secret(one), delivery.message_id, at, delivery.body)
        for one in sealed
    )
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _give_up_unsent(delivery: Delivery, why: str) -> None:
    with transaction.atomic():
        _queued(delivery).update(
            state=DeliveryState.FAILED, last_error=why, claimed_until=None, tries=F("tries") - 1
        )
        _touch(delivery.webhook)


def _queued(delivery: Delivery) -> WebhooksQuerySet[Delivery]:
    return Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.QUEUED)


def _record(delivery: Delivery, outcome: http_post.PostOutcome, at: datetime) -> None:
    """Record the attempt and its consequences; nothing if the delivery was deleted meanwhile."""
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().filter(pk=delivery.webhook_id).first()
        if webhook is None:
            return
        Attempt.objects.create(
            delivery=delivery,
            owner_id=delivery.owner_id,
            at=at,
            status=outcome.status,
            error=outcome.error[:2000],
            duration_ms=outcome.duration_ms,
            answer=outcome.answer,
        )
        if outcome.taken:
            _record_success(delivery, webhook)
        else:
            _record_failure(delivery, webhook, outcome)
        _touch(webhook)


def _record_success(delivery: Delivery, webhook: Webhook) -> None:
    _queued(delivery).update(
        state=DeliveryState.DELIVERED,
        delivered_at=clock.now(),
        claimed_until=None,
        last_error="",
    )
    if webhook.failing_since is not None:
        webhook.failing_since = None
        webhook.save(update_fields=["failing_since"])


def _record_failure(delivery: Delivery, webhook: Webhook, outcome: http_post.PostOutcome) -> None:
    now, error = clock.now(), (outcome.error or f"HTTP {outcome.status}")[:2000]
    if webhook.failing_since is None:
        webhook.failing_since = now
        webhook.save(update_fields=["failing_since"])
    if not webhook.pause:
        if outcome.status == GONE:
            _pause(webhook, Webhook.Pause.GONE)
        elif now - webhook.failing_since >= MAX_FAILING_TIME:
            _pause(webhook, Webhook.Pause.FAILING)
    if webhook.pause or delivery.tries > len(RETRY_DELAYS):
        _queued(delivery).update(state=DeliveryState.FAILED, claimed_until=None, last_error=error)
    else:
        wait = RETRY_DELAYS[delivery.tries - 1]
        _queued(delivery).update(claimed_until=None, last_error=error, next_attempt_at=now + wait)
        _defer(delivery.pk, after=wait)


def _pause(webhook: Webhook, why: Webhook.Pause) -> None:
    webhook.pause, webhook.paused_at = why, clock.now()
    webhook.save(update_fields=["pause", "paused_at"])
    _touch(webhook)
