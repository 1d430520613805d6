"""Pages of the outbox: mails waiting, given up with their reasons, and sent."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.states import moves_of
from opale.messaging import rights
from opale.messaging.models import OutgoingMail
from opale.messaging.queries import outgoing as outgoing_queries
from opale.messaging.queries import visible_mails
from opale.messaging.states import MailState
from opale.ui.components.lists import Tab
from opale.ui.keyset import Order, page

NEWEST_FIRST = Order(("-created_at", "-id"))
TONES = {MailState.QUEUED: "waiting", MailState.SENT: "done", MailState.FAILED: "bad"}


@require_GET
@needs(rights.READ)
def outbox(request: ActorRequest) -> HttpResponse:
    template = "messaging/_outbox.html" if request.htmx else "messaging/outbox.html"
    return render(request, template, _outbox(request))


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, mail_id: int) -> HttpResponse:
    mail = outgoing_queries.get_outgoing_mail(mail_id, seen_by=request.actor)
    (told,) = visible_mails.visible_mails([mail], seen_by=request.actor)
    context = {
        "mail": mail,
        "told": told,
        "tone": TONES[MailState(mail.state)],
        "moves": moves_of(OutgoingMail, mail.pk),
        "may_retry": outgoing_queries.may_retry(request.actor),
    }
    template = "messaging/_mail.html" if request.htmx else "messaging/mail.html"
    return render(request, template, context)


def _outbox(request: ActorRequest) -> dict[str, object]:
    asked = request.GET.get("state", "")
    state = asked if asked in MailState.values else MailState.QUEUED.value
    rows = outgoing_queries.outgoing_mails(seen_by=request.actor, state=state)
    found = page(rows, NEWEST_FIRST, request.GET)
    return {
        "state": state,
        "tabs": _tabs(state, request.actor),
        "page": found,
        "lines": visible_mails.visible_mails(found.rows, seen_by=request.actor),
        "may_retry": outgoing_queries.may_retry(request.actor),
    }


def _tabs(here: str, actor: Actor) -> list[Tab]:
    counted = outgoing_queries.count_unsent(seen_by=actor)
    url = reverse("mail_outbox")
    return [
        Tab(state.label, f"{url}?state={state}", here == state, counted.get(state))
        for state in MailState
    ]
