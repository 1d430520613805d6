"""Endpoints of the infrastructure."""

from dataclasses import asdict
from typing import Any

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.infrastructure import rights
from opale.infrastructure.listings import ITEMS, SITES, SUPPLIERS
from opale.infrastructure.models import ConfigurationItem, ServiceItem
from opale.infrastructure.queries import impact, neighbourhood
from opale.infrastructure.queries import items as item_queries
from opale.infrastructure.shapes import ImpactOut, ItemOut, NeighbourhoodOut, StandOut
from opale.listings.endpoints import list_endpoint
from opale.reference_tables.endpoints import endpoints_of

router = Router(tags=["infrastructure"])


endpoints_of(router, SITES)
endpoints_of(router, SUPPLIERS)
list_endpoint(
    router,
    "/items",
    ITEMS,
    ItemOut,
    name="list_items",
    text="Items by name; `q` is part of the name, a serial number or an address.",
)


@router.get("/items/{int:item_id}", response=ItemOut, auth=may(rights.READ))
def get_item(request: ActorRequest, item_id: int) -> ConfigurationItem:
    return item_queries.get_item(item_id, seen_by=request.actor)


@router.get("/items/{int:item_id}/services", response=Page[StandOut], auth=may(rights.READ))
def list_standing_services(
    request: ActorRequest, item_id: int, window: Query[Window]
) -> Slice[ServiceItem]:
    """The services that stand directly on the item."""
    item = item_queries.get_item(item_id, seen_by=request.actor)
    return page(item_queries.service_links_of(item, seen_by=request.actor), window, "id")


@router.get("/items/{int:item_id}/impact", response=ImpactOut, auth=may(rights.READ))
def get_impact(request: ActorRequest, item_id: int) -> dict[str, Any]:
    item = item_queries.get_item(item_id, seen_by=request.actor)
    return asdict(impact.impact_ids(item, seen_by=request.actor))


@router.get("/items/{int:item_id}/neighbourhood", response=NeighbourhoodOut, auth=may(rights.READ))
def get_neighbourhood(request: ActorRequest, item_id: int, depth: int = 2) -> dict[str, Any]:
    """What the item needs (negative distance) and what needs it, `depth` steps away (at most 6)."""
    item = item_queries.get_item(item_id, seen_by=request.actor)
    found = neighbourhood.neighbourhood(item, seen_by=request.actor, depth=depth)
    return {
        "neighbours": [
            {"id": n.item.pk, "name": n.item.name, "kind": n.item.kind, "distance": n.distance}
            for n in found.neighbours
        ],
        "links": list(found.links),
        "bounded": found.bounded,
    }
