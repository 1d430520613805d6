"""Pages of webhooks, one's own or all for administrators: events, deliveries, replay."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.ui import keyset
from opale.ui.components.lists import Tab
from opale.webhooks import actions, queries
from opale.webhooks.models import Delivery
from opale.webhooks.ports import event_named
from opale.webhooks.rights import USE
from opale.webhooks.states import UNSENT, DeliveryState

NEWEST = keyset.Order(("-id",))
NEWEST_DELIVERY = keyset.Order(("-created_at", "-id"))
S = DeliveryState
TONES = {S.QUEUED: "waiting", S.DELIVERED: "done", S.FAILED: "bad"}


@require_GET
@needs(USE)
def listing(request: ActorRequest) -> HttpResponse:
    page = keyset.page(queries.webhooks(seen_by=request.actor), NEWEST, request.GET)
    return render(request, "webhooks/list.html", {"page": page})


@require_GET
@needs(USE)
def show(request: ActorRequest, webhook_id: int) -> HttpResponse:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    asked = request.GET.get("state", "")
    state = asked if asked in DeliveryState.values else ""
    rows = queries.deliveries(webhook, seen_by=request.actor, state=state)
    page = keyset.page(rows.select_related("webhook"), NEWEST_DELIVERY, request.GET)
    url = reverse("webhooks_show", args=[webhook.pk])
    context = {
        "webhook": webhook,
        "topic": actions.topic_of(webhook),
        "events": [_label_of(name) for name in webhook.events],
        "state": state,
        "page": page,
        "lines": [(row, _tone(row), _said(row)) for row in page.rows],
        "tabs": [
            Tab(_("All"), url, not state),
            *(Tab(one.label, f"{url}?state={one}", state == one) for one in DeliveryState),
        ],
    }
    template = "webhooks/_webhook.html" if request.htmx else "webhooks/show.html"
    return render(request, template, context)


@require_GET
@needs(USE)
def delivery(request: ActorRequest, webhook_id: int, delivery_id: int) -> HttpResponse:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    found = queries.get_delivery(webhook, delivery_id, seen_by=request.actor)
    context = {
        "webhook": webhook,
        "delivery": found,
        "topic": actions.topic_of(webhook),
        "label": _label_of(found.event),
        "tone": _tone(found),
        "said": _said(found),
        "attempts": queries.newest_attempts(found, seen_by=request.actor),
    }
    template = "webhooks/_delivery.html" if request.htmx else "webhooks/delivery.html"
    return render(request, template, context)


def _tone(row: Delivery) -> str:
    return TONES[DeliveryState(row.state)]


def _said(row: Delivery) -> str:
    return _(row.last_error) if row.last_error in UNSENT else row.last_error


def _label_of(name: str) -> str:
    if name == actions.PING:
        return _("Test")
    event = event_named(name)
    return str(event.label) if event else name
