"""Endpoints of the infrastructure."""

from dataclasses import asdict
from typing import Any, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status

from opale.customers.queries.customers import get_customer
from opale.customers.queries.services import get_service
from opale.endpoints.auth import may
from opale.endpoints.fields import Moment
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.endpoints.references import resolve_reference
from opale.infrastructure import rights
from opale.infrastructure.actions import items as item_actions
from opale.infrastructure.actions import sites
from opale.infrastructure.listings import ITEMS, SITES
from opale.infrastructure.models import ConfigurationItem, Dependency, ServiceItem, Site
from opale.infrastructure.queries import impact, neighbourhood
from opale.infrastructure.queries import items as item_queries
from opale.infrastructure.states import ITEM_MOVES
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.listings.endpoints import list_endpoint

router = Router(tags=["infrastructure"])


class SiteOut(Schema):
    id: int
    code: str
    name: str
    kind: str
    customer_id: int | None
    address: str
    city: str
    country: str
    time_zone: str


class SiteChanges(Schema):
    code: str = ""
    name: str = ""
    kind: Site.Kind = Site.Kind.POP
    customer_id: int | None = None
    address: str = ""
    city: str = ""
    country: str = ""
    time_zone: str = "Europe/Paris"


class ItemOut(Schema):
    id: int
    name: str
    kind: str
    state: str
    site_id: int | None
    customer_id: int | None
    address: str | None
    serial: str
    attributes: dict[str, Any]


class ItemChanges(Schema):
    name: str = ""
    kind: ConfigurationItem.Kind = ConfigurationItem.Kind.HOST
    site_id: int | None = None
    customer_id: int | None = None
    address: str | None = None
    serial: str = ""
    attributes: dict[str, Any] = {}


class NewItem(ItemChanges):
    name: str
    kind: ConfigurationItem.Kind


class ItemMove(Schema):
    move: Literal["commission", "maintain", "retire", "revive"]
    at: Moment | None = None


class NeedIn(Schema):
    lower_id: int
    redundancy: str = ""


class NeedOut(Schema):
    upper_id: int
    lower_id: int
    redundancy: str


class StandIn(Schema):
    service_id: int
    redundancy: str = ""


class StandOut(Schema):
    service_id: int
    item_id: int
    redundancy: str


class ImpactOut(Schema):
    """Who is hit if the item fails: ids of what is lost, and of what only loses its reserve."""

    services: list[int]
    weakened_services: list[int]
    items: list[int]
    weakened_items: list[int]
    customers: list[int]
    bounded: bool


class NeighbourOut(Schema):
    id: int
    name: str
    kind: str
    distance: int


class NeighbourhoodOut(Schema):
    neighbours: list[NeighbourOut]
    links: list[NeedOut]
    bounded: bool


list_endpoint(router, "/sites", SITES, SiteOut, name="list_sites")


@router.post("/sites", response={201: SiteOut}, auth=may(rights.EDIT))
def create_site(request: ActorRequest, body: SiteChanges) -> Status[Site]:
    fields = _fields(body.dict(exclude_unset=True), request.actor)
    return Status(201, sites.create_site(by=request.actor, **fields))


@router.get("/sites/{int:site_id}", response=SiteOut, auth=may(rights.READ))
def get_site(request: ActorRequest, site_id: int) -> Site:
    return item_queries.get_site(site_id, seen_by=request.actor)


@router.patch("/sites/{int:site_id}", response=SiteOut, auth=may(rights.EDIT))
def edit_site(request: ActorRequest, site_id: int, body: SiteChanges) -> Site:
    rows = item_queries.plain_sites(seen_by=request.actor).filter(pk=site_id)
    with unless_changed(request, rows, SiteOut) as site:
        fields = _fields(body.dict(exclude_unset=True), request.actor)
        sites.edit_site(site, by=request.actor, **fields)
    return item_queries.get_site(site_id, seen_by=request.actor)


list_endpoint(
    router,
    "/items",
    ITEMS,
    ItemOut,
    name="list_items",
    text="Items by name; `q` is part of the name, a serial number or an address.",
)


@router.post("/items", response={201: ItemOut}, auth=may(rights.EDIT))
def create_item(request: ActorRequest, body: NewItem) -> Status[ConfigurationItem]:
    fields = _fields(body.dict(exclude_unset=True), request.actor)
    return Status(201, item_actions.create_item(by=request.actor, **fields))


@router.get("/items/{int:item_id}", response=ItemOut, auth=may(rights.READ))
def get_item(request: ActorRequest, item_id: int) -> ConfigurationItem:
    return item_queries.get_item(item_id, seen_by=request.actor)


@router.patch("/items/{int:item_id}", response=ItemOut, auth=may(rights.EDIT))
def edit_item(request: ActorRequest, item_id: int, body: ItemChanges) -> ConfigurationItem:
    rows = item_queries.plain_items(seen_by=request.actor).filter(pk=item_id)
    with unless_changed(request, rows, ItemOut) as item:
        fields = _fields(body.dict(exclude_unset=True), request.actor)
        item_actions.edit_item(item, by=request.actor, **fields)
    return item_queries.get_item(item_id, seen_by=request.actor)


@router.post("/items/{int:item_id}/moves", response=ItemOut, auth=may(rights.EDIT))
def move_item(request: ActorRequest, item_id: int, body: ItemMove) -> ConfigurationItem:
    item = item_queries.get_item(item_id, seen_by=request.actor)
    wanted = next(move for move in ITEM_MOVES if move.name == body.move)
    item_actions.move_item(item, wanted, by=request.actor, at=body.at or clock.now())
    return item_queries.get_item(item_id, seen_by=request.actor)


@router.post("/items/{int:item_id}/needs", response={201: NeedOut}, auth=may(rights.EDIT))
def add_need(request: ActorRequest, item_id: int, body: NeedIn) -> Status[Dependency]:
    """Say that the item needs another one; said again, its redundancy group changes."""
    item = item_queries.get_item(item_id, seen_by=request.actor)
    lower = resolve_reference(
        item_queries.get_item, body.lower_id, field="lower_id", seen_by=request.actor
    )
    link = item_actions.connect_items(item, lower, by=request.actor, redundancy=body.redundancy)
    return Status(201, link)


@router.delete(
    "/items/{int:item_id}/needs/{int:lower_id}", response={204: None}, auth=may(rights.EDIT)
)
def end_need(request: ActorRequest, item_id: int, lower_id: int) -> Status[None]:
    item = item_queries.get_item(item_id, seen_by=request.actor)
    lower = item_queries.get_item(lower_id, seen_by=request.actor)
    item_actions.disconnect_items(item, lower, by=request.actor)
    return Status(204, None)


@router.get("/items/{int:item_id}/services", response=Page[StandOut], auth=may(rights.READ))
def list_standing_services(
    request: ActorRequest, item_id: int, window: Query[Window]
) -> Slice[ServiceItem]:
    """The services that stand directly on the item."""
    item = item_queries.get_item(item_id, seen_by=request.actor)
    return page(item_queries.service_links_of(item, seen_by=request.actor), window, "id")


@router.post("/items/{int:item_id}/services", response={201: StandOut}, auth=may(rights.EDIT))
def add_standing_service(request: ActorRequest, item_id: int, body: StandIn) -> Status[ServiceItem]:
    """Say that a service stands on the item."""
    item = item_queries.get_item(item_id, seen_by=request.actor)
    service = resolve_reference(
        get_service, body.service_id, field="service_id", seen_by=request.actor
    )
    link = item_actions.link_service(service, item, by=request.actor, redundancy=body.redundancy)
    return Status(201, link)


@router.delete(
    "/items/{int:item_id}/services/{int:service_id}",
    response={204: None},
    auth=may(rights.EDIT),
)
def end_standing_service(request: ActorRequest, item_id: int, service_id: int) -> Status[None]:
    """The service does not stand on the item any more."""
    item = item_queries.get_item(item_id, seen_by=request.actor)
    service = get_service(service_id, seen_by=request.actor)
    item_actions.unlink_service(service, item, by=request.actor)
    return Status(204, None)


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


def _fields(fields: dict[str, Any], actor: Actor) -> dict[str, Any]:
    if "site_id" in fields:
        pk = fields.pop("site_id")
        fields["site"] = pk and resolve_reference(
            item_queries.get_site, pk, field="site_id", seen_by=actor
        )
    if "customer_id" in fields:
        pk = fields.pop("customer_id")
        fields["customer"] = pk and resolve_reference(
            get_customer, pk, field="customer_id", seen_by=actor
        )
    return fields
