"""Pages of webhooks, one's own or all for administrators: events, deliveries, replay."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.ui import keyset
from opale.ui.components.lists import Tab
from opale.ui.forms import form_page, submit_form
from opale.ui.toasts import toast_next
from opale.webhooks import actions, queries
from opale.webhooks.forms import ReplayForm, WebhookForm
from opale.webhooks.models import Delivery, Webhook
from opale.webhooks.ports import event_named
from opale.webhooks.rights import USE
from opale.webhooks.states import UNSENT, DeliveryState

NEWEST = keyset.Order(("-id",))
NEWEST_DELIVERY = keyset.Order(("-created_at", "-id"))
S = DeliveryState
TONES = {S.QUEUED: "waiting", S.DELIVERED: "done", S.FAILED: "bad"}

form_verbs = require_http_methods(["GET", "POST"])


@require_GET
@needs(USE)
def listing(request: ActorRequest) -> HttpResponse:
    page = keyset.page(queries.webhooks(seen_by=request.actor), NEWEST, request.GET)
    return render(request, "webhooks/list.html", {"page": page})


@never_cache
@form_verbs
@needs(USE)
def new(request: ActorRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None, by=request.actor)
    made: list[tuple[Webhook, str]] = []

    def make() -> None:
        made.append(actions.create_webhook(by=request.actor, **form.cleaned_data))

    if request.method == "POST" and submit_form(form, make):
        webhook, shown = made[0]
        return _shown_secret(request, webhook, shown)
    context = {
        "form": form,
        "title": _("New webhook"),
        "button": _("Create"),
        "back": reverse("webhooks"),
        "back_label": _("Webhooks"),
    }
    return render(request, "ui/form.html", context, status=422 if form.errors else 200)


@require_GET
@needs(USE)
def show(request: ActorRequest, webhook_id: int) -> HttpResponse:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    asked = request.GET.get("state", "")
    state = asked if asked in DeliveryState.values else ""
    rows = queries.deliveries(webhook, seen_by=request.actor, state=state)
    page = keyset.page(rows, NEWEST_DELIVERY, request.GET)
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


@form_verbs
@needs(USE)
def edit(request: ActorRequest, webhook_id: int) -> HttpResponse:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    initial = {"name": webhook.name, "url": webhook.url, "events": webhook.events}
    owner = queries.rights_holder_of(webhook, seen_by=request.actor)
    form = WebhookForm(request.POST or None, initial=initial, by=owner)
    return form_page(
        request,
        form,
        lambda: actions.edit_webhook(webhook, by=request.actor, **form.cleaned_data),
        title=_("Edit the webhook"),
        button=_("Save"),
        back=reverse("webhooks_show", args=[webhook.pk]),
        back_label=webhook.name,
        said=_("The webhook is saved."),
    )


@never_cache
@require_POST
@needs(USE)
def secret(request: ActorRequest, webhook_id: int) -> HttpResponse:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    shown = actions.rotate_secret(webhook, by=request.actor)
    return _shown_secret(request, webhook, shown, rotated=True)


@require_POST
@needs(USE)
def ping(request: ActorRequest, webhook_id: int) -> HttpResponse:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    delivery = actions.ping_webhook(webhook, by=request.actor)
    toast_next(request, _("A test is on its way."))
    return redirect("webhooks_delivery", webhook.pk, delivery.pk)


@require_POST
@needs(USE)
def pause(request: ActorRequest, webhook_id: int) -> HttpResponse:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    actions.pause_webhook(webhook, by=request.actor)
    toast_next(request, _("Nothing is sent until you resume it."))
    return redirect("webhooks_show", webhook.pk)


@require_POST
@needs(USE)
def resume(request: ActorRequest, webhook_id: int) -> HttpResponse:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    actions.resume_webhook(webhook, by=request.actor)
    toast_next(request, _("Events are sent again."))
    return redirect("webhooks_show", webhook.pk)


@require_POST
@needs(USE)
def delete(request: ActorRequest, webhook_id: int) -> HttpResponse:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    actions.delete_webhook(webhook, by=request.actor)
    toast_next(request, _("The webhook is deleted."))
    return redirect("webhooks")


@form_verbs
@needs(USE)
def replay_failed(request: ActorRequest, webhook_id: int) -> HttpResponse:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    form = ReplayForm(request.POST or None)

    def act() -> None:
        count = actions.replay_failed(webhook, by=request.actor, **form.cleaned_data)
        said = ngettext(
            "%(count)s delivery is sent again.", "%(count)s deliveries are sent again.", count
        )
        toast_next(request, said % {"count": count})

    return form_page(
        request,
        form,
        act,
        title=_("Replay what was given up"),
        button=_("Replay"),
        back=reverse("webhooks_show", args=[webhook.pk]),
        back_label=webhook.name,
    )


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


@require_POST
@needs(USE)
def replay(request: ActorRequest, webhook_id: int, delivery_id: int) -> HttpResponse:
    webhook = queries.get_webhook(webhook_id, seen_by=request.actor)
    found = queries.get_delivery(webhook, delivery_id, seen_by=request.actor)
    actions.replay_delivery(found, by=request.actor)
    toast_next(request, _("It is sent again, under the same id."))
    return redirect("webhooks_delivery", webhook.pk, found.pk)


def _shown_secret(
    request: ActorRequest, webhook: Webhook, shown: str, *, rotated: bool = False
) -> HttpResponse:
    context = {"webhook": webhook, "secret": shown, "rotated": rotated}
    return render(request, "webhooks/secret.html", context)


def _tone(row: Delivery) -> str:
    return TONES[DeliveryState(row.state)]


def _said(row: Delivery) -> str:
    return _(row.last_error) if row.last_error in UNSENT else row.last_error


def _label_of(name: str) -> str:
    if name == actions.PING:
        return _("Test")
    event = event_named(name)
    return str(event.label) if event else name
