"""Time entries and the timer, in a region of the ticket's page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.desk.actions import time_entries
from opale.run.desk.models import Ticket
from opale.run.desk.queries import tickets
from opale.run.desk.queries import time_entries as time_entry_queries
from opale.run.desk.rights import CONSOLE, WORK
from opale.ui.toasts import toast, toast_next


@require_GET
@needs(CONSOLE)
def spent(request: ActorRequest, number: int) -> HttpResponse:
    return _region(request, tickets.get_ticket(number, seen_by=request.actor))


@require_POST
@needs(WORK)
def stop(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    time_entries.stop_timer(by=request.actor)
    said = _("Your timer has stopped.")
    if not request.htmx:
        toast_next(request, said)
        return redirect("desk_ticket", ticket.number)
    return toast(_region(request, ticket), said)


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
