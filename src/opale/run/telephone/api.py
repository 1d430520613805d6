"""Endpoints of calls, of the tickets they are about, and of missed calls as work."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.listings.endpoints import list_endpoint
from opale.run.telephone import rights
from opale.run.telephone.listings import CALLS
from opale.run.telephone.models import Call
from opale.run.telephone.queries import calls
from opale.run.telephone.shapes import CallOut

router = Router(tags=["telephone"])


list_endpoint(
    router,
    "/calls",
    CALLS,
    CallOut,
    name="list_calls",
    text="The newest first; `q` is a number, or words of a contact or customer.",
)


@router.get("/calls/{int:call_id}", response=CallOut, auth=may(rights.READ))
def get_call(request: ActorRequest, call_id: int) -> Call:
    return calls.get_call(call_id, seen_by=request.actor)
