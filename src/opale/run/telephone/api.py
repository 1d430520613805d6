"""Endpoints of calls, of the tickets they are about, and of missed calls as work."""

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.fields import Moment
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.run.telephone import rights
from opale.run.telephone.models import Call
from opale.run.telephone.queries import calls
from opale.run.telephone.shapes import CallOut, DirectionName, FollowUpName, StateName

router = Router(tags=["telephone"])


class CallsAsked(Window):
    state: StateName | None = None
    direction: DirectionName | None = None
    follow_up: FollowUpName | None = None
    customer_id: int | None = None
    since: Moment | None = None


@router.get("/calls", response=Page[CallOut], auth=may(rights.READ))
def list_calls(request: ActorRequest, asked: Query[CallsAsked], q: SearchText = "") -> Slice[Call]:
    """The newest first; `q` is a number, or words of a contact or customer."""
    found = calls.filter_calls(
        calls.calls(seen_by=request.actor),
        state=asked.state,
        direction=asked.direction,
        follow_up=asked.follow_up,
        customer_id=asked.customer_id,
        since=asked.since,
    )
    return page(calls.search_calls(found, q) if q else found, asked, "-began_at", "-id")


@router.get("/calls/{int:call_id}", response=CallOut, auth=may(rights.READ))
def get_call(request: ActorRequest, call_id: int) -> Call:
    return calls.get_call(call_id, seen_by=request.actor)
