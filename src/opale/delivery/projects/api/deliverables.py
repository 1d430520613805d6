"""Endpoints of deliverables, gates, risks, actions and minutes."""

from typing import Annotated

from ninja import Query, Router
from pydantic import Field

from opale.delivery.projects.models import ActionItem, Deliverable, Gate, Minutes, Risk
from opale.delivery.projects.queries import deliverables, follow_up, projects
from opale.delivery.projects.rights import READ
from opale.delivery.projects.shapes import ActionOut, DeliverableOut, GateOut, MinutesOut, RiskOut
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page

router = Router(tags=["projects"])

Text = Annotated[str, Field(min_length=1, max_length=500)]
OneToFive = Annotated[int, Field(ge=1, le=5)]


@router.get(
    "/projects/{int:project_number}/deliverables", response=Page[DeliverableOut], auth=may(READ)
)
def list_deliverables(
    request: ActorRequest, project_number: int, window: Query[Window]
) -> Slice[Deliverable]:
    """With their versions, the last one first."""
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(deliverables.deliverables_of(project, seen_by=request.actor), window, "id")


@router.get("/projects/{int:project_number}/gates", response=Page[GateOut], auth=may(READ))
def list_gates(request: ActorRequest, project_number: int, window: Query[Window]) -> Slice[Gate]:
    """With the evidences that each asks for."""
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(deliverables.gates_of(project, seen_by=request.actor), window, "id")


@router.get("/projects/{int:project_number}/risks", response=Page[RiskOut], auth=may(READ))
def list_risks(request: ActorRequest, project_number: int, window: Query[Window]) -> Slice[Risk]:
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(follow_up.risks_of(project, seen_by=request.actor), window, "-raised_at", "-id")


@router.get("/risks/{int:risk_id}", response=RiskOut, auth=may(READ))
def get_risk(request: ActorRequest, risk_id: int) -> Risk:
    return follow_up.get_risk(risk_id, seen_by=request.actor)


@router.get("/projects/{int:project_number}/actions", response=Page[ActionOut], auth=may(READ))
def list_actions(
    request: ActorRequest, project_number: int, window: Query[Window]
) -> Slice[ActionItem]:
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(follow_up.actions_of(project, seen_by=request.actor), window, "id")


@router.get("/projects/{int:project_number}/minutes", response=Page[MinutesOut], auth=may(READ))
def list_minutes(
    request: ActorRequest, project_number: int, window: Query[Window]
) -> Slice[Minutes]:
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(follow_up.minutes_of(project, seen_by=request.actor), window, "-held_on", "-id")
