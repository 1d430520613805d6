"""A ticket on paper: what was said, and what colleagues noted only when that is asked for."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from opale.endpoints.http import AskedRequest, needs
from opale.kernel import clock
from opale.run.desk import queries
from opale.run.desk.rights import CONSOLE
from opale.run.desk.timeline import timeline
from opale.run.desk.web.reading import clocks_of

LONGEST = 1_000


@require_GET
@needs(CONSOLE)
def show(request: AskedRequest, number: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    internal = request.GET.get("notes") == "1"
    entries, older = timeline(ticket, newest=LONGEST, internal=internal)
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
