"""Endpoints of stand-by slips, and of the fixes of needless call-outs."""

from datetime import date
from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.run.paging import rights
from opale.run.paging.models import RuleFix, Slip
from opale.run.paging.queries import slips as slip_queries
from opale.run.paging.shapes import FixOut, SlipOut, WholeSlip

router = Router(tags=["paging"])


class SlipsAsked(Window):
    since: Annotated[date | None, Field(description="Begun on this day or later")] = None
    until: Annotated[date | None, Field(description="Begun on this day or before")] = None
    person_id: int | None = None


class FixesAsked(Window):
    state: Literal["open", "done"] | None = None


@router.get("/paging/slips", response=Page[SlipOut], auth=may(rights.SLIPS))
def list_slips(request: ActorRequest, asked: Query[SlipsAsked]) -> Slice[Slip]:
    """One's own; whoever sees those of others, all. The newest first."""
    found = slip_queries.slips(seen_by=request.actor)
    found = slip_queries.begun_between(found, asked.since, asked.until)
    if asked.person_id is not None:
        found = found.filter(person=asked.person_id)
    return page(found.order_by(), asked, "-began_at", "-id")


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
