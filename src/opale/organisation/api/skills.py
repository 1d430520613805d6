"""Endpoints of skills and absences."""

from typing import Any

from ninja import Query, Router
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.organisation import rights
from opale.organisation.actions import people, reference
from opale.organisation.models import Absence, PersonSkill, Skill
from opale.organisation.queries import people as people_queries
from opale.organisation.shapes import (
    AbsenceIn,
    AbsenceOut,
    NewSkill,
    PersonSkillOut,
    SkillChanges,
    SkillLevel,
    SkillOut,
)

router = Router()


@router.get("/skills", response=Page[SkillOut], auth=may(rights.READ))
def list_skills(request: ActorRequest, window: Query[Window], q: SearchText = "") -> Slice[Skill]:
    return page(people_queries.skills(seen_by=request.actor, text=q), window, "name", "id")


@router.post("/skills", response={201: SkillOut}, auth=may(rights.EDIT))
def create_skill(request: ActorRequest, body: NewSkill) -> Status[Skill]:
    return Status(201, reference.create_skill(by=request.actor, **body.dict()))


@router.get("/skills/{int:skill_id}", response=SkillOut, auth=may(rights.READ))
def get_skill(request: ActorRequest, skill_id: int) -> Skill:
    return people_queries.get_skill(skill_id, seen_by=request.actor)


@router.patch("/skills/{int:skill_id}", response=SkillOut, auth=may(rights.EDIT))
def edit_skill(request: ActorRequest, skill_id: int, body: SkillChanges) -> Skill:
    rows = people_queries.skills(seen_by=request.actor).filter(pk=skill_id)
    with unless_changed(request, rows, SkillOut) as skill:
        fields: dict[str, Any] = body.dict(exclude_unset=True, exclude_none=True)
        reference.edit_skill(skill, by=request.actor, **fields)
    return people_queries.get_skill(skill_id, seen_by=request.actor)


@router.get("/people/{int:person_id}/skills", response=list[PersonSkillOut], auth=may(rights.READ))
def list_person_skills(request: ActorRequest, person_id: int) -> list[PersonSkill]:
    person = people_queries.get_person(person_id, seen_by=request.actor)
    return list(people_queries.skills_of(person, seen_by=request.actor))


@router.put(
    "/people/{int:person_id}/skills/{int:skill_id}",
    response=PersonSkillOut,
    auth=may(rights.EDIT),
)
def set_skill(
    request: ActorRequest, person_id: int, skill_id: int, body: SkillLevel
) -> PersonSkill:
    return people.set_skill(
        people_queries.get_person(person_id, seen_by=request.actor),
        people_queries.get_skill(skill_id, seen_by=request.actor),
        by=request.actor,
        level=body.level,
        valid_until=body.valid_until,
    )


@router.delete(
    "/people/{int:person_id}/skills/{int:skill_id}", response={204: None}, auth=may(rights.EDIT)
)
def remove_skill(request: ActorRequest, person_id: int, skill_id: int) -> Status[None]:
    people.remove_skill(
        people_queries.get_person(person_id, seen_by=request.actor),
        people_queries.get_skill(skill_id, seen_by=request.actor),
        by=request.actor,
    )
    return Status(204, None)


@router.get("/people/{int:person_id}/absences", response=list[AbsenceOut], auth=may(rights.READ))
def list_absences(request: ActorRequest, person_id: int) -> list[AbsenceOut]:
    """Absences that are not over, the next first."""
    person = people_queries.get_person(person_id, seen_by=request.actor)
    found = people_queries.absences_of(person, seen_by=request.actor)
    return [_shown(absence, request) for absence in found]


@router.post(
    "/people/{int:person_id}/absences", response={201: AbsenceOut}, auth=may(rights.EDIT_SELF)
)
def record_absence(request: ActorRequest, person_id: int, body: AbsenceIn) -> Status[AbsenceOut]:
    """One's own, or anybody's with the right of editing."""
    person = people_queries.get_person(person_id, seen_by=request.actor)
    absence = people.record_absence(person, by=request.actor, **body.dict())
    return Status(201, _shown(absence, request))


@router.put("/absences/{int:absence_id}", response=AbsenceOut, auth=may(rights.EDIT_SELF))
def edit_absence(request: ActorRequest, absence_id: int, body: AbsenceIn) -> AbsenceOut:
    absence = people_queries.get_absence(absence_id, seen_by=request.actor)
    people.edit_absence(absence, by=request.actor, **body.dict())
    return _shown(people_queries.get_absence(absence_id, seen_by=request.actor), request)


@router.delete("/absences/{int:absence_id}", response={204: None}, auth=may(rights.EDIT_SELF))
def cancel_absence(request: ActorRequest, absence_id: int) -> Status[None]:
    absence = people_queries.get_absence(absence_id, seen_by=request.actor)
    people.cancel_absence(absence, by=request.actor)
    return Status(204, None)


def _shown(absence: Absence, request: ActorRequest) -> AbsenceOut:
    return AbsenceOut(
        id=absence.pk,
        person_id=absence.person_id,
        kind=people_queries.absence_kind(absence, seen_by=request.actor),
        starts=absence.period.lower,
        ends=absence.period.upper,
    )
