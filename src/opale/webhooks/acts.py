"""Acts on webhooks and their deliveries."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from opale.acts.declarations import Place, Subject, button, change, create, form, remove
from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.webhooks import queries
from opale.webhooks.actions import deliveries, webhooks
from opale.webhooks.forms import NewWebhookForm, ReplayForm, WebhookChangeForm
from opale.webhooks.models import Delivery, Webhook
from opale.webhooks.rights import USE
from opale.webhooks.shapes import DeliveryOut, MadeWebhook, Replayed, SecretOut, WebhookOut
from opale.webhooks.states import REPLAY


def webhook_list(_row: object = None) -> Place:
    return reverse("webhooks"), _("Webhooks")


def get_delivery(delivery_id: int, *, seen_by: Actor, webhook: Webhook) -> Delivery:
    return queries.get_delivery(webhook, delivery_id, seen_by=seen_by)


def place_of_delivery(delivery: Delivery) -> Place:
    at = [delivery.webhook_id, delivery.pk]
    return reverse("webhooks_delivery", args=at), delivery.event


def create_shown(*, by: Actor, **fields: Any) -> MadeWebhook:
    """The secret is in this answer and nowhere else."""
    webhook, secret = webhooks.create_webhook(by=by, **fields)
    return MadeWebhook(secret=secret, **WebhookOut.from_orm(webhook).dict())


def rotate_secret(webhook: Webhook, *, by: Actor) -> SecretOut:
    """A new secret, in this answer and nowhere else; the old one signs beside it for a day."""
    secret = webhooks.rotate_secret(webhook, by=by)
    fresh = queries.get_webhook(webhook.pk, seen_by=by)
    return SecretOut(secret=secret, previous_until=fresh.previous_until)


def show_first_secret(request: ActorRequest, _none: None, made: MadeWebhook) -> HttpResponse:
    return _shown_once(request, made, made.secret)


def show_new_secret(request: ActorRequest, webhook: Webhook, made: SecretOut) -> HttpResponse:
    return _shown_once(request, webhook, made.secret, rotated=True)


def _shown_once(
    request: ActorRequest, webhook: Webhook | MadeWebhook, secret: str, *, rotated: bool = False
) -> HttpResponse:
    context: dict[str, Any] = {"webhook": webhook, "secret": secret, "rotated": rotated}
    response = render(request, "webhooks/secret.html", context)
    add_never_cache_headers(response)
    return response


WEBHOOKS: Subject[Webhook] = Subject(
    name="webhooks", page="webhooks/", endpoint="/webhooks", home=webhook_list
)
WEBHOOK = Subject(
    name="webhook", model=Webhook, get=queries.get_webhook, rows=queries.webhooks,
    shape=WebhookOut, page="webhooks/<int:webhook_id>/", endpoint="/webhooks/{int:webhook_id}",
    home=lambda webhook: (reverse("webhooks_show", args=[webhook.pk]), webhook.name),
)  # fmt: skip
DELIVERY = Subject(
    name="delivery", model=Delivery, get=get_delivery, within=WEBHOOK, shape=DeliveryOut,
    page="deliveries/<int:delivery_id>/",
    endpoint="/webhooks/{int:webhook_id}/deliveries/{int:delivery_id}", home=place_of_delivery,
)  # fmt: skip

ACTS = (
    create(
        WEBHOOKS, create_shown, "create_webhook", USE, NewWebhookForm, made=MadeWebhook,
        secret=True, noun="", page="new", title=_("New webhook"), submit=_("Create"), icon="plus",
        key="c", tone="primary", answer=show_first_secret,
    ),
    change(
        WEBHOOK, webhooks.edit_webhook, "edit_webhook", USE, WebhookChangeForm,
        initial=lambda _webhook, _by: {"paused": None}, title=_("Edit webhook"),
        submit=_("Save"), label=_("Edit"), said=_("Webhook saved."),
        text="`paused` false sends again, also after Opale has paused it.",
    ),
    remove(
        WEBHOOK, webhooks.delete_webhook, "delete_webhook", USE, page="delete", home=webhook_list,
        label=_("Delete"), said=_("Webhook deleted."),
    ),
    button(
        WEBHOOK, rotate_secret, "rotate_webhook_secret", USE, noun="secret", gives=SecretOut,
        secret=True, label=_("New secret"), tone="primary", answer=show_new_secret,
    ),
    button(
        WEBHOOK, webhooks.ping_webhook, "ping_webhook", USE, noun="ping", made=DeliveryOut,
        label=_("Send test"), tone="primary",
        said=_("Test sent."),
        success_url=lambda _webhook, delivery: place_of_delivery(delivery)[0],
        text="Send the event `ping`, to try the receiver.",
    ),
    button(
        WEBHOOK, webhooks.pause_webhook, "pause_webhook", USE, noun=None, page="pause",
        label=pgettext_lazy("a webhook", "Pause"),
        said=_("Webhook paused: nothing is sent until you resume it."),
    ),
    button(
        WEBHOOK, webhooks.resume_webhook, "resume_webhook", USE, noun=None, page="resume",
        label=_("Resume"), tone="primary", said=_("Webhook resumed."),
    ),
    form(
        WEBHOOK, deliveries.replay_failed, "replay_webhook", USE, ReplayForm, noun="replay",
        gives=Replayed, title=_("Replay failed deliveries"), submit=_("Replay"),
        label=_("Replay failed deliveries"), icon="refresh",
        said=lambda _webhook, count: ngettext(
            "%(count)s delivery queued again.", "%(count)s deliveries queued again.", count
        )
        % {"count": count},
        text="Send again, under the same ids, what was given up of the events since a time.",
    ),
    button(
        DELIVERY, deliveries.replay_delivery, "replay_webhook_delivery", USE, move=REPLAY,
        noun="replay", icon="refresh", said=_("Delivery queued again, with the same ID."),
        text="Send it again under the same id, whatever came of it.",
    ),
)  # fmt: skip
