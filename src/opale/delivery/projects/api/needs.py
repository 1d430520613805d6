"""Endpoints of projects' technical needs, and of the named units held for them."""

from ninja import Query, Router

from opale.delivery.projects.models import TechnicalNeed
from opale.delivery.projects.queries import packages, projects
from opale.delivery.projects.rights import READ
from opale.delivery.projects.shapes import NeedOut
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page

router = Router(tags=["projects"])


@router.get("/projects/{int:project_number}/needs", response=Page[NeedOut], auth=may(READ))
def list_technical_needs(
    request: ActorRequest, project_number: int, window: Query[Window]
) -> Slice[TechnicalNeed]:
    """The technical stock that its lines need, and what holds it."""
    project = projects.get_project(project_number, seen_by=request.actor)
    return page(packages.needs_of(project, seen_by=request.actor), window, "id")
