"""The shapes of the organisation in the API."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from opale.organisation.models import Absence, Language, Membership, Person, Team
from opale.organisation.queries.people import absence_kind
from opale.organisation.rights import Function, Pillar

Name = Annotated[str, Field(min_length=1, max_length=100)]


class Named(Schema):
    id: int
    name: str


class CompanyOut(Schema):
    id: int
    name: str
    country: str
    language: Language
    time_zone: str
    calendar: Named
    operates: bool
    closed_on: date | None


class TeamOut(Schema):
    id: int
    name: str
    kind: Team.Kind
    pillar: Pillar
    virtual: bool
    purpose: str
    manager: Named
    company: Named | None
    closed_on: date | None


class MembershipOut(Schema):
    id: int
    team: Named
    person: Named
    function: Function
    role: Membership.Role
    share_percent: int
    starts: datetime
    ends: datetime | None

    @staticmethod
    def resolve_starts(membership: Membership) -> Any:
        return membership.period.lower

    @staticmethod
    def resolve_ends(membership: Membership) -> Any:
        return membership.period.upper


class PersonOut(Schema):
    id: int
    name: str
    email: str
    phone: str
    company: Named
    job_title: str
    seniority: Person.Seniority
    languages: list[Language]
    time_zone: str
    calendar_id: int | None
    left_on: date | None
    may_log_in: bool

    @staticmethod
    def resolve_may_log_in(person: Person) -> bool:
        return person.user is not None and person.user.is_active


class ReasonOut(Schema):
    """A function that grants a right, and the teams in which it is held."""

    function: Function
    teams: str


class RightOut(Schema):
    right: str
    label: str
    everything: bool
    because: list[ReasonOut]


class SkillOut(Schema):
    id: int
    name: str
    family: str


class PersonSkillOut(Schema):
    skill: SkillOut
    level: int
    valid_until: date | None


class AbsenceOut(Schema):
    """`kind` is null for those who may not know why somebody is away."""

    id: int
    person_id: int
    kind: Absence.Kind | None
    starts: datetime
    ends: datetime

    @staticmethod
    def resolve_kind(absence: Absence, context: Any) -> Any:
        return absence_kind(absence, seen_by=context["request"].actor)

    @staticmethod
    def resolve_starts(absence: Absence) -> Any:
        return absence.period.lower

    @staticmethod
    def resolve_ends(absence: Absence) -> Any:
        return absence.period.upper


class CalendarOut(Schema):
    id: int
    name: str
    record: dict[str, Any]


class TokenOut(Schema):
    id: int
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class MadeToken(TokenOut):
    """`token` is the secret: it is shown this once."""

    token: str


class AuditEntryOut(Schema):
    """`actor` did it, "" where nobody is known; `login` is the address of the login it is about."""

    id: int
    at: datetime
    event: str
    actor: str
    actor_name: str
    login: str
    ip: str | None
    user_agent: str
    details: str


class PersonFiguresOut(Schema):
    """A decision whether lists and reports may be counted by person. Without an id: as shipped."""

    id: int | None
    allowed: bool
    reason: str
    actor_name: str
    at: datetime | None


class MenuOut(Schema):
    rooms: list[str]
    more: list[str]


class Me(Schema):
    key: str
    kind: str
    name: str
    person_id: int | None
    contact_id: int | None
    rights: list[str]
