"""Endpoints of duties."""

from datetime import timedelta
from typing import Annotated

from ninja import Query, Router
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.fields import Moment
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.kernel import clock
from opale.organisation.queries.teams import get_team
from opale.run.shifts import rights
from opale.run.shifts.models import Duty
from opale.run.shifts.queries import duties as duty_queries
from opale.run.shifts.shapes.duties import AnswerableOut, DutyOut

router = Router(tags=["shifts"])

LISTED = timedelta(days=7)

Since = Annotated[Moment | None, Field(description="Duties that end later (now)")]
Until = Annotated[Moment | None, Field(description="Duties that begin earlier (in a week)")]


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


@router.get("/teams/{int:team_id}/answerable", response=AnswerableOut, auth=may(rights.READ))
def get_answerable(request: ActorRequest, team_id: int) -> AnswerableOut:
    """Who answers for the team's new work at this moment."""
    found = duty_queries.answerable(get_team(team_id, seen_by=request.actor), clock.now())
    return AnswerableOut(person_id=found.person.pk, name=found.person.name, standing=found.standing)
