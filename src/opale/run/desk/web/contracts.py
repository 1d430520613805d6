"""The contracts behind a ticket, fetched when they scroll into view."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from opale.customers.queries.plans import plan_in_force, plan_name
from opale.customers.queries.services import contracts_in_force
from opale.endpoints.http import ActorRequest, needs
from opale.run.desk.queries import tickets
from opale.run.desk.rights import CONSOLE

READ_CUSTOMERS = "customers.read"


@require_GET
@needs(CONSOLE)
def contract(request: ActorRequest, number: int) -> HttpResponse:
    """Show the plan in force for the ticket, the contracts and their options."""
    ticket, today = tickets.get_ticket(number, seen_by=request.actor), localdate()
    context: dict[str, Any] = {"ticket": ticket}
    if ticket.customer and request.actor.can(READ_CUSTOMERS):
        context["contracts"] = contracts_in_force(ticket.customer, seen_by=request.actor, on=today)
        plan = plan_in_force(ticket.customer, ticket.service, on=today)
        context |= {"plan": plan, "plan_name": plan_name(plan.version.plan) if plan else ""}
    return render(request, "desk/tickets/_contract.html", context)
