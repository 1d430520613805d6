"""Pages of one webhook with its deliveries, and of one delivery."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.listings import pages
from opale.webhooks import queries
from opale.webhooks.listings import DELIVERIES, health_badge, last_answer, state_badge
from opale.webhooks.ports import event_named
from opale.webhooks.rights import USE


@require_GET
@needs(USE)
def show(request: ActorRequest, webhook_id: int) -> HttpResponse:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    context = {
        "webhook": webhook,
        "live_topic": queries.topic_of(webhook),
        "badge": health_badge(webhook),
        "events": [_label_of(name) for name in webhook.events],
    }
    return pages.render_list_within(
        request,
        DELIVERIES,
        "webhooks/show.html",
        "webhooks/_webhook.html",
        context,
        webhook=str(webhook_id),
    )


@require_GET
@needs(USE)
def delivery(request: ActorRequest, webhook_id: int, delivery_id: int) -> HttpResponse:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    found = queries.get_delivery(webhook, delivery_id, seen_by=request.actor)
    context = {
        "webhook": webhook,
        "delivery": found,
        "topic": queries.topic_of(webhook),
        "label": _label_of(found.event),
        "badge": state_badge(found),
        "said": last_answer(found),
        "attempts": queries.newest_attempts(found, seen_by=request.actor),
    }
    template = "webhooks/_delivery.html" if request.htmx else "webhooks/delivery.html"
    return render(request, template, context)


def _label_of(name: str) -> str:
    if name == queries.PING:
        return _("Test")
    event = event_named(name)
    return str(event.label) if event else name
