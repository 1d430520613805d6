"""Webhooks and their deliveries as lists."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing, New, RowAct
from opale.listings.filters import Choice, Pick, Span, Words
from opale.ui.components.badges import state
from opale.webhooks import queries
from opale.webhooks.actions import deliveries, webhooks
from opale.webhooks.models import Delivery, Webhook
from opale.webhooks.rights import USE
from opale.webhooks.states import REPLAY, UNSENT, DeliveryState, Health

S, H = DeliveryState, Health
TONES = {
    S.QUEUED: "waiting", S.DELIVERED: "done", S.FAILED: "bad",
    H.ACTIVE: "active", H.FAILING: "waiting", H.PAUSED: "closed", H.STOPPED: "bad",
}  # fmt: skip
LONGEST_ANSWER = 120


def health_badge(webhook: Webhook) -> object:
    health = queries.health_of(webhook)
    return state(str(health.label), TONES[health])


def state_badge(delivery: Delivery) -> object:
    return state(delivery.get_state_display(), TONES[S(delivery.state)])


def last_answer(delivery: Delivery) -> str:
    """Return what the receiver answered last, or why nothing was sent."""
    said = delivery.last_error
    return _(said) if said in UNSENT else said


def _code(text: str) -> object:
    return format_html("<code>{}</code>", text)


WEBHOOKS = Listing(
    name="webhooks",
    title=gettext_lazy("Webhooks"),
    right=USE,
    url_name="webhooks",
    model=Webhook,
    rows=queries.webhooks,
    order=Order(("-id",)),
    new=New(gettext_lazy("New webhook"), "webhooks_create_webhook", USE),
    buttons="webhooks/_buttons.html",
    empty=Empty(
        "plug", gettext_lazy("No webhook matches your filters"), gettext_lazy("No webhooks yet"),
        gettext_lazy(
            "A webhook posts events, such as a received ticket, to an address of yours: signed, "
            "retried, and replayed on request."
        ),
    ),
    columns=(
        Column(
            "name", gettext_lazy("Name"), "name", order=True, fixed=True,
            link=lambda webhook: reverse("webhooks_show", args=[webhook.pk]),
        ),
        Column(
            "url", gettext_lazy("Address"), "url", order=True, style="fill",
            cell=lambda webhook: _code(webhook.url),
        ),
        Column(
            "state", gettext_lazy("State"), lambda webhook: queries.health_of(webhook).label,
            cell=health_badge, order=("pause", "failing_since"),
        ),
        Column("events", gettext_lazy("Events"), "events", shown=False),
        Column("created_by", gettext_lazy("Created by"), "created_by", order=True),
        Column("created_at", gettext_lazy("Created"), "created_at", order=True),
    ),
    filters=(
        Words(label=gettext_lazy("Name or address")),
        Choice(
            "state", gettext_lazy("State"), [(one.value, capfirst(one.label)) for one in H],
            argument="health",
        ),
    ),
    acts=(
        RowAct(
            "pause", pgettext_lazy("a webhook", "Pause"), USE, webhooks.pause_webhook,
            "player-pause",
        ),
        RowAct("resume", gettext_lazy("Resume"), USE, webhooks.resume_webhook, "player-play"),
    ),
)  # fmt: skip

DELIVERIES = Listing(
    name="webhook-deliveries",
    title=gettext_lazy("Deliveries"),
    right=USE,
    url_name="webhooks_deliveries",
    model=Delivery,
    rows=queries.deliveries,
    order=Order(("-created_at", "-id")),
    reads=("webhook",),
    empty=Empty(
        "plug", gettext_lazy("No delivery matches your filters"), gettext_lazy("Nothing sent yet"),
        gettext_lazy("Send a test to see whether the receiver answers."),
    ),
    columns=(
        Column(
            "event", gettext_lazy("Event"), "event", order=True, fixed=True,
            link=lambda row: reverse("webhooks_delivery", args=[row.webhook_id, row.pk]),
        ),
        Column(
            "webhook", gettext_lazy("Webhook"), "webhook__name", order=True,
            link=lambda row: reverse("webhooks_show", args=[row.webhook_id]),
        ),
        Column("state", gettext_lazy("State"), "state", order=True, cell=state_badge),
        Column(
            "answer", gettext_lazy("Last response"), last_answer, style="fill",
            cell=lambda row: Truncator(last_answer(row)).chars(LONGEST_ANSWER),
        ),
        Column("tries", gettext_lazy("Attempts"), "tries", order=True, style="end"),
        Column("created_at", gettext_lazy("Occurred"), "created_at", order=True),
        Column(
            "delivered_at", gettext_lazy("Delivered"), "delivered_at", order=True, shown=False
        ),
        Column(
            "message_id", gettext_lazy("Delivery ID"), "message_id", shown=False,
            cell=lambda row: _code(row.message_id),
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Event or delivery ID")),
        Choice("state", gettext_lazy("State"), S.choices, argument="state"),
        Pick(
            "webhook", gettext_lazy("Webhook"), argument="webhook", api="webhook_id",
            rows=lambda actor: queries.webhooks(seen_by=actor),
            found=lambda key, actor: queries.get_webhook(key, seen_by=actor),
        ),
        Span("happened", gettext_lazy("Occurred"), lookup="created_at", moment=True),
    ),
    acts=(RowAct("replay", REPLAY.label, USE, deliveries.replay_delivery, "refresh"),),
    line_acts=("replay_webhook_delivery",),
)  # fmt: skip
