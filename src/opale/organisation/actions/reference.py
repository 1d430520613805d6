"""Actions on skills and calendars."""

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from django.utils.translation import gettext as _

from opale.kernel.action_steps import lock_row, require_everywhere, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.calendars import BadCalendar, Calendar
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Invalid
from opale.organisation import rights
from opale.organisation.models import Skill, WorkingCalendar


class SkillFields(TypedDict, total=False):
    name: str
    family: str


class CalendarFields(TypedDict, total=False):
    name: str
    record: Mapping[str, Any]


def create_skill(*, by: Actor, name: str, family: str = "") -> Skill:
    """Create a skill. Errors: NotAllowed, Invalid."""
    require_everywhere(by, rights.EDIT)
    with attributed(by), translate_violations(organisation_skill_name_key=_skill_taken()):
        return Skill.objects.create(name=_named(name), family=family.strip())


def edit_skill(skill: Skill, *, by: Actor, **fields: Unpack[SkillFields]) -> None:
    """Change a skill. Errors: NotFound, NotAllowed, Invalid."""
    with attributed(by), translate_violations(organisation_skill_name_key=_skill_taken()):
        row = lock_row(Skill.objects.filter(pk=skill.pk), by, rights.EDIT)
        if "name" in fields:
            fields["name"] = _named(fields["name"])
        update_changed(row, dict(fields))


def create_calendar(*, by: Actor, name: str, record: Mapping[str, Any]) -> WorkingCalendar:
    """Create a calendar. Errors: NotAllowed, Invalid. Source: docs/rules/business-time.md."""
    require_everywhere(by, rights.ADMINISTER)
    with (
        attributed(by),
        translate_violations(organisation_workingcalendar_name_key=_calendar_taken()),
    ):
        return WorkingCalendar.objects.create(name=_named(name), record=_calendar(record))


def edit_calendar(
    calendar: WorkingCalendar, *, by: Actor, **fields: Unpack[CalendarFields]
) -> None:
    """Change a calendar for all its users, the clocks of open tickets included.

    Errors: NotFound, NotAllowed, Invalid.
    """
    with (
        attributed(by),
        translate_violations(organisation_workingcalendar_name_key=_calendar_taken()),
    ):
        row = lock_row(WorkingCalendar.objects.filter(pk=calendar.pk), by, rights.ADMINISTER)
        if "name" in fields:
            fields["name"] = _named(fields["name"])
        if "record" in fields:
            fields["record"] = _calendar(fields["record"])
        update_changed(row, dict(fields))


def _named(name: str) -> str:
    if not name.strip():
        raise Invalid(name=_("Enter a name."))
    return name.strip()


def _calendar(record: Mapping[str, Any]) -> dict[str, Any]:
    sentences = {
        "unknown_zone": _("Not a valid time zone."),
        "unknown_country": _("The public holidays of this country are unknown."),
        "bad_hours": _("Enter hours as 08:00-12:30, within one day."),
        "overlapping_hours": _("Some hours of one day overlap."),
        "bad_exception": _("Enter an exception as a day, opening or closing, and hours."),
    }
    try:
        return Calendar.from_record(record).to_record()
    except BadCalendar as error:
        said = sentences.get(error.code, _("Not a valid calendar."))
        raise Invalid(record=said) from error


def _skill_taken() -> Invalid:
    return Invalid(name=_("A skill with this name already exists."))


def _calendar_taken() -> Invalid:
    return Invalid(name=_("A calendar with this name already exists."))
