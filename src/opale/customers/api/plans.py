"""Endpoints of support plans: their versions, a new one from a day on, and what differs."""

from datetime import timedelta

from django.utils import timezone
from ninja import Router
from ninja.responses import Status

from opale.customers import rights
from opale.customers.actions import plans
from opale.customers.actions.plans import PlanContent, Target
from opale.customers.models import SupportPlan, SupportPlanVersion
from opale.customers.ports import Preview, Proposal, preview_proposal
from opale.customers.queries import comparisons, services
from opale.customers.shapes import (
    ComparisonOut,
    NewVersion,
    PlanOut,
    PreviewOut,
    VersionOut,
)
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.kernel import clock

router = Router()


@router.get("/support-plans", response=list[PlanOut], auth=may(rights.READ))
def list_support_plans(request: ActorRequest) -> list[SupportPlan]:
    """Support plans with all their versions, matrix and times promised."""
    return list(services.plans(seen_by=request.actor))


@router.get("/support-plans/{str:code}", response=PlanOut, auth=may(rights.READ))
def get_support_plan(request: ActorRequest, code: str) -> SupportPlan:
    return services.get_plan_by_code(code, seen_by=request.actor)


@router.post(
    "/support-plans/{str:code}/versions", response={201: VersionOut}, auth=may(rights.EDIT)
)
def start_support_plan_version(
    request: ActorRequest, code: str, body: NewVersion
) -> Status[SupportPlanVersion]:
    """Sell the plan differently from a day on. A version in use is never changed: it ends there.

    One that has not begun is replaced by another for the same day. Old tickets keep theirs.
    """
    plan = services.get_plan_by_code(code, seen_by=request.actor)
    today = timezone.localdate(clock.now())
    version = plans.start_version(
        plan, _content(body), by=request.actor, starts=body.starts, today=today
    )
    return Status(201, version)


@router.post("/support-plans/{str:code}/preview", response=PreviewOut, auth=may(rights.EDIT))
def preview_support_plan_version(request: ActorRequest, code: str, body: NewVersion) -> Preview:
    """What the version would do to the running tickets that one sees; nothing is written."""
    plan = services.get_plan_by_code(code, seen_by=request.actor)
    content = _content(body)
    plans.refuse_content(content)
    proposal = Proposal.of(plan, body.starts, content, content.targets)
    return preview_proposal(proposal, seen_by=request.actor)


@router.get("/support-plans/{str:code}/comparison", response=ComparisonOut, auth=may(rights.READ))
def compare_support_plan_versions(
    request: ActorRequest, code: str, before: int, after: int
) -> comparisons.Comparison:
    """What differs between two versions, named by their ids."""
    plan = services.get_plan_by_code(code, seen_by=request.actor)
    return comparisons.compare(
        comparisons.version_of(plan, before), comparisons.version_of(plan, after)
    )


def _content(body: NewVersion) -> PlanContent:
    return PlanContent(
        stream=body.stream,
        coverage=body.coverage,
        matrix=body.matrix,
        premium_matrix=body.premium_matrix,
        targets=tuple(
            Target(
                measure=target.measure,
                priority=target.priority,
                target=timedelta(seconds=target.target_seconds),
                coverage=target.coverage,
                premium=target.premium,
            )
            for target in body.targets
        ),
        clocks_shown=body.clocks_shown,
        exceptional_interventions=body.exceptional_interventions,
    )
