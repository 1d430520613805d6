"""Endpoints of duties."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.kernel import clock
from opale.organisation.queries.people import get_person
from opale.organisation.queries.teams import get_team
from opale.run.shifts import rights
from opale.run.shifts.actions import duties
from opale.run.shifts.actions.duties import DutyPlan
from opale.run.shifts.models import Duty
from opale.run.shifts.queries import duties as duty_queries

router = Router(tags=["shifts"])

KindName = Literal["staffed", "standby"]
RoleName = Literal["agent", "triage", "lead", "manager"]
LISTED = timedelta(days=7)


class DutyOut(Schema):
    id: int
    person_id: int
    team_id: int
    kind: str
    role: str
    starts: datetime
    ends: datetime


class DutyIn(Schema):
    person_id: int
    team_id: int
    kind: KindName = "staffed"
    role: RoleName = "agent"
    starts: AwareDatetime
    ends: AwareDatetime


class DutyChanges(Schema):
    person_id: int | None = None
    team_id: int | None = None
    kind: KindName | None = None
    role: RoleName | None = None
    starts: AwareDatetime | None = None
    ends: AwareDatetime | None = None


class AnswerableOut(Schema):
    person_id: int
    name: str
    standing: Literal["triage", "lead", "manager"]


Since = Annotated[AwareDatetime | None, Field(description="Duties that end later (now)")]
Until = Annotated[AwareDatetime | None, Field(description="Duties that begin earlier (in a week)")]


@router.get("/duties", response=Page[DutyOut], auth=may(rights.READ))
def list_duties(
    request: ActorRequest,
    window: Query[Window],
    team_id: int | None = None,
    person_id: int | None = None,
    since: Since = None,
    until: Until = None,
) -> Slice[Duty]:
    starts = since or clock.now()
    rows = duty_queries.duties(
        seen_by=request.actor,
        team_id=team_id,
        person_id=person_id,
        starts=starts,
        ends=until or starts + LISTED,
    )
    return page(rows, window, "starts_at", "id")


@router.get("/duties/{int:duty_id}", response=DutyOut, auth=may(rights.READ))
def get_duty(request: ActorRequest, duty_id: int) -> Duty:
    return duty_queries.get_duty(duty_id, seen_by=request.actor)


@router.post("/duties", response={201: DutyOut}, auth=may(rights.EDIT))
def create_duty(request: ActorRequest, body: DutyIn) -> Status[Duty]:
    return Status(201, duties.create_duty(_plan(request, body), by=request.actor))


@router.patch("/duties/{int:duty_id}", response=DutyOut, auth=may(rights.EDIT))
def edit_duty(request: ActorRequest, duty_id: int, body: DutyChanges) -> Duty:
    rows = duty_queries.duties(seen_by=request.actor).filter(pk=duty_id)
    with unless_changed(request, rows, DutyOut) as duty:
        given = {name: value for name, value in body.dict().items() if value is not None}
        asked = DutyIn.model_validate(DutyOut.from_orm(duty).dict() | given)
        duties.edit_duty(duty, _plan(request, asked), by=request.actor)
    return duty_queries.get_duty(duty_id, seen_by=request.actor)


@router.api_operation(
    ["DELETE"], "/duties/{int:duty_id}", response={204: None}, auth=may(rights.EDIT)
)
def remove_duty(request: ActorRequest, duty_id: int) -> Status[None]:
    duty = duty_queries.get_duty(duty_id, seen_by=request.actor)
    duties.remove_duty(duty, by=request.actor)
    return Status(204, None)


@router.get("/teams/{int:team_id}/answerable", response=AnswerableOut, auth=may(rights.READ))
def get_answerable(request: ActorRequest, team_id: int) -> AnswerableOut:
    """Who answers for the team's new work at this moment."""
    found = duty_queries.answerable(get_team(team_id, seen_by=request.actor), clock.now())
    return AnswerableOut(person_id=found.person.pk, name=found.person.name, standing=found.standing)


def _plan(request: ActorRequest, given: DutyIn) -> DutyPlan:
    return DutyPlan(
        person=get_person(given.person_id, seen_by=request.actor),
        team=get_team(given.team_id, seen_by=request.actor),
        kind=Duty.Kind(given.kind),
        role=Duty.Role(given.role),
        starts=given.starts,
        ends=given.ends,
    )
