"""The conversation of a ticket: its timeline, and writing to it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.endpoints.http import AskedRequest, needs
from opale.run.desk import actions, queries
from opale.run.desk.models import Ticket
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.timeline import NEWEST
from opale.run.desk.timeline import timeline as entries_of
from opale.run.desk.web.forms import MessageForm
from opale.ui.toasts import toast

EVERYTHING = 5_000


def told(request: AskedRequest, ticket: Ticket) -> dict[str, Any]:
    """The context of the timeline; `?all=1` tells the whole story of a long ticket."""
    newest = EVERYTHING if request.GET.get("all") else NEWEST
    entries, older = entries_of(ticket, newest=newest, internal=request.actor.can(CONSOLE))
    return {"ticket": ticket, "entries": entries, "older": older, "actor": request.actor}


@require_GET
@needs(CONSOLE)
def timeline(request: AskedRequest, number: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    return render(request, "desk/tickets/_timeline.html", told(request, ticket))


@require_POST
@needs(WORK)
def message(request: AskedRequest, number: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    form = MessageForm(request.POST)
    body = form.cleaned_data["body"] if form.is_valid() else ""
    actions.write_to_customer(
        ticket, body, by=request.actor, attachments=_waiting(request, ticket)
    )
    response = render(request, "desk/tickets/_timeline.html", told(request, ticket))
    return toast(response, _("Sent."))


@require_POST
@needs(WORK)
def note(request: AskedRequest, number: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    form = MessageForm(request.POST)
    body = form.cleaned_data["body"] if form.is_valid() else ""
    actions.write_note(ticket, body, by=request.actor, attachments=_waiting(request, ticket))
    return render(request, "desk/tickets/_timeline.html", told(request, ticket))


def _waiting(request: AskedRequest, ticket: Ticket) -> list[int]:
    """The files that were attached beside the draft go with it."""
    return [file.pk for file in queries.waiting_attachments(ticket, seen_by=request.actor)]
