"""Endpoints of heartbeats: the signs of life that are expected."""

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.run.events import rights
from opale.run.events.models import Heartbeat
from opale.run.events.queries.heartbeats import get_heartbeat, heartbeats
from opale.run.events.shapes.heartbeats import HeartbeatOut

router = Router(tags=["events"])


@router.get("/heartbeats", response=Page[HeartbeatOut], auth=may(rights.READ))
def list_heartbeats(request: ActorRequest, window: Query[Window]) -> Slice[Heartbeat]:
    """The signs of life that are expected, the newest name first."""
    return page(heartbeats(seen_by=request.actor), window, "-id")


@router.get("/heartbeats/{int:heartbeat_id}", response=HeartbeatOut, auth=may(rights.READ))
def show_heartbeat(request: ActorRequest, heartbeat_id: int) -> Heartbeat:
    return get_heartbeat(heartbeat_id, seen_by=request.actor)
