"""Acts on people, their logins, skills and absences."""

from dataclasses import replace
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, button, change, create, form, place, remove
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed
from opale.organisation.actions import access, people
from opale.organisation.forms import (
    AbsenceForm,
    DayForm,
    EditPersonForm,
    LevelForm,
    PersonForm,
    PersonSkillForm,
)
from opale.organisation.models import Absence, Person, PersonQuerySet, PersonSkill
from opale.organisation.queries import people as people_queries
from opale.organisation.rights import ADMINISTER, EDIT, EDIT_SELF
from opale.organisation.shapes import AbsenceOut, PersonOut, PersonSkillOut

place_of_people = place("organisation_people")


def place_of_person(person: Person) -> Place:
    return reverse("organisation_person", args=[person.pk]), ""


def everybody(*, seen_by: Actor) -> PersonQuerySet:
    return people_queries.people(seen_by=seen_by, left=True)


def get_editable(person_id: int, *, seen_by: Actor) -> Person:
    """Return a person whom the actor may edit. Errors: NotFound, NotAllowed."""
    person = people_queries.get_person(person_id, seen_by=seen_by)
    if not people_queries.may_edit_person(person, seen_by):
        raise NotAllowed
    return person


def get_held(skill_id: int, *, seen_by: Actor, person: Person) -> PersonSkill:
    """Return a skill as the person's, held or not. Errors: NotFound."""
    skill = people_queries.get_skill(skill_id, seen_by=seen_by)
    return PersonSkill(person=person, skill=skill)


def set_level(
    held: PersonSkill, *, by: Actor, level: int, valid_until: date | None = None
) -> PersonSkill:
    """Set a person's level in a skill. Errors: NotFound, NotAllowed, Invalid."""
    return people.set_skill(held.person, held.skill, by=by, level=level, valid_until=valid_until)


def remove_skill(held: PersonSkill, *, by: Actor) -> None:
    """Remove a skill from a person. Errors: NotFound, NotAllowed."""
    people.remove_skill(held.person, held.skill, by=by)


PEOPLE: Subject[Person] = Subject(
    name="people", page="people/", endpoint="/people", home=place_of_people
)
PERSON = Subject(
    name="person", model=Person, get=people_queries.get_person, rows=everybody, shape=PersonOut,
    page="people/<int:person_id>/", endpoint="/people/{int:person_id}", home=place_of_person,
)  # fmt: skip
EDITABLE = replace(PERSON, get=get_editable)
HELD = Subject(
    name="held", model=PersonSkill, get=get_held, column="skill_id", within=PERSON,
    shape=PersonSkillOut, page="skills/<int:skill_id>/",
    endpoint="/people/{int:person_id}/skills/{int:skill_id}",
    home=lambda held: place_of_person(held.person),
)  # fmt: skip
ABSENCE = Subject(
    name="absence", model=Absence, get=people_queries.get_absence, shape=AbsenceOut,
    page="absences/<int:absence_id>/", endpoint="/absences/{int:absence_id}",
    home=lambda absence: place_of_person(absence.person),
)  # fmt: skip

ACTS = (
    create(
        PEOPLE, people.create_person, "create_person", EDIT, PersonForm, made=PERSON, noun="",
        home=place_of_people, title=_("New person"), submit=_("Create"), said=_("Person created."),
    ),
    change(
        EDITABLE, people.edit_person, "edit_person", EDIT_SELF, EditPersonForm, body=PersonForm,
        optional=set(PersonForm.base_fields) - {"calendar"}, title=_("Edit %(person)s"),
        submit=_("Save"), label=_("Edit"), said=_("Saved."),
        text="Everybody may change `phone`, `languages` and `time_zone` of himself.",
    ),
    button(
        PERSON, people.end_employment, "leave", EDIT, of=DayForm, optional={"on"},
        noun="departure", label=_("Record departure"), icon="logout", tone="danger",
        said=_("%(person)s marked as left; access revoked."),
    ),
    button(
        PERSON, access.invite, "invite", ADMINISTER, noun="invitation", status=202, icon="mail",
        label=_("Grant access"), said=_("Invitation sent to %(email)s."),
        text="Give a login, or open it again, and mail the way in.",
    ),
    remove(
        PERSON, access.close_access, "close_access", ADMINISTER, noun="access", page="access",
        label=_("Revoke access"), icon="lock", undo="invite",
        said=_("%(person)s can no longer log in."),
        text="End the login with its sessions and tokens.",
    ),
    form(
        PERSON, people.set_skill, "note_skill", EDIT, PersonSkillForm, noun=None, page="skills",
        initial=lambda _person, _by: {"level": 3}, title=_("Skill of %(person)s"),
        submit=_("Save"), label=_("Add skill"), icon="certificate", said=_("Skill saved."),
    ),
    form(
        HELD, set_level, "set_skill", EDIT, LevelForm, noun="", page=None, verb="PUT",
        gives=PersonSkillOut,
    ),
    remove(
        HELD, remove_skill, "remove_skill", EDIT, page="removal", label=_("Remove"), tone="ghost",
        said=_("%(skill)s removed."),
    ),
    create(
        EDITABLE, people.record_absence, "record_absence", EDIT_SELF, AbsenceForm,
        made=AbsenceOut, noun="absences", page="absences", title=_("Absence of %(person)s"),
        submit=_("Record"), label=_("Record absence"), icon="calendar",
        said=_("Absence recorded."),
        text="One's own, or anybody's with the right of editing.",
    ),
    form(
        ABSENCE, people.edit_absence, "edit_absence", EDIT_SELF, AbsenceForm, noun="", page=None,
        verb="PUT",
    ),
    remove(
        ABSENCE, people.cancel_absence, "cancel_absence", EDIT_SELF, page="cancellation",
        label=_("Cancel"), tone="ghost", said=_("Absence cancelled."),
    ),
)  # fmt: skip
