"""Endpoints of heartbeats: the signs of life that are expected."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.kernel.keyset import Order
from opale.listings.endpoints import list_endpoint
from opale.run.events import rights
from opale.run.events.listings.sources import HEARTBEATS
from opale.run.events.models import Heartbeat
from opale.run.events.queries.heartbeats import get_heartbeat
from opale.run.events.shapes.heartbeats import HeartbeatOut

router = Router(tags=["events"])


list_endpoint(
    router, "/heartbeats", HEARTBEATS, HeartbeatOut, name="list_heartbeats",
    text="Heartbeats, newest first.", order=Order(("-id",)),
)  # fmt: skip


@router.get("/heartbeats/{int:heartbeat_id}", response=HeartbeatOut, auth=may(rights.READ))
def show_heartbeat(request: ActorRequest, heartbeat_id: int) -> Heartbeat:
    return get_heartbeat(heartbeat_id, seen_by=request.actor)
