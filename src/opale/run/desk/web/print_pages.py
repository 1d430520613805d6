"""A printable ticket: its messages, and internal notes only when asked for."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.desk.queries import tickets
from opale.run.desk.queries.timeline import ticket_timeline
from opale.run.desk.rights import CONSOLE
from opale.run.desk.web.ticket_context import clocks_of

LONGEST = 1_000


@require_GET
@needs(CONSOLE)
def show(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    internal = request.GET.get("notes") == "1"
    entries, older = ticket_timeline(ticket, newest=LONGEST, internal=internal)
    context = {
        "ticket": ticket,
        "internal": internal,
        "entries": entries,
        "older": older,
        "longest": LONGEST,
        "clocks": clocks_of(ticket),
        "address": request.build_absolute_uri(reverse("desk_ticket", args=[number])),
        "printed_at": clock.now(),
    }
    return render(request, "desk/tickets/print.html", context)
