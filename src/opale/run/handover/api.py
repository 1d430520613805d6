"""Endpoints of handovers: records, unaccepted work, and the actions on them."""

from typing import Any, Literal

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.listings.endpoints import list_endpoint
from opale.run.handover import rights
from opale.run.handover.listings import HANDOVERS, WATCHES
from opale.run.handover.models import HandoverItem
from opale.run.handover.queries import records
from opale.run.handover.queries import situation as situation_queries
from opale.run.handover.shapes import HandoverOut, ItemOut, WatchOut, WholeHandover

router = Router(tags=["handover"])
list_endpoint(
    router, "/handovers", HANDOVERS, HandoverOut, name="list_handovers",
    text="The newest first; `q` finds the signed records in which these words stand.",
)  # fmt: skip
list_endpoint(router, "/watches", WATCHES, WatchOut, name="list_watches")


@router.get("/handovers/{int:handover_id}", response=WholeHandover, auth=may(rights.READ))
def get_handover(request: ActorRequest, handover_id: int) -> dict[str, Any]:
    held = records.get_handover(handover_id, seen_by=request.actor)
    far = records.progress_of(held)
    situation = (
        situation_queries.situation_of(held, seen_by=request.actor)
        if held.is_open
        else held.situation
    )
    own = {name: getattr(held, name) for name in HandoverOut.model_fields}
    counts = {"cards": far.cards, "accepted": far.accepted, "waiting": far.waiting}
    return {**own, **counts, "situation": situation}


@router.get("/handovers/{int:handover_id}/items", response=Page[ItemOut], auth=may(rights.READ))
def list_handover_items(
    request: ActorRequest,
    handover_id: int,
    window: Query[Window],
    place: Literal["card", "block"] | None = None,
) -> Slice[HandoverItem]:
    held = records.get_handover(handover_id, seen_by=request.actor)
    rows = records.items_of(held, seen_by=request.actor)
    rows = rows.filter(place=place) if place else rows
    return page(rows.order_by(), window, "id")
