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
def get_figures_by_person(request: ActorRequest) -> PersonFigures | PersonFiguresOut:
    """Whether lists and reports may be counted by person, by the last decision."""
    found = person_figures(seen_by=request.actor).first()
    if found is not None:
        return found
    return PersonFiguresOut(id=None, allowed=False, reason="", actor_name="", at=None)


@router.get("/figures-by-person/decisions", response=list[PersonFiguresOut], auth=may(ADMINISTER))
def list_figures_by_person_decisions(request: ActorRequest) -> list[PersonFigures]:
    """The newest 30, newest first."""
    return list(person_figures(seen_by=request.actor)[:DECISIONS])
