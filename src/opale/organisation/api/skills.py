"""Endpoints of skills and absences."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.organisation import rights
from opale.organisation.listings import SKILLS
from opale.organisation.models import Absence, PersonSkill
from opale.organisation.queries import people as people_queries
from opale.organisation.shapes import AbsenceOut, PersonSkillOut
from opale.reference_tables.endpoints import endpoints_of

router = Router()


endpoints_of(router, SKILLS)


@router.get("/people/{int:person_id}/skills", response=list[PersonSkillOut], auth=may(rights.READ))
def list_person_skills(request: ActorRequest, person_id: int) -> list[PersonSkill]:
    person = people_queries.get_person(person_id, seen_by=request.actor)
    return list(people_queries.skills_of(person, seen_by=request.actor))


@router.get("/people/{int:person_id}/absences", response=list[AbsenceOut], auth=may(rights.READ))
def list_absences(request: ActorRequest, person_id: int) -> list[Absence]:
    """Absences that are not over, the next first."""
    person = people_queries.get_person(person_id, seen_by=request.actor)
    return list(people_queries.absences_of(person, seen_by=request.actor))
