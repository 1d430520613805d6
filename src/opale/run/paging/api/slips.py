"""Endpoints of stand-by slips, and of the fixes of needless call-outs."""

from typing import Literal

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.listings.endpoints import list_endpoint
from opale.run.paging import rights
from opale.run.paging.listings import SLIPS_LIST
from opale.run.paging.models import RuleFix, Slip
from opale.run.paging.queries import slips as slip_queries
from opale.run.paging.shapes import FixOut, SlipOut, WholeSlip

router = Router(tags=["paging"])


class FixesAsked(Window):
    state: Literal["open", "done"] | None = None


list_endpoint(
    router,
    "/paging/slips",
    SLIPS_LIST,
    SlipOut,
    name="list_slips",
    text="One's own; whoever sees those of others, all. The newest first.",
)


@router.get("/paging/slips/{int:slip_id}", response=WholeSlip, auth=may(rights.SLIPS))
def get_slip(request: ActorRequest, slip_id: int) -> Slip:
    return slip_queries.get_slip(slip_id, seen_by=request.actor)


@router.get("/paging/fixes", response=Page[FixOut], auth=may(rights.READ))
def list_fixes(request: ActorRequest, asked: Query[FixesAsked]) -> Slice[RuleFix]:
    """The most urgent first."""
    found = slip_queries.fixes(seen_by=request.actor)
    found = found.filter(state=asked.state) if asked.state else found
    return page(found.order_by(), asked, "due_on", "id")


@router.get("/paging/fixes/{int:fix_id}", response=FixOut, auth=may(rights.READ))
def get_fix(request: ActorRequest, fix_id: int) -> RuleFix:
    return slip_queries.get_fix(fix_id, seen_by=request.actor)
