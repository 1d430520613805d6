"""Endpoints of plan proposals."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.delivery.resources.actions import plan_decisions, plans
from opale.delivery.resources.listings import PLANS
from opale.delivery.resources.models import PlanLine, PlanProposal
from opale.delivery.resources.queries import plans as plan_queries
from opale.delivery.resources.rights import PLAN
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.references import resolve_reference
from opale.listings.endpoints import list_endpoint
from opale.organisation.queries.teams import get_team

router = Router(tags=["resources"])
Key = Annotated[int, Field(ge=1, le=2**63 - 1)]


class PlanIn(Schema):
    """The plan of some weeks from tomorrow on is mended: of a team, or of everybody."""

    weeks: Literal[4, 8, 13, 26] = 13
    seconds: Literal[10, 30, 120] = 10
    team_id: Key | None = None


class PlanOut(Schema):
    """`searched` of `seconds` is how far the search is. Nothing of it is reserved.

    `lines` counts them by state; `pieces` is how many pieces of work were looked at.
    """

    id: int
    team_id: int | None
    first: date
    weeks: int
    seconds: int
    searched: int
    pieces: int
    state: str
    lines: dict[str, int]
    sentence: str
    asked_at: datetime
    finished_at: datetime | None

    @staticmethod
    def resolve_lines(row: PlanProposal) -> dict[str, int]:
        return plan_queries.plan_counts(row)


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


class PlanLinesIn(Schema):
    """These lines, or all that are open."""

    line_ids: Annotated[list[Key], Field(max_length=200)] | None = None


list_endpoint(router, "/plans", PLANS, PlanOut, name="list_plans")


@router.post("/plans", response={202: PlanOut}, auth=may(PLAN))
def ask_for_plan(request: ActorRequest, body: PlanIn) -> Status[PlanProposal]:
    """Let the planner search; its proposal is read, followed and decided by its own address."""
    by = request.actor
    team = (
        resolve_reference(get_team, body.team_id, field="team_id", seen_by=by)
        if body.team_id is not None
        else None
    )
    asked = plans.request_plan(
        by=by,
        credential=request.credential,
        weeks=body.weeks,
        seconds=body.seconds,
        team=team,
    )
    return Status(202, asked)


@router.get("/plans/{int:plan_id}", response=PlanOut, auth=may(PLAN))
def get_plan(request: ActorRequest, plan_id: int) -> PlanProposal:
    return plan_queries.get_plan(plan_id, seen_by=request.actor)


@router.get("/plans/{int:plan_id}/lines", response=Page[PlanLineOut], auth=may(PLAN))
def list_plan_lines(request: ActorRequest, plan_id: int, window: Query[Window]) -> Slice[PlanLine]:
    plan = plan_queries.get_plan(plan_id, seen_by=request.actor)
    return page(plan_queries.plan_lines(plan, seen_by=request.actor), window, "id")


@router.post("/plans/{int:plan_id}/end", response=PlanOut, auth=may(PLAN))
def end_plan_search(request: ActorRequest, plan_id: int) -> PlanProposal:
    """The best that was found is kept."""
    plan = plan_queries.get_plan(plan_id, seen_by=request.actor)
    plans.stop_plan(plan, by=request.actor)
    return plan_queries.get_plan(plan_id, seen_by=request.actor)


@router.post("/plans/{int:plan_id}/acceptance", response=PlanOut, auth=may(PLAN))
def accept_plan_lines(request: ActorRequest, plan_id: int, body: PlanLinesIn) -> PlanProposal:
    """What cannot be accepted says why in its line."""
    plan = plan_queries.get_plan(plan_id, seen_by=request.actor)
    plan_decisions.accept_lines(plan, body.line_ids, by=request.actor)
    return plan_queries.get_plan(plan_id, seen_by=request.actor)


@router.post("/plans/{int:plan_id}/refusal", response=PlanOut, auth=may(PLAN))
def refuse_plan_lines(request: ActorRequest, plan_id: int, body: PlanLinesIn) -> PlanProposal:
    plan = plan_queries.get_plan(plan_id, seen_by=request.actor)
    plan_decisions.refuse_lines(plan, body.line_ids, by=request.actor)
    return plan_queries.get_plan(plan_id, seen_by=request.actor)
