"""Endpoints of deliverables, gates, risks, actions and minutes."""

from datetime import date
from typing import Annotated

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.delivery.projects.actions import deliverables, follow_up
from opale.delivery.projects.api.projects import Name, RowId
from opale.delivery.projects.models import (
    ActionItem,
    Deliverable,
    DeliverableVersion,
    Evidence,
    Gate,
    Minutes,
    Risk,
)
from opale.delivery.projects.queries import deliverables as deliverable_queries
from opale.delivery.projects.queries import follow_up as follow_up_queries
from opale.delivery.projects.queries import packages, projects
from opale.delivery.projects.rights import CONTRIBUTE, READ, WORK
from opale.delivery.projects.shapes import (
    ActionOut,
    DeliverableOut,
    EvidenceOut,
    GateOut,
    MinutesOut,
    RiskOut,
    VersionOut,
)
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.organisation.queries.people import get_person

router = Router(tags=["projects"])

Text = Annotated[str, Field(min_length=1, max_length=500)]
OneToFive = Annotated[int, Field(ge=1, le=5)]


class NewDeliverable(Schema):
    name_en: Name
    name_fr: Name
    work_package_id: RowId | None = None


class NewVersion(Schema):
    """`place` is where it can be read. After three refusals, `note` says what changed."""

    place: Text
    note: Annotated[str, Field(max_length=500)] = ""


class RefusalIn(Schema):
    reason: Text


class PlaceIn(Schema):
    place: Text


class NewRisk(Schema):
    title: Annotated[str, Field(min_length=1, max_length=300)]
    likelihood: OneToFive = 3
    harm: OneToFive = 3
    response: Annotated[str, Field(max_length=20_000)] = ""
    owner_id: RowId | None = None


class RiskChanges(Schema):
    title: Annotated[str, Field(min_length=1, max_length=300)] = ""
    likelihood: OneToFive = 3
    harm: OneToFive = 3
    response: Annotated[str, Field(max_length=20_000)] = ""
    owner_id: RowId | None = None
    closed: bool = False


class NewAction(Schema):
    title: Annotated[str, Field(min_length=1, max_length=300)]
    owner_id: RowId | None = None
    due_on: date | None = None


class DoneIn(Schema):
    done: bool = True


class NewMinutes(Schema):
    held_on: date
    title: Name
    present: Annotated[str, Field(max_length=300)] = ""
    text: Annotated[str, Field(min_length=1, max_length=20_000)]


@router.get(
    "/projects/{int:project_number}/deliverables", response=Page[DeliverableOut], auth=may(READ)
)
def list_deliverables(
    request: ActorRequest, project_number: int, window: Query[Window]
) -> Slice[Deliverable]:
    """With their versions, the last one first."""
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(deliverable_queries.deliverables_of(project, seen_by=request.actor), window, "id")


@router.post(
    "/projects/{int:project_number}/deliverables",
    response={201: DeliverableOut},
    auth=may(WORK),
)
def create_deliverable(
    request: ActorRequest, project_number: int, body: NewDeliverable
) -> Status[Deliverable]:
    actor = request.actor
    project = projects.get_project(project_number, seen_by=actor)
    package = None
    if body.work_package_id is not None:
        package = packages.get_package(body.work_package_id, seen_by=actor, project=project)
    made = deliverables.add_deliverable(
        project, by=actor, name_en=body.name_en, name_fr=body.name_fr, package=package
    )
    return Status(201, made)


@router.post(
    "/deliverables/{int:deliverable_id}/versions",
    response={201: VersionOut},
    auth=may(CONTRIBUTE),
)
def hand_in_deliverable(
    request: ActorRequest, deliverable_id: int, body: NewVersion
) -> Status[DeliverableVersion]:
    row = deliverable_queries.get_deliverable(deliverable_id, seen_by=request.actor)
    return Status(201, deliverables.submit_deliverable(row, by=request.actor, **body.dict()))


@router.post(
    "/deliverables/{int:deliverable_id}/acceptance", response=DeliverableOut, auth=may(WORK)
)
def accept_deliverable(request: ActorRequest, deliverable_id: int) -> Deliverable:
    row = deliverable_queries.get_deliverable(deliverable_id, seen_by=request.actor)
    deliverables.accept_deliverable(row, by=request.actor)
    return deliverable_queries.get_deliverable(deliverable_id, seen_by=request.actor)


@router.post("/deliverables/{int:deliverable_id}/refusal", response=DeliverableOut, auth=may(WORK))
def refuse_deliverable(request: ActorRequest, deliverable_id: int, body: RefusalIn) -> Deliverable:
    """The third refusal is a risk of the whole project, until it is accepted."""
    row = deliverable_queries.get_deliverable(deliverable_id, seen_by=request.actor)
    deliverables.refuse_deliverable(row, by=request.actor, reason=body.reason)
    return deliverable_queries.get_deliverable(deliverable_id, seen_by=request.actor)


@router.get("/projects/{int:project_number}/gates", response=Page[GateOut], auth=may(READ))
def list_gates(request: ActorRequest, project_number: int, window: Query[Window]) -> Slice[Gate]:
    """With the evidences that each asks for."""
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(deliverable_queries.gates_of(project, seen_by=request.actor), window, "id")


@router.post("/evidences/{int:evidence_id}/place", response=EvidenceOut, auth=may(CONTRIBUTE))
def give_evidence(request: ActorRequest, evidence_id: int, body: PlaceIn) -> Evidence:
    """Say where the proof is; an automatic gate may pass by it."""
    row = deliverable_queries.get_evidence(evidence_id, seen_by=request.actor)
    deliverables.attach_evidence(row, by=request.actor, place=body.place)
    return deliverable_queries.get_evidence(evidence_id, seen_by=request.actor)


@router.post("/gates/{int:gate_id}/passing", response=GateOut, auth=may(WORK))
def pass_gate(request: ActorRequest, gate_id: int) -> Gate:
    """409 while an evidence is missing."""
    row = deliverable_queries.get_gate(gate_id, seen_by=request.actor)
    deliverables.pass_gate(row, by=request.actor)
    return deliverable_queries.get_gate(gate_id, seen_by=request.actor)


@router.get("/projects/{int:project_number}/risks", response=Page[RiskOut], auth=may(READ))
def list_risks(request: ActorRequest, project_number: int, window: Query[Window]) -> Slice[Risk]:
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(
        follow_up_queries.risks_of(project, seen_by=request.actor), window, "-raised_at", "-id"
    )


@router.post("/projects/{int:project_number}/risks", response={201: RiskOut}, auth=may(WORK))
def create_risk(request: ActorRequest, project_number: int, body: NewRisk) -> Status[Risk]:
    project = projects.get_project(project_number, seen_by=request.actor)
    said = body.dict()
    owner_id = said.pop("owner_id")
    owner = get_person(owner_id, seen_by=request.actor) if owner_id else None
    return Status(201, follow_up.raise_risk(project, by=request.actor, owner=owner, **said))


@router.get("/risks/{int:risk_id}", response=RiskOut, auth=may(READ))
def get_risk(request: ActorRequest, risk_id: int) -> Risk:
    return follow_up_queries.get_risk(risk_id, seen_by=request.actor)


@router.patch("/risks/{int:risk_id}", response=RiskOut, auth=may(WORK))
def edit_risk(request: ActorRequest, risk_id: int, body: RiskChanges) -> Risk:
    """`closed`: it is over."""
    rows = follow_up_queries.risks(seen_by=request.actor).filter(pk=risk_id)
    with unless_changed(request, rows, RiskOut) as risk:
        said = body.dict(exclude_unset=True)
        if "owner_id" in said:
            owner_id = said.pop("owner_id")
            said["owner"] = get_person(owner_id, seen_by=request.actor) if owner_id else None
        follow_up.edit_risk(risk, by=request.actor, **said)
    return follow_up_queries.get_risk(risk_id, seen_by=request.actor)


@router.get("/projects/{int:project_number}/actions", response=Page[ActionOut], auth=may(READ))
def list_actions(
    request: ActorRequest, project_number: int, window: Query[Window]
) -> Slice[ActionItem]:
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(follow_up_queries.actions_of(project, seen_by=request.actor), window, "id")


@router.post("/projects/{int:project_number}/actions", response={201: ActionOut}, auth=may(WORK))
def create_action(
    request: ActorRequest, project_number: int, body: NewAction
) -> Status[ActionItem]:
    project = projects.get_project(project_number, seen_by=request.actor)
    owner = get_person(body.owner_id, seen_by=request.actor) if body.owner_id else None
    made = follow_up.add_action(
        project, by=request.actor, title=body.title, owner=owner, due_on=body.due_on
    )
    return Status(201, made)


@router.post("/project-actions/{int:action_item_id}/done", response=ActionOut, auth=may(CONTRIBUTE))
def settle_action(request: ActorRequest, action_item_id: int, body: DoneIn) -> ActionItem:
    """Done, or with `done` false not after all."""
    item = follow_up_queries.get_action(action_item_id, seen_by=request.actor)
    follow_up.settle_action(item, by=request.actor, done=body.done)
    return follow_up_queries.get_action(action_item_id, seen_by=request.actor)


@router.get("/projects/{int:project_number}/minutes", response=Page[MinutesOut], auth=may(READ))
def list_minutes(
    request: ActorRequest, project_number: int, window: Query[Window]
) -> Slice[Minutes]:
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(
        follow_up_queries.minutes_of(project, seen_by=request.actor), window, "-held_on", "-id"
    )


@router.post("/projects/{int:project_number}/minutes", response={201: MinutesOut}, auth=may(WORK))
def create_minutes(request: ActorRequest, project_number: int, body: NewMinutes) -> Status[Minutes]:
    project = projects.get_project(project_number, seen_by=request.actor)
    return Status(201, follow_up.write_minutes(project, by=request.actor, **body.dict()))
