"""What stands around a ticket, fetched when it comes into sight: contract and neighbourhood."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from opale.customers.queries import contracts_in_force, plan_in_force, plan_name
from opale.endpoints.http import AskedRequest, needs
from opale.infrastructure.queries import Neighbourhood, neighbourhood
from opale.run.desk import queries
from opale.run.desk.rights import CONSOLE

READ_CUSTOMERS = "customers.read"
DRAWN = 4
"""Boxes above and below the item: the side column is narrow, the item's page shows them all."""


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    kind: str
    url: str


@require_GET
@needs(CONSOLE)
def contract(request: AskedRequest, number: int) -> HttpResponse:
    """What was sold: the plan that holds for the ticket, the contracts and their options."""
    ticket, today = queries.get_ticket(number, seen_by=request.actor), localdate()
    context: dict[str, Any] = {"ticket": ticket}
    if ticket.customer and request.actor.can(READ_CUSTOMERS):
        context["contracts"] = contracts_in_force(ticket.customer, seen_by=request.actor, on=today)
        plan = plan_in_force(ticket.customer, ticket.service, on=today)
        context |= {"plan": plan, "plan_name": plan_name(plan.version.plan) if plan else ""}
    return render(request, "desk/tickets/_contract.html", context)


@require_GET
@needs(CONSOLE)
def neighbours(request: AskedRequest, number: int) -> HttpResponse:
    """The item with what it stands on and what stands on it, as a small drawing."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    context: dict[str, Any] = {"ticket": ticket}
    if ticket.item:
        found = neighbourhood(ticket.item, seen_by=request.actor, depth=1)
        above, below = _above(found), _below(found)
        context |= {
            "above": above[:DRAWN],
            "more_above": max(0, len(above) - DRAWN),
            "below": below[:DRAWN],
            "more_below": max(0, len(below) - DRAWN),
        }
    return render(request, "desk/tickets/_neighbourhood.html", context)


def _above(found: Neighbourhood) -> list[Box]:
    """What needs the item: services first, since customers have these."""
    here = found.here.pk
    services = [
        Box(one.name, one.customer.name, reverse("customers_service", args=[one.reference]))
        for item_id, one in found.services
        if item_id == here
    ]
    return services + _items(found, 1)


def _below(found: Neighbourhood) -> list[Box]:
    return _items(found, -1)


def _items(found: Neighbourhood, distance: int) -> list[Box]:
    return [
        Box(
            one.item.name,
            str(one.item.get_kind_display()),
            reverse("infrastructure_item", args=[one.item.pk]),
        )
        for one in found.neighbours
        if one.distance == distance
    ]
