"""The page of a mailbox's test: what works, what fails, and advice."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.messaging import rights
from opale.messaging.listeners.mailbox_check import check_mailbox
from opale.messaging.queries import incoming


@never_cache
@require_GET
@needs(rights.MAILBOXES)
def show(request: ActorRequest, mailbox_id: int) -> HttpResponse:
    """Show the page at once; it loads the result, which takes as long as the mail server."""
    mailbox = incoming.get_mailbox(mailbox_id, seen_by=request.actor)
    context: dict[str, object] = {"mailbox": mailbox}
    asked = bool(request.htmx and not request.htmx.boosted) or "now" in request.GET
    if asked:
        context["trial"] = check_mailbox(mailbox, by=request.actor)
    template = "messaging/in/_trial.html" if request.htmx and asked else "messaging/in/trial.html"
    return render(request, template, context)
