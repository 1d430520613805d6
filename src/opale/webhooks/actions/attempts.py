"""Make one attempt at a delivery: signed, recorded, and made again later when it failed.

Delivery is at least once: a crash between the receiver's answer and the record makes a second
attempt. It carries the same `webhook-id`, by which the receiver folds the two.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import F, Q

from opale.kernel import clock
from opale.kernel.locks import take_locks
from opale.webhooks import queries, rights
from opale.webhooks.actions.deliveries import defer, publish
from opale.webhooks.actions.webhooks import set_pause
from opale.webhooks.domain import http_post, signing
from opale.webhooks.models import Attempt, Delivery, Webhook, WebhooksQuerySet
from opale.webhooks.ports import event_named
from opale.webhooks.states import NOT_ALLOWED, PAUSED, UNREADABLE, DeliveryState

RETRY_DELAYS = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 1440))


"""Pauses before each new attempt: the last one is made some 32 hours after the first."""


CLAIM_TIME = timedelta(minutes=2)


"""Longer than one talk with a receiver: a sender that is silent for so long is dead."""


MAX_AT_RECEIVER = 2


MAX_FOR_OWNER = 4


"""Attempts at the same time: a slow receiver, however many webhooks lead to it, and an owner of
many slow receivers leave senders to the others."""


MAX_FAILING_TIME = timedelta(days=5)


GONE = 410


USER_AGENT = "Opale-Webhooks/1"


def send_delivery(delivery_id: int) -> None:
    """Make one attempt, outside any transaction. Idempotent."""
    delivery = _claim(delivery_id)
    if delivery is None:
        return
    refusal = _refusal(delivery)
    if refusal:
        _give_up_unsent(delivery, refusal)
    else:
        _attempt(delivery)
    _wake_next(delivery.webhook)


def _attempt(delivery: Delivery) -> None:
    at = clock.now()
    try:
        headers = _headers(delivery, at)
    except InvalidToken:
        _give_up_unsent(delivery, UNREADABLE)
        return
    outcome = http_post.post_to_receiver(delivery.webhook.url, delivery.body.encode(), headers)
    _record(delivery, outcome, at)


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
        receiver = http_post.receiver_of(delivery.webhook.url)
        take_locks(f"webhooks.owner:{delivery.owner_id}", f"webhooks.receiver:{receiver}")
        if not _under_way(now, beside=delivery).leaves_room_for(delivery.webhook):
            # Those under way send it when one of them is over.
            return None
        claimed = queued.filter(Q(claimed_until=None) | Q(claimed_until__lte=now)).update(
            claimed_until=now + CLAIM_TIME, tries=F("tries") + 1
        )
        if not claimed:
            defer(delivery_id, after=CLAIM_TIME)
            return None
    delivery.tries += 1
    return delivery


class _UnderWay:
    """The attempts that are under way, by receiver and by owner."""

    def __init__(self, others: Iterable[Webhook]) -> None:
        self._counts = Counter[object]()
        for webhook in others:
            self.add(webhook)

    def add(self, webhook: Webhook) -> None:
        self._counts.update((http_post.receiver_of(webhook.url), webhook.owner_id))

    def leaves_room_for(self, webhook: Webhook) -> bool:
        at_receiver = self._counts[http_post.receiver_of(webhook.url)]
        return at_receiver < MAX_AT_RECEIVER and self._counts[webhook.owner_id] < MAX_FOR_OWNER


def _under_way(now: datetime, *, beside: Delivery | None = None) -> _UnderWay:
    rows = Delivery.objects.filter(claimed_until__gt=now).select_related("webhook")
    return _UnderWay(one.webhook for one in rows if one != beside)


def _wake_next(webhook: Webhook) -> None:
    """Send what waits for the same receiver, or of the same owner, as far as there is room now."""
    now, receiver = clock.now(), http_post.receiver_of(webhook.url)
    beside = [
        one.pk
        for one in Webhook.objects.filter(pause="").only("owner_id", "url")
        if one.owner_id == webhook.owner_id or http_post.receiver_of(one.url) == receiver
    ]
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = Delivery.objects.filter(
        free, webhook__in=beside, state=DeliveryState.QUEUED, next_attempt_at__lte=now
    )
    oldest = due.order_by("webhook", "next_attempt_at", "pk").distinct("webhook")
    waiting = sorted(
        oldest.select_related("webhook"), key=lambda one: (one.next_attempt_at, one.pk)
    )
    under_way = _under_way(now) if waiting else _UnderWay(())
    for first in waiting:
        if under_way.leaves_room_for(first.webhook):
            under_way.add(first.webhook)
            # The one after it too: whatever ends at the same moment wakes the same ones.
            next_ones = due.filter(webhook=first.webhook).order_by("next_attempt_at", "pk")
            for delivery_id in next_ones.values_list("pk", flat=True)[:MAX_AT_RECEIVER]:
                defer(delivery_id)


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
        publish(delivery.webhook)


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
        publish(webhook)


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
            set_pause(webhook, Webhook.Pause.GONE)
        elif now - webhook.failing_since >= MAX_FAILING_TIME:
            set_pause(webhook, Webhook.Pause.FAILING)
    if webhook.pause or delivery.tries > len(RETRY_DELAYS):
        _queued(delivery).update(state=DeliveryState.FAILED, claimed_until=None, last_error=error)
    else:
        wait = RETRY_DELAYS[delivery.tries - 1]
        _queued(delivery).update(claimed_until=None, last_error=error, next_attempt_at=now + wait)
        defer(delivery.pk, after=wait)
