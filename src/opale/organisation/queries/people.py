"""Queries on people and what belongs to a person."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.kernel.errors import NotFound
from opale.organisation import rights
from opale.organisation.models import (
    Absence,
    AbsenceQuerySet,
    Membership,
    MembershipQuerySet,
    Person,
    PersonQuerySet,
    PersonSkill,
    PersonSkillQuerySet,
    Skill,
    SkillQuerySet,
)


def people(
    *,
    seen_by: Actor,
    text: str = "",
    company_id: int | None = None,
    team_id: int | None = None,
    function: str = "",
    skill_id: int | None = None,
    language: str = "",
    left: bool = False,
) -> PersonQuerySet:
    """Return present people, with `left` also former ones; team and function are today's."""
    found = Person.objects.visible_to(seen_by).select_related("company", "user")
    if not left:
        found = found.filter(left_on=None)
    for word in text.split():
        found = found.filter(
            Q(name__unaccent__icontains=word)
            | Q(email__icontains=word)
            | Q(job_title__unaccent__icontains=word)
        )
    if company_id is not None:
        found = found.filter(company_id=company_id)
    if skill_id is not None:
        found = found.filter(skills__skill_id=skill_id)
    if language:
        found = found.filter(languages__contains=[language])
    if team_id is not None or function:
        held = Membership.objects.visible_to(seen_by).filter(period__contains=now())
        held = held if team_id is None else held.filter(team_id=team_id)
        held = held.filter(function=function, team__closed_on=None) if function else held
        found = found.filter(pk__in=held.values("person_id"))
    return found


def get_person(person_id: int, *, seen_by: Actor) -> Person:
    """Return a person. Errors: NotFound, for hidden and missing alike."""
    person = people(seen_by=seen_by, left=True).filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return person


def may_edit_person(person: Person, actor: Actor) -> bool:
    """Return whether the actor may edit a person: administrators all, others part of their own."""
    mine = Person.objects.filter(pk=person.pk)
    return mine.within(actor, rights.EDIT).exists() or mine.within(actor, rights.EDIT_SELF).exists()


def current_teams(among: Sequence[Person], *, seen_by: Actor) -> dict[int, list[Membership]]:
    """Return the present teams of some people, by the person's id."""
    held: dict[int, list[Membership]] = {}
    found = Membership.objects.visible_to(seen_by).filter(person__in=among)
    found = found.filter(period__contains=now()).select_related("team")
    for membership in found.order_by("team__name"):
        held.setdefault(membership.person_id, []).append(membership)
    return held


def current_absences(among: Sequence[Person], *, seen_by: Actor) -> dict[int, datetime]:
    """Return until when people are away who are away now, by the person's id."""
    found = Absence.objects.visible_to(seen_by).filter(person__in=among)
    found = found.filter(period__contains=now())
    return {absence.person_id: absence.period.upper for absence in found}


def memberships_of(person: Person, *, seen_by: Actor) -> MembershipQuerySet:
    """Return a person's places in teams over time, newest first."""
    held = Membership.objects.visible_to(seen_by).filter(person=person)
    return held.select_related("team").order_by("-period")


def skills_of(person: Person, *, seen_by: Actor) -> PersonSkillQuerySet:
    held = PersonSkill.objects.visible_to(seen_by).filter(person=person)
    return held.select_related("skill", "person").order_by("skill__family", "-level", "skill__name")


def skills(*, seen_by: Actor, text: str = "") -> SkillQuerySet:
    """Return skills whose name or family has the text."""
    found = Skill.objects.visible_to(seen_by)
    if not text:
        return found
    named, of_family = (Q(**{f"{name}__unaccent__icontains": text}) for name in ("name", "family"))
    return found.filter(named | of_family)


def get_skill(skill_id: int, *, seen_by: Actor) -> Skill:
    """Return a skill. Errors: NotFound."""
    skill = skills(seen_by=seen_by).filter(pk=skill_id).first()
    if skill is None:
        raise NotFound
    return skill


def get_absence(absence_id: int, *, seen_by: Actor) -> Absence:
    """Return an absence. Errors: NotFound."""
    found = Absence.objects.visible_to(seen_by).select_related("person")
    absence = found.filter(pk=absence_id).first()
    if absence is None:
        raise NotFound
    return absence


def absence_kind(absence: Absence, *, seen_by: Actor) -> Absence.Kind | None:
    """Return an absence's kind: only for the person and for those who edit absences."""
    if absence.person_id == seen_by.person_id or seen_by.can(rights.EDIT):
        return Absence.Kind(absence.kind)
    return None


def absences_of(person: Person, *, seen_by: Actor) -> AbsenceQuerySet:
    """Return absences that are not over, the next first."""
    found = Absence.objects.visible_to(seen_by).filter(person=person, period__endswith__gt=now())
    return found.order_by("period")
