"""Pages of mailboxes: list and health."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.messaging import rights
from opale.messaging.domain.mailbox_errors import explain_error
from opale.messaging.listings.incoming_mails import incoming_tabs
from opale.messaging.models import Mailbox
from opale.messaging.queries import health as health_queries
from opale.messaging.queries import incoming
from opale.messaging.states import MailboxSource, Outcome


@require_GET
@needs(rights.READ)
def listing(request: ActorRequest) -> HttpResponse:
    context = {
        "tabs": incoming_tabs("mail_in_mailboxes", request.actor),
        "boxes": health_queries.mailbox_health(seen_by=request.actor),
        "may_edit": request.actor.can(rights.MAILBOXES),
    }
    template = "messaging/in/_mailboxes.html" if request.htmx else "messaging/in/mailboxes.html"
    return render(request, template, context)


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, mailbox_id: int) -> HttpResponse:
    mailbox = incoming.get_mailbox(mailbox_id, seen_by=request.actor)
    template = "messaging/in/_mailbox.html" if request.htmx else "messaging/in/mailbox.html"
    return render(request, template, _page(request, mailbox))


@require_GET
@needs(rights.READ)
def health(request: ActorRequest) -> HttpResponse:
    boxes = health_queries.mailbox_health(seen_by=request.actor)
    counted = health_queries.outcomes()
    context = {
        "tabs": incoming_tabs("mail_in_health", request.actor),
        "figures": health_queries.figures(),
        "boxes": [(one, explain_error(one.mailbox.last_error)) for one in boxes],
        "outcomes": [(outcome.label, counted[outcome]) for outcome in Outcome],
    }
    template = "messaging/in/_health.html" if request.htmx else "messaging/in/health.html"
    return render(request, template, context)


def _page(request: ActorRequest, mailbox: Mailbox) -> dict[str, Any]:
    one = health_queries.health_of(mailbox)
    return {
        "one": one,
        "box": mailbox,
        "trouble": explain_error(mailbox.last_error),
        "is_fetched": mailbox.source == MailboxSource.IMAP,
        "may_edit": request.actor.can(rights.MAILBOXES),
        "is_unused": not mailbox.mails.exists(),
    }
