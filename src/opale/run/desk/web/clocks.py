"""Pages of a clock's explanation, a ticket's pauses with their history, and outages."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.errors import NotFound
from opale.run.desk.queries import clocks, tickets
from opale.run.desk.queries import outages as outage_queries
from opale.run.desk.rights import CONSOLE
from opale.run.desk.web import clock_explanations


@require_GET
@needs(CONSOLE)
def show(request: ActorRequest, number: int, measure: str) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return _explained(
        request, clock_explanations.explain_ticket_clock(ticket, measure, clock.now())
    )


@require_GET
@needs(CONSOLE)
def of_work(request: ActorRequest, number: int, work_id: int, measure: str) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    found = clock_explanations.explain_assignment_clock(ticket, work_id, measure, clock.now())
    return _explained(request, found)


@require_GET
@needs(CONSOLE)
def pauses(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    context = {
        "ticket": ticket,
        "pauses": clocks.pauses_of(ticket),
        "history": clocks.history_of_pauses(ticket),
        "may_work": tickets.may_work_on(ticket, request.actor),
    }
    return render(request, "desk/clocks/pauses.html", context)


@require_GET
@needs(CONSOLE)
def outages(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    context = {
        "ticket": ticket,
        "outages": outage_queries.outages_of(ticket),
        "history": outage_queries.readable_history_of_outages(ticket),
        "may_work": tickets.may_work_on(ticket, request.actor),
    }
    return render(request, "desk/clocks/outages.html", context)


def _explained(request: ActorRequest, found: dict[str, Any] | None) -> HttpResponse:
    if found is None:
        raise NotFound
    return render(request, "desk/clocks/show.html", found)
