"""Endpoints of figures by person; the act changes whether they are allowed."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.organisation.models import PersonFigures
from opale.organisation.queries.person_figures import person_figures
from opale.organisation.rights import ADMINISTER
from opale.organisation.shapes import PersonFiguresOut

DECISIONS = 30
router = Router()


@router.get("/figures-by-person", response=PersonFiguresOut, auth=may(ADMINISTER))
def get_figures_by_person(request: ActorRequest) -> PersonFigures:
    """Whether lists and reports may be counted by person, by the last decision."""
    return person_figures(seen_by=request.actor).first() or PersonFigures(allowed=False, at=None)


@router.get("/figures-by-person/decisions", response=list[PersonFiguresOut], auth=may(ADMINISTER))
def list_figures_by_person_decisions(request: ActorRequest) -> list[PersonFigures]:
    """The newest 30, newest first."""
    return list(person_figures(seen_by=request.actor)[:DECISIONS])
