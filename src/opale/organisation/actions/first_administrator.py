"""Creation of the first administrator, by the person who runs the server.

The company that operates, its office hours and a team are created too, because a person works for
a company and has the rights of a function by a place in a team.
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from opale.kernel.action_steps import require_everywhere
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, Invalid
from opale.organisation import rights
from opale.organisation.actions.access import invitation_path, invite
from opale.organisation.actions.companies import create_company
from opale.organisation.actions.people import create_person
from opale.organisation.actions.reference import create_calendar
from opale.organisation.actions.teams import add_member, create_team
from opale.organisation.models import Company, Language, Membership, Team, WorkingCalendar
from opale.organisation.rights import Function

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
OFFICE_HOURS = {day: ["09:00-18:00"] for day in WEEKDAYS}


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """The first administrator and the company that operates."""

    name: str
    email: str
    company: str
    country: str
    language: str
    time_zone: str


def create_first_administrator(asked: FirstAdministrator, *, by: Actor) -> str:
    """Make the first administrator; return the link by which the password is chosen.

    Errors: NotAllowed, Invalid, Conflict (there is an administrator already).
    """
    require_everywhere(by, rights.ADMINISTER)
    if asked.language not in Language.values:
        raise Invalid(language=_("Opale is not available in this language."))
    with attributed(by):
        administer = Membership.objects.filter(
            function=Function.ADMINISTRATOR,
            period__contains=now(),
            person__left_on=None,
            person__user__is_active=True,
        )
        if administer.exists():
            raise Conflict(_("Opale already has an administrator, who can grant access to others."))
        company = Company.objects.filter(operates=True).first() or _operator(asked, by)
        person = create_person(
            by=by,
            name=asked.name,
            email=asked.email,
            company=company,
            languages=[asked.language],
            time_zone=asked.time_zone,
        )
        team = Team.objects.filter(kind=Team.Kind.TOOLS, closed_on=None).first() or create_team(
            by=by,
            name=_in(asked.language, gettext_noop("Tools")),
            kind=Team.Kind.TOOLS,
            manager=person,
            company=company,
        )
        add_member(team, person, by=by, function=Function.ADMINISTRATOR, starts=now())
        user = invite(person, by=by)
    return settings.BASE_URL + invitation_path(user)


def _in(language: str, word: str) -> str:
    with translation.override(language):
        return _(word)


def _operator(asked: FirstAdministrator, by: Actor) -> Company:
    name = _in(asked.language, gettext_noop("Office hours"))
    hours = WorkingCalendar.objects.filter(name=name).first() or create_calendar(
        by=by,
        name=name,
        record={"time_zone": asked.time_zone, "country": asked.country, "weekly": OFFICE_HOURS},
    )
    return create_company(
        by=by,
        name=asked.company,
        country=asked.country,
        language=asked.language,
        time_zone=asked.time_zone,
        calendar=hours,
        operates=True,
    )
