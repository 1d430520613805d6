"""The shapes of the organisation in the API."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import AwareDatetime, Field

from opale.organisation.models import Absence, Language, Membership, Person, Team
from opale.organisation.rights import Function, Pillar

Name = Annotated[str, Field(min_length=1, max_length=100)]
Id = Annotated[int, Field(ge=1, lt=2**63)]


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


Country = Annotated[str, Field(min_length=2, max_length=2, description="Two letters, such as FR")]


class NewCompany(Schema):
    name: Name
    country: Country
    language: Language
    time_zone: str = "Europe/Paris"
    calendar_id: Id
    operates: bool = False


class CompanyChanges(Schema):
    name: Name | None = None
    country: Country | None = None
    language: Language | None = None
    time_zone: str | None = None
    calendar_id: Id | None = None
    operates: bool | None = None


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


class NewTeam(Schema):
    name: Name
    kind: Team.Kind
    manager_id: Id
    company_id: Id | None = None
    virtual: bool = False
    purpose: Annotated[str, Field(max_length=300)] = ""


class TeamChanges(Schema):
    name: Name | None = None
    kind: Team.Kind | None = None
    manager_id: Id | None = None
    company_id: Id | None = None
    virtual: bool | None = None
    purpose: Annotated[str, Field(max_length=300)] | None = None


class Day(Schema):
    on: date


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


class NewMembership(Schema):
    person_id: Id
    function: Function
    role: Membership.Role = Membership.Role.MEMBER
    share_percent: Annotated[int, Field(ge=1, le=100)] = 100
    starts: AwareDatetime | None = None
    ends: AwareDatetime | None = None


class MembershipChanges(Schema):
    function: Function | None = None
    role: Membership.Role | None = None
    share_percent: Annotated[int, Field(ge=1, le=100)] | None = None


class End(Schema):
    at: AwareDatetime


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


class NewPerson(Schema):
    name: Name
    email: Annotated[str, Field(max_length=254)]
    company_id: Id
    seniority: Person.Seniority = Person.Seniority.CONFIRMED
    phone: Annotated[str, Field(max_length=32)] = ""
    languages: Annotated[list[Language], Field(max_length=10)] = []
    time_zone: Annotated[str, Field(max_length=64)] = "Europe/Paris"
    calendar_id: Id | None = None
    job_title: Annotated[str, Field(max_length=100)] = ""


class PersonChanges(Schema):
    name: Name | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    company_id: Id | None = None
    seniority: Person.Seniority | None = None
    phone: Annotated[str, Field(max_length=32)] | None = None
    languages: Annotated[list[Language], Field(max_length=10)] | None = None
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    calendar_id: Id | None = None
    job_title: Annotated[str, Field(max_length=100)] | None = None


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


class NewSkill(Schema):
    name: Name
    family: Annotated[str, Field(max_length=100)] = ""


class SkillChanges(Schema):
    name: Name | None = None
    family: Annotated[str, Field(max_length=100)] | None = None


class PersonSkillOut(Schema):
    skill: SkillOut
    level: int
    valid_until: date | None


class SkillLevel(Schema):
    level: Annotated[int, Field(ge=1, le=5)]
    valid_until: date | None = None


class AbsenceOut(Schema):
    """`kind` is null for those who may not know why somebody is away."""

    id: int
    person_id: int
    kind: Absence.Kind | None
    starts: datetime
    ends: datetime


class AbsenceIn(Schema):
    kind: Absence.Kind = Absence.Kind.LEAVE
    starts: AwareDatetime
    ends: AwareDatetime


class CalendarOut(Schema):
    id: int
    name: str
    record: dict[str, Any]


class NewCalendar(Schema):
    name: Name
    record: dict[str, Any]


class CalendarChanges(Schema):
    name: Name | None = None
    record: dict[str, Any] | None = None


class TokenOut(Schema):
    id: int
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class NewToken(Schema):
    name: Name
    days: Annotated[int, Field(ge=1, le=366)] = 90
    scopes: Annotated[list[str], Field(max_length=50)] = []


class MadeToken(TokenOut):
    """`token` is the secret: it is shown this once."""

    token: str


class Me(Schema):
    key: str
    kind: str
    name: str
    person_id: int | None
    contact_id: int | None
    rights: list[str]
