"""Endpoints of mobilisations, escalation policies and the dry run."""

from typing import Any

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.fields import Moment
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.kernel import clock
from opale.listings.endpoints import list_endpoint
from opale.organisation.queries.teams import get_team
from opale.run.paging import rights
from opale.run.paging.actions import policies
from opale.run.paging.domain.escalation_plans import (
    to_record,
)
from opale.run.paging.listings import MOBILISATIONS
from opale.run.paging.models import EscalationPolicy, Mobilisation
from opale.run.paging.ports import Subject
from opale.run.paging.queries import mobilisations
from opale.run.paging.queries import policies as policy_queries
from opale.run.paging.shapes import (
    CalledOut,
    ContentIn,
    MobilisationOut,
    PolicyOut,
    StepOut,
    TriggerName,
    WholeMobilisation,
)

router = Router(tags=["paging"])


class PolicyIn(Schema):
    name: str
    team_id: int
    is_on: bool = True
    content: ContentIn


class PolicyChanges(Schema):
    name: str | None = None
    team_id: int | None = None
    is_on: bool | None = None
    content: ContentIn | None = None


class DryRunAsked(Schema):
    trigger: TriggerName = "alert"
    severity: int = Field(default=0, ge=0, le=5)
    priority: int = Field(default=0, ge=0, le=5)
    stream: str = ""
    team_id: int | None = None
    customer_id: int | None = None
    at: Moment | None = None


class ClockOut(Schema):
    """What the clock shows where a policy reads it that serves at some hours alone."""

    policy_id: int
    zone: str
    local: str
    inside: bool


class DryRunOut(Schema):
    """Who would be called: `policy_id` is null where no policy serves."""

    policy_id: int | None
    passed: list[int]
    clocks: list[ClockOut]
    steps: list[StepOut]
    manager: CalledOut | None


list_endpoint(
    router,
    "/paging/mobilisations",
    MOBILISATIONS,
    MobilisationOut,
    name="list_mobilisations",
    right=rights.OWN,
    text="The newest first. Who sees none of them sees those by which he was paged.",
)


@router.get(
    "/paging/mobilisations/{int:mobilisation_id}",
    response=WholeMobilisation,
    auth=may(rights.OWN),
)
def get_mobilisation(request: ActorRequest, mobilisation_id: int) -> Mobilisation:
    """With its plan as it was frozen, and every page."""
    return mobilisations.get_mobilisation(mobilisation_id, seen_by=request.actor)


@router.get("/paging/policies", response=Page[PolicyOut], auth=may(rights.READ))
def list_policies(request: ActorRequest, window: Query[Window]) -> Slice[EscalationPolicy]:
    """In the order in which they are asked: the first that is on and serves is taken."""
    return page(policy_queries.policies(seen_by=request.actor), window, "position", "id")


@router.post("/paging/policies", response={201: PolicyOut}, auth=may(rights.EDIT))
def create_policy(request: ActorRequest, body: PolicyIn) -> Status[Any]:
    made = policies.create_policy(
        name=body.name,
        team=get_team(body.team_id, seen_by=request.actor),
        content=body.content.content(),
        is_on=body.is_on,
        by=request.actor,
    )
    return Status(201, made)


@router.get("/paging/policies/{int:policy_id}", response=PolicyOut, auth=may(rights.READ))
def get_policy(request: ActorRequest, policy_id: int) -> EscalationPolicy:
    return policy_queries.get_policy(policy_id, seen_by=request.actor)


@router.patch("/paging/policies/{int:policy_id}", response=PolicyOut, auth=may(rights.EDIT))
def edit_policy(request: ActorRequest, policy_id: int, body: PolicyChanges) -> EscalationPolicy:
    """Another content is another version: what runs goes on by the one that it began with."""
    rows = policy_queries.policies(seen_by=request.actor).filter(pk=policy_id)
    with unless_changed(request, rows, PolicyOut) as found:
        policies.edit_policy(
            found,
            name=body.name,
            team=None if body.team_id is None else get_team(body.team_id, seen_by=request.actor),
            content=None if body.content is None else body.content.content(),
            is_on=body.is_on,
            by=request.actor,
        )
    return policy_queries.get_policy(policy_id, seen_by=request.actor)


@router.get("/paging/dry-run", response=DryRunOut, auth=may(rights.READ))
def dry_run(request: ActorRequest, asked: Query[DryRunAsked]) -> dict[str, Any]:
    """Who would be called about such a thing, now or at a moment, and why."""
    subject = Subject(
        about="",
        trigger=asked.trigger,
        title="",
        severity=asked.severity,
        priority=asked.priority,
        stream=asked.stream,
        team_id=asked.team_id,
        customer_id=asked.customer_id,
    )
    found = policy_queries.dry_run(subject, at=asked.at or clock.now(), seen_by=request.actor)
    return {
        "policy_id": found.policy.pk if found.policy else None,
        "passed": [policy.pk for policy in found.passed],
        "clocks": [
            ClockOut(
                policy_id=one.policy.pk,
                zone=one.zone,
                local=f"{one.local:%Y-%m-%dT%H:%M}",
                inside=one.inside,
            )
            for one in found.clocks
        ],
        "steps": [to_record(step.planned) for step in found.steps],
        "manager": to_record(found.manager) if found.manager else None,
    }
