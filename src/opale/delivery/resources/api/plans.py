"""Endpoints of plan proposals."""

from datetime import date
from typing import Literal

from ninja import Query, Router, Schema

from opale.delivery.resources.listings import PLANS
from opale.delivery.resources.models import PlanLine, PlanProposal
from opale.delivery.resources.queries import plans as plan_queries
from opale.delivery.resources.rights import PLAN
from opale.delivery.resources.shapes import PlanOut
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.listings.endpoints import list_endpoint

router = Router(tags=["resources"])


class PlanDays(Schema):
    since: date
    last: date
    hours: float


class PlanLineOut(Schema):
    """A piece of work that `to_id` would do on other days instead of `was_id`, or nobody could."""

    id: int
    key: str
    purpose: str
    was_id: int | None
    was_days: list[PlanDays]
    to_id: int | None
    to_days: list[PlanDays]
    reason: Literal["away", "left", "over", "new", "room", "early"]
    late: int
    state: Literal["open", "accepted", "refused", "stale"]
    sentence: str


list_endpoint(router, "/plans", PLANS, PlanOut, name="list_plans")


@router.get("/plans/{int:plan_id}", response=PlanOut, auth=may(PLAN))
def get_plan(request: ActorRequest, plan_id: int) -> PlanProposal:
    return plan_queries.get_plan(plan_id, seen_by=request.actor)


@router.get("/plans/{int:plan_id}/lines", response=Page[PlanLineOut], auth=may(PLAN))
def list_plan_lines(request: ActorRequest, plan_id: int, window: Query[Window]) -> Slice[PlanLine]:
    plan = plan_queries.get_plan(plan_id, seen_by=request.actor)
    return page(plan_queries.plan_lines(plan, seen_by=request.actor), window, "id")
