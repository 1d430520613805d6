"""The functions of the operating model, and the rights of this app.

Every app declares in its `rights` what each of its rights allows and which functions hold it, by
scope. `organisation.queries.matrix` merges them; docs/reference/access.md is printed from that.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opale.kernel.actor import EVERYTHING, LED_TEAMS, OWN, OWN_TEAMS, SHARED, Scope


class Pillar(models.TextChoices):
    BUILD = "build", _("BUILD")
    RUN = "run", _("RUN")
    TECHNICAL = "technical", _("TECHNICAL")
    GENERAL = "general", _("General")


class Function(models.TextChoices):
    """What a person does, and so what a person may do."""

    SOLUTION_ARCHITECT = "solution_architect", _("Solution architect")
    PROJECT_MANAGER = "project_manager", _("Integration project manager")
    BUILD_ENGINEER = "build_engineer", _("BUILD engineer")
    PROVISIONER = "provisioner", _("Provisioning engineer")
    DESK_AGENT = "desk_agent", _("Service desk agent")
    RUN_ENGINEER = "run_engineer", _("RUN engineer")
    SERVICE_MANAGER = "service_manager", _("Service manager")
    CORE_ENGINEER = "core_engineer", _("Core infrastructure engineer")
    TOOLS_ENGINEER = "tools_engineer", _("Tools engineer")
    GROUP_COLLEAGUE = "group_colleague", _("Group colleague")
    ADMINISTRATOR = "administrator", _("Administrator of Opale")
    EMPLOYEE = "employee", _("Employee")
    CUSTOMER_CONTACT = "customer_contact", _("Customer contact")


F = Function
STAFF = frozenset(Function) - {F.GROUP_COLLEAGUE, F.EMPLOYEE, F.CUSTOMER_CONTACT}
"""The functions that work for customers and share one record. The group's teams see what is for
all, and no customer's data but that of their work."""
DESK = frozenset({F.DESK_AGENT, F.RUN_ENGINEER})
"""The service desk: triage, tickets, alerts, calls, and corrections of contacts."""
TEAM_LEADERS = frozenset({F.BUILD_ENGINEER, F.PROVISIONER, *DESK, F.CORE_ENGINEER})
"""The functions whose team leaders manage people and plan their roster: the desk hands over
by itself, and levels 2 and 3 support it by their own stand-by."""


@dataclass(frozen=True, slots=True)
class Right:
    """A right, and the functions that hold it, by the rows they hold it on.

    `own` are one's own rows, for a contact those of one customer; `own_teams` are rows of the teams
    in which the function is held, `led_teams` those of the teams that one leads; `shared` are rows
    that could belong to a customer and belong to none. Every person is an employee.
    """

    label: str | Promise
    everywhere: Set[Function] = frozenset()
    own_teams: Set[Function] = frozenset()
    led_teams: Set[Function] = frozenset()
    own: Set[Function] = frozenset()
    shared: Set[Function] = frozenset()

    def scopes(self) -> Mapping[Function, Scope]:
        """Return the scope of each function that holds this right.

        Errors: ValueError when a function is named under two scopes.
        """
        held: dict[Function, Scope] = {}
        for functions, scope in (
            (self.everywhere, EVERYTHING),
            (self.own_teams, OWN_TEAMS),
            (self.led_teams, LED_TEAMS),
            (self.own, OWN),
            (self.shared, SHARED),
        ):
            if twice := functions & held.keys():
                raise ValueError(f"{self.label}: {', '.join(sorted(twice))} held twice")
            held |= dict.fromkeys(functions, scope)
        return held


READ = "organisation.read"
EDIT = "organisation.edit"
ADMINISTER = "organisation.administer"
EDIT_SELF = "organisation.edit_self"
TOKENS = "organisation.tokens"
EXCHANGE = "exchange.use"
OF_LOGIN = frozenset({TOKENS, "webhooks.use"})
"""Rights on what belongs to a login itself, whatever its customer."""

RIGHTS = {
    READ: Right(_("See companies, teams, people and their skills"), everywhere={F.EMPLOYEE}),
    EDIT_SELF: Right(_("Edit own telephone, languages, time zone and absences"), own={F.EMPLOYEE}),
    # A contact's tokens belong to the contact's own login, and show no more than it sees.
    TOKENS: Right(
        _("Use API tokens, with one's own rights at most"),
        everywhere={F.ADMINISTRATOR},
        own={F.EMPLOYEE, F.CUSTOMER_CONTACT},
    ),
    EDIT: Right(_("Edit teams, people, skills and absences"), everywhere={F.ADMINISTRATOR}),
    ADMINISTER: Right(
        _("Manage logins, companies, calendars and others' tokens"), everywhere={F.ADMINISTRATOR}
    ),
    EXCHANGE: Right(
        _("Export and import files of what one may see and edit; see one's imports"),
        everywhere={F.ADMINISTRATOR},
        own={F.EMPLOYEE},
    ),
}
