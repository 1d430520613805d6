"""Endpoints of the technical stock that projects need, and of the units that are held by name."""

from datetime import date
from typing import Annotated

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.delivery.projects.actions import placements
from opale.delivery.projects.models import TechnicalNeed
from opale.delivery.projects.queries import packages, projects, workdays
from opale.delivery.projects.rights import READ, WORK
from opale.delivery.projects.shapes import NeedOut
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.references import resolve_reference
from opale.infrastructure.queries.items import get_item

router = Router(tags=["projects"])


class PlaceIn(Schema):
    """`units` as they are written: "U12 to U15", "U12, U14", "7"; held without end."""

    item_id: Annotated[int, Field(ge=1, le=2**63 - 1)]
    units: Annotated[str, Field(min_length=1, max_length=200)]
    since: date | None = None


@router.get("/projects/{int:project_number}/needs", response=Page[NeedOut], auth=may(READ))
def list_technical_needs(
    request: ActorRequest, project_number: int, window: Query[Window]
) -> Slice[TechnicalNeed]:
    """The technical stock that its lines need, and what holds it."""
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(packages.needs_of(project, seen_by=request.actor), window, "id")


@router.post(
    "/projects/{int:project_number}/needs/{int:need_id}/place",
    response=NeedOut,
    auth=may(WORK),
)
def place_technical_need(
    request: ActorRequest, project_number: int, need_id: int, body: PlaceIn
) -> TechnicalNeed:
    """Hold units of an item by name, in place of those held before; 409 where one is taken."""
    project = projects.get_project(project_number, seen_by=request.actor)
    need = packages.get_need(need_id, seen_by=request.actor, project=project)
    item = resolve_reference(get_item, body.item_id, field="item_id", seen_by=request.actor)
    since = body.since or workdays.today()
    placements.place_need(need, item, body.units, by=request.actor, since=since)
    return packages.get_need(need_id, seen_by=request.actor, project=project)


@router.delete(
    "/projects/{int:project_number}/needs/{int:need_id}/place",
    response={204: None},
    auth=may(WORK),
)
def free_technical_need(request: ActorRequest, project_number: int, need_id: int) -> Status[None]:
    """Give the units that are held by name back."""
    project = projects.get_project(project_number, seen_by=request.actor)
    need = packages.get_need(need_id, seen_by=request.actor, project=project)
    placements.free_place(need, by=request.actor)
    return Status(204, None)
