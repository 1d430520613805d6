"""Endpoints of skills and absences."""

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.organisation import rights
from opale.organisation.models import Absence, PersonSkill, Skill
from opale.organisation.queries import people as people_queries
from opale.organisation.shapes import AbsenceOut, PersonSkillOut, SkillOut

router = Router()


@router.get("/skills", response=Page[SkillOut], auth=may(rights.READ))
def list_skills(request: ActorRequest, window: Query[Window], q: SearchText = "") -> Slice[Skill]:
    return page(people_queries.skills(seen_by=request.actor, text=q), window, "name", "id")


@router.get("/skills/{int:skill_id}", response=SkillOut, auth=may(rights.READ))
def get_skill(request: ActorRequest, skill_id: int) -> Skill:
    return people_queries.get_skill(skill_id, seen_by=request.actor)


@router.get("/people/{int:person_id}/skills", response=list[PersonSkillOut], auth=may(rights.READ))
def list_person_skills(request: ActorRequest, person_id: int) -> list[PersonSkill]:
    person = people_queries.get_person(person_id, seen_by=request.actor)
    return list(people_queries.skills_of(person, seen_by=request.actor))


@router.get("/people/{int:person_id}/absences", response=list[AbsenceOut], auth=may(rights.READ))
def list_absences(request: ActorRequest, person_id: int) -> list[Absence]:
    """Absences that are not over, the next first."""
    person = people_queries.get_person(person_id, seen_by=request.actor)
    return list(people_queries.absences_of(person, seen_by=request.actor))
