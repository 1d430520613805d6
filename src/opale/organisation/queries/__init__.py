"""How the organisation is read: every list starts with who is asking."""

from opale.organisation.queries.access import Held, functions_held, held_rights, right_label
from opale.organisation.queries.history import organisation_history
from opale.organisation.queries.identity import (
    access_matrix,
    actor_of,
    actor_of_token,
    digest_of,
    functions_of,
    grants_of,
    grants_of_contact,
    token_named,
    valid_tokens,
)
from opale.organisation.queries.people import (
    absence_kind,
    absences_of,
    get_absence,
    get_person,
    get_skill,
    may_edit_person,
    memberships_of,
    people,
    skills,
    skills_of,
)
from opale.organisation.queries.reference import (
    calendars,
    companies,
    get_calendar,
    get_company,
    tokens,
)
from opale.organisation.queries.search import search
from opale.organisation.queries.teams import (
    PillarOfTeams,
    TeamCard,
    chart,
    get_membership,
    get_team,
    members_of,
    teams,
)

__all__ = [
    "Held",
    "PillarOfTeams",
    "TeamCard",
    "absence_kind",
    "absences_of",
    "access_matrix",
    "actor_of",
    "actor_of_token",
    "calendars",
    "chart",
    "companies",
    "digest_of",
    "functions_held",
    "functions_of",
    "get_absence",
    "get_calendar",
    "get_company",
    "get_membership",
    "get_person",
    "get_skill",
    "get_team",
    "grants_of",
    "grants_of_contact",
    "held_rights",
    "may_edit_person",
    "members_of",
    "memberships_of",
    "organisation_history",
    "people",
    "right_label",
    "search",
    "skills",
    "skills_of",
    "teams",
    "token_named",
    "tokens",
    "valid_tokens",
]
