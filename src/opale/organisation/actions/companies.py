"""Actions on the companies of the group."""

import re
from datetime import date
from typing import Any, TypedDict, Unpack

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from opale.kernel import live_topics
from opale.kernel.action_steps import lock_row, require_everywhere, update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import now, time_zones
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, Invalid
from opale.organisation import rights
from opale.organisation.models import Company, Language, Person, Team, WorkingCalendar

COUNTRY = re.compile(r"[A-Z]{2}")
NAMED = 5


class CompanyFields(TypedDict, total=False):
    name: str
    country: str
    language: str
    time_zone: str
    calendar: WorkingCalendar
    operates: bool


def create_company(*, by: Actor, **fields: Unpack[CompanyFields]) -> Company:
    """Create a company. Errors: NotAllowed, Invalid."""
    require_everywhere(by, rights.ADMINISTER)
    company = Company(**_checked(dict(fields)))
    if not (company.name and company.country and company.language) or company.calendar_id is None:
        raise Invalid(_("A company needs a name, a country, a language and a working calendar."))
    with attributed(by), _refusing_twice():
        company.save(force_insert=True)
        _touch()
    return company


def edit_company(company: Company, *, by: Actor, **fields: Unpack[CompanyFields]) -> None:
    """Change a company; its people without a calendar of their own follow its calendar.

    Errors: NotFound, NotAllowed, Invalid, Conflict (the company is closed).
    """
    with attributed(by), _refusing_twice():
        row = lock_row(Company.objects.filter(pk=company.pk), by, rights.ADMINISTER)
        require_open_company(row)
        if update_changed(row, _checked(dict(fields))):
            _touch()


def close_company(company: Company, *, by: Actor, on: date | None = None) -> None:
    """Close a company that leaves the group on a day, or today, once it has no people and no teams.

    Errors: NotFound, NotAllowed, Conflict (closed already; operates; people or teams are left).
    """
    with attributed(by):
        row = lock_row(Company.objects.filter(pk=company.pk), by, rights.ADMINISTER)
        require_open_company(row)
        if row.operates:
            raise Conflict(_("This company operates the service: it cannot be closed."))
        people = Person.objects.filter(company=row, left_on=None)
        if names := _names(people.values_list("name", flat=True)):
            raise Conflict(_("These people still work there: %(names)s.") % {"names": names})
        teams = Team.objects.filter(company=row, closed_on=None)
        if names := _names(teams.values_list("name", flat=True)):
            raise Conflict(_("These teams still belong to it: %(names)s.") % {"names": names})
        update_changed(row, {"closed_on": on or localdate(now())})
        _touch()


def reopen_company(company: Company, *, by: Actor) -> None:
    """Undo the closing of a company. Errors: NotFound, NotAllowed."""
    with attributed(by):
        row = lock_row(Company.objects.filter(pk=company.pk), by, rights.ADMINISTER)
        update_changed(row, {"closed_on": None})
        _touch()


def require_open_company(company: Company) -> None:
    """Check that the company is open. Errors: Conflict."""
    if company.closed_on is not None:
        raise Conflict(_("This company is closed."))


def _names(found: Any) -> str:
    """Return the first names, and dots for the others."""
    names = list(found[: NAMED + 1])
    return ", ".join(names[:NAMED] + ["…"] * (len(names) > NAMED))


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    if "name" in fields:
        fields["name"] = " ".join(fields["name"].split())
        if not fields["name"]:
            wrong["name"] = _("Enter a name.")
    if "country" in fields:
        fields["country"] = fields["country"].strip().upper()
        if not COUNTRY.fullmatch(fields["country"]):
            wrong["country"] = _("Enter a two-letter country code, such as FR.")
    if "language" in fields and fields["language"] not in Language.values:
        wrong["language"] = _("Opale is not available in this language.")
    if "time_zone" in fields and fields["time_zone"] not in time_zones():
        wrong["time_zone"] = _("Not a valid time zone.")
    if wrong:
        raise Invalid(**wrong)
    return fields


def _refusing_twice() -> Any:
    return translate_violations(
        organisation_company_name_key=Invalid(name=_("A company with this name already exists.")),
        one_operating_company=Invalid(operates=_("Another company already operates the service.")),
    )


def _touch() -> None:
    live_topics.publish("organisation.companies", "organisation.people", "organisation.teams")
