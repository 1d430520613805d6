"""A small drawing of an item with its direct neighbours."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure import rights
from opale.infrastructure.queries import items, neighbourhood
from opale.infrastructure.queries.neighbourhood import Neighbourhood

DRAWN = 4
"""Boxes above and below the item: a side column is narrow, the item's page shows them all."""


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    kind: str
    url: str


@require_GET
@needs(rights.READ)
def neighbours(request: ActorRequest, item_id: int) -> HttpResponse:
    """Render the region for the page of a ticket or an alert about the item."""
    item = items.get_item(item_id, seen_by=request.actor)
    found = neighbourhood.neighbourhood(item, seen_by=request.actor, depth=1)
    above, below = _above(found), _items(found, -1)
    context = {
        "item": item,
        "above": above[:DRAWN],
        "more_above": max(0, len(above) - DRAWN),
        "below": below[:DRAWN],
        "more_below": max(0, len(below) - DRAWN),
    }
    return render(request, "infrastructure/items/_neighbours.html", context)


def _above(found: Neighbourhood) -> list[Box]:
    """Return what needs the item: services first, because customers know these."""
    here = found.here.pk
    services = [
        Box(one.name, one.customer.name, reverse("customers_service", args=[one.reference]))
        for item_id, one in found.services
        if item_id == here
    ]
    return services + _items(found, 1)


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
