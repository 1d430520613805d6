"""Actions on people, their skills and their absences."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from opale.kernel import live_topics
from opale.kernel.action_steps import discard, lock_row, require_everywhere, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import now, time_zones
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.kernel.facts import announce
from opale.organisation import rights
from opale.organisation.actions.access import end_login, update_login
from opale.organisation.actions.teams import end_membership
from opale.organisation.facts import AbsenceRecorded, PersonLeft
from opale.organisation.models import (
    Absence,
    Company,
    Language,
    Membership,
    Person,
    PersonSkill,
    Skill,
    Team,
    WorkingCalendar,
)

OWN_FIELDS = frozenset({"phone", "languages", "time_zone"})
"""The fields that every person may change of their own record."""


class PersonFields(TypedDict, total=False):
    name: str
    email: str
    company: Company
    phone: str
    languages: Sequence[str]
    seniority: str
    time_zone: str
    calendar: WorkingCalendar | None
    job_title: str


def create_person(*, by: Actor, **fields: Unpack[PersonFields]) -> Person:
    """Create a person. Errors: NotAllowed, Invalid."""
    require_everywhere(by, rights.EDIT)
    person = Person(seniority=Person.Seniority.CONFIRMED)
    for name, value in _checked(fields).items():
        setattr(person, name, value)
    if not person.name or not person.email:
        raise Invalid(name=_("A person needs a name and an email address."))
    with attributed(by), translate_violations(organisation_person_email_key=_email_taken()):
        person.save(force_insert=True)
        live_topics.publish("organisation.people")
    return person


def edit_person(person: Person, *, by: Actor, **fields: Unpack[PersonFields]) -> None:
    """Change a person; without the right of editing, one's own telephone, languages, time zone.

    Errors: NotFound, NotAllowed, Invalid.
    """
    taken = _email_taken()
    with (
        attributed(by),
        translate_violations(organisation_person_email_key=taken, user_email_once=taken),
    ):
        row = lock_row(Person.objects.filter(pk=person.pk), by, rights.EDIT, rights.EDIT_SELF)
        wanted = _checked(fields)
        if not by.can(rights.EDIT) and wanted.keys() - OWN_FIELDS:
            raise NotAllowed
        changed = update_changed(row, dict(wanted))
        if row.user_id and {"email", "time_zone"} & set(changed):
            update_login(row.user_id, by=by, email=row.email, time_zone=row.time_zone)
        if changed:
            live_topics.publish("organisation.people", f"organisation.person:{row.pk}")


def discard_person(person: Person, *, by: Actor) -> None:
    """Delete a person who was entered by mistake, while nothing refers to that person.

    Errors: NotFound, NotAllowed, Conflict.
    """
    with attributed(by):
        discard(lock_row(Person.objects.filter(pk=person.pk), by, rights.EDIT))
        live_topics.publish("organisation.people")


def end_employment(person: Person, *, by: Actor, on: date | None = None) -> None:
    """End a person's employment on a day, or today.

    Every place in a team, the login and all tokens end now.

    Errors: NotFound, NotAllowed, Conflict (still answers for a team; left already).
    """
    with attributed(by):
        row = lock_row(Person.objects.filter(pk=person.pk), by, rights.EDIT)
        if row.left_on is not None:
            raise Conflict(_("This person has already left."))
        managed = Team.objects.filter(manager=row, closed_on=None)
        if names := ", ".join(managed.values_list("name", flat=True)):
            raise Conflict(_("Choose another manager for %(teams)s first.") % {"teams": names})
        at = now()
        for membership in Membership.objects.filter(person=row, period__contains=at):
            end_membership(membership, by=by, at=at)
        Membership.objects.filter(person=row, period__startswith__gt=at).delete()
        on = on or localdate(at)
        update_changed(row, {"left_on": on})
        if row.user_id:
            end_login(row.user_id, by=by)
        announce(PersonLeft(person_id=row.pk, on=on), by=by)
        live_topics.publish("organisation.people", f"organisation.person:{row.pk}")


def set_skill(
    person: Person, skill: Skill, *, by: Actor, level: int, valid_until: date | None = None
) -> PersonSkill:
    """Set a person's level in a skill (1 to 5), and until when that is certified.

    Errors: NotFound, NotAllowed, Invalid.
    """
    if not 1 <= level <= 5:
        raise Invalid(level=_("The level must be between 1 and 5."))
    with attributed(by):
        row = lock_row(Person.objects.filter(pk=person.pk), by, rights.EDIT)
        held, made = PersonSkill.objects.select_for_update().get_or_create(
            person=row, skill=skill, defaults={"level": level, "valid_until": valid_until}
        )
        if not made:
            update_changed(held, {"level": level, "valid_until": valid_until})
        live_topics.publish(f"organisation.person:{row.pk}")
    return held


def remove_skill(person: Person, skill: Skill, *, by: Actor) -> None:
    """Remove a skill from a person. Errors: NotFound, NotAllowed."""
    with attributed(by):
        row = lock_row(Person.objects.filter(pk=person.pk), by, rights.EDIT)
        PersonSkill.objects.filter(person=row, skill=skill).delete()
        live_topics.publish(f"organisation.person:{row.pk}")


def record_absence(
    person: Person, *, by: Actor, kind: str, starts: datetime, ends: datetime
) -> Absence:
    """Record a person's absence: one's own, or anybody's with the right of editing.

    Errors: NotFound, NotAllowed, Invalid, Conflict (away at that time already).
    """
    period = _absence_period(kind, starts, ends)
    with attributed(by), translate_violations(one_absence_at_a_time=_away_already()):
        row = lock_row(Person.objects.filter(pk=person.pk), by, rights.EDIT, rights.EDIT_SELF)
        absence = Absence.objects.create(person=row, kind=kind, period=period)
        _announce_absence(absence, by)
    return absence


def edit_absence(
    absence: Absence, *, by: Actor, kind: str, starts: datetime, ends: datetime
) -> None:
    """Change an absence. Errors: NotFound, NotAllowed, Invalid, Conflict."""
    period = _absence_period(kind, starts, ends)
    with attributed(by), translate_violations(one_absence_at_a_time=_away_already()):
        row = lock_row(Absence.objects.filter(pk=absence.pk), by, rights.EDIT, rights.EDIT_SELF)
        if update_changed(row, {"kind": kind, "period": period}):
            _announce_absence(row, by)


def cancel_absence(absence: Absence, *, by: Actor) -> None:
    """Cancel an absence. Errors: NotFound, NotAllowed."""
    with attributed(by):
        row = lock_row(Absence.objects.filter(pk=absence.pk), by, rights.EDIT, rights.EDIT_SELF)
        live_topics.publish(f"organisation.person:{row.person_id}")
        row.delete()


def _announce_absence(absence: Absence, by: Actor) -> None:
    announce(AbsenceRecorded(absence_id=absence.pk, person_id=absence.person_id), by=by)
    live_topics.publish(f"organisation.person:{absence.person_id}")


def _absence_period(kind: str, starts: datetime, ends: datetime) -> DateTimeTZRange:
    if kind not in Absence.Kind.values:
        raise Invalid(kind=_("Not a valid type of absence."))
    if ends <= starts:
        raise Invalid(ends=_("The end must be after the start."))
    return DateTimeTZRange(starts, ends)


def _checked(fields: PersonFields) -> PersonFields:
    wanted = fields.copy()
    if "email" in wanted:
        wanted["email"] = wanted["email"].strip().lower()
        try:
            validate_email(wanted["email"])
        except ValidationError:
            raise Invalid(email=_("Not a valid email address.")) from None
    if "name" in wanted:
        wanted["name"] = wanted["name"].strip()
        if not wanted["name"]:
            raise Invalid(name=_("A person needs a name and an email address."))
    if "company" in wanted and wanted["company"].closed_on is not None:
        raise Invalid(company=_("This company is closed."))
    if "languages" in wanted:
        wanted["languages"] = list(dict.fromkeys(wanted["languages"]))
        if set(wanted["languages"]) - set(Language.values):
            raise Invalid(languages=_("Opale is not available in this language."))
    if wanted.get("seniority", Person.Seniority.JUNIOR) not in Person.Seniority.values:
        raise Invalid(seniority=_("Not a valid seniority."))
    if "time_zone" in wanted and wanted["time_zone"] not in time_zones():
        raise Invalid(time_zone=_("Not a valid time zone."))
    return wanted


def _email_taken() -> Invalid:
    return Invalid(email=_("Somebody already has this email address."))


def _away_already() -> Conflict:
    return Conflict(_("This person already has an absence in that period."))
