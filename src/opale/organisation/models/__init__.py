"""The models of the organisation, one module a subject."""

from opale.organisation.models.audit import AuditEntry, AuditEntryQuerySet
from opale.organisation.models.companies import (
    CalendarQuerySet,
    Company,
    CompanyQuerySet,
    Language,
    WorkingCalendar,
)
from opale.organisation.models.listing_views import ListingView
from opale.organisation.models.people import (
    Absence,
    AbsenceQuerySet,
    Person,
    PersonQuerySet,
    PersonSkill,
    PersonSkillQuerySet,
    Skill,
    SkillQuerySet,
)
from opale.organisation.models.person_figures import (
    PersonFigures,
    PersonFiguresQuerySet,
)
from opale.organisation.models.teams import Membership, MembershipQuerySet, Team, TeamQuerySet
from opale.organisation.models.tokens import ApiToken, ApiTokenQuerySet
from opale.organisation.models.users import User

__all__ = [
    "Absence",
    "AbsenceQuerySet",
    "ApiToken",
    "ApiTokenQuerySet",
    "AuditEntry",
    "AuditEntryQuerySet",
    "CalendarQuerySet",
    "Company",
    "CompanyQuerySet",
    "Language",
    "ListingView",
    "Membership",
    "MembershipQuerySet",
    "Person",
    "PersonFigures",
    "PersonFiguresQuerySet",
    "PersonQuerySet",
    "PersonSkill",
    "PersonSkillQuerySet",
    "Skill",
    "SkillQuerySet",
    "Team",
    "TeamQuerySet",
    "User",
    "WorkingCalendar",
]
