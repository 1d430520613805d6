"""Trying a mailbox: what works, what does not, and what one can do about it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from opale.endpoints.http import AskedRequest, needs
from opale.messaging import queries, rights
from opale.messaging.intake.probing import try_mailbox


@never_cache
@require_GET
@needs(rights.MAILBOXES)
def show(request: AskedRequest, mailbox_id: int) -> HttpResponse:
    """At once the page, which asks again for what takes the time of a mail server."""
    mailbox = queries.get_mailbox(mailbox_id, seen_by=request.actor)
    context: dict[str, object] = {"mailbox": mailbox}
    asked = bool(request.htmx and not request.htmx.boosted) or "now" in request.GET
    if asked:
        context["trial"] = try_mailbox(mailbox, by=request.actor)
    template = "messaging/in/_trial.html" if request.htmx and asked else "messaging/in/trial.html"
    return render(request, template, context)
