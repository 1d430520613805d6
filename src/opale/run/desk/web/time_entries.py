"""Time entries and the timer, in a region of the ticket's page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.desk.models import Ticket
from opale.run.desk.queries import tickets
from opale.run.desk.queries import time_entries as time_entry_queries
from opale.run.desk.rights import CONSOLE


@require_GET
@needs(CONSOLE)
def spent(request: ActorRequest, number: int) -> HttpResponse:
    return _region(request, tickets.get_ticket(number, seen_by=request.actor))


def _region(request: ActorRequest, ticket: Ticket) -> HttpResponse:
    time = time_entry_queries.time_spent(ticket, seen_by=request.actor)
    contract = next((e.contract for e in time.entries if e.contract), None)
    context = {
        "ticket": ticket,
        "spent": time,
        "actor": request.actor,
        "corrections": time_entry_queries.history_of_time(ticket),
        "said": time_entry_queries.HISTORY_FIELDS,
        "may_work": tickets.may_work_on(ticket, request.actor),
        "hours": time_entry_queries.contract_hours_of(contract, clock.now().date())
        if contract
        else None,
    }
    return render(request, "desk/time/_spent.html", context)
