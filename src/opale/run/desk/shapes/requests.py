"""Shapes of the request catalogue, of requests and of approvals."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema

from opale.endpoints.fields import LongText, Text40, Text120, Text300, Text500
from opale.run.desk.domain.catalogue.routing import Condition, RouteDecision, TriedRule
from opale.run.desk.models import Approval, RequestDetails, RequestType
from opale.run.desk.shapes.tickets import TicketOut

YEAR_SECONDS = 366 * 86_400


class RequestTypeOut(Schema):
    code: str
    name_en: str
    name_fr: str
    description_en: str
    description_fr: str
    audience: str
    family: str
    offering_id: int | None
    authority: str
    fields: list[dict[str, Any]]
    routes: list[dict[str, Any]]
    team_id: int | None
    target_seconds: int | None
    coverage: str
    retired: bool

    @staticmethod
    def resolve_target_seconds(row: RequestType) -> int | None:
        return int(row.target.total_seconds()) if row.target else None

    @staticmethod
    def resolve_retired(row: RequestType) -> bool:
        return row.retired_on is not None


class RequestTypeIn(Schema):
    code: Text40 = ""
    name_en: Text120
    name_fr: Text120
    description_en: Text500 = ""
    description_fr: Text500 = ""
    audience: Literal["customers", "employees"] = "customers"
    family: str = ""
    offering_id: int | None = None
    authority: Literal["open", "order", "approve", "enter"] = "open"
    fields: list[dict[str, Any]] = []
    routes: list[dict[str, Any]] = []
    team_id: int | None = None
    target_seconds: Annotated[int, Field(ge=0, le=YEAR_SECONDS)] | None = None
    coverage: Literal["customer_hours", "always"] = "customer_hours"


class RequestTypeChanges(Schema):
    name_en: Text120 = ""
    name_fr: Text120 = ""
    description_en: Text500 = ""
    description_fr: Text500 = ""
    audience: Literal["customers", "employees"] = "customers"
    family: str = ""
    offering_id: int | None = None
    authority: Literal["open", "order", "approve", "enter"] = "open"
    fields: list[dict[str, Any]] = []
    routes: list[dict[str, Any]] = []
    team_id: int | None = None
    target_seconds: Annotated[int, Field(ge=0, le=YEAR_SECONDS)] | None = None
    coverage: Literal["customer_hours", "always"] = "customer_hours"
    retired: bool = False


class ConditionOut(Schema):
    subject: str
    test: str
    wanted: Any
    found: Any
    holds: bool


class TriedOut(Schema):
    route: str
    because_en: str
    because_fr: str
    holds: bool
    conditions: list[ConditionOut]

    @staticmethod
    def of(one: TriedRule) -> "TriedOut":
        return TriedOut(
            route=one.rule.route,
            because_en=one.rule.because_en,
            because_fr=one.rule.because_fr,
            holds=one.holds,
            conditions=[_condition(*tried) for tried in one.conditions],
        )


def _condition(condition: Condition, found: Any, holds: bool) -> ConditionOut:  # unpacked
    return ConditionOut(
        subject=condition.subject,
        test=condition.test,
        wanted=condition.wanted,
        found=found,
        holds=holds,
    )


class RouteOut(Schema):
    """Where the request goes, what the rules say, and why somebody sent it another way."""

    route: str
    ruled: str
    because_en: str
    because_fr: str
    override: str
    tried: list[TriedOut]

    @staticmethod
    def of(routed: RouteDecision, *, route: str = "", override: str = "") -> "RouteOut":
        return RouteOut(
            route=route or routed.route,
            ruled=routed.route,
            because_en=routed.because_en,
            because_fr=routed.because_fr,
            override=override,
            tried=[TriedOut.of(one) for one in routed.tried],
        )


class TrialIn(Schema):
    """Answers that are not sent yet."""

    values: dict[str, Any] = {}
    customer_id: int | None = None
    service_id: int | None = None


class RequestIn(Schema):
    """Who asks: a contact of a customer, or an employee; oneself where neither is named."""

    type: str
    values: dict[str, Any] = {}
    contact_id: int | None = None
    employee_id: int | None = None
    customer_id: int | None = None
    service_id: int | None = None
    body: LongText = ""


class ValuesIn(Schema):
    values: dict[str, Any]
    reason: LongText = ""


class DetailsOut(Schema):
    type: str
    fields: list[dict[str, Any]]
    values: dict[str, Any]
    route: str
    because_en: str
    because_fr: str
    override: str

    @staticmethod
    def resolve_type(row: RequestDetails) -> str:
        return row.request_type.code


class ApprovalOut(Schema):
    id: int
    authority: str
    state: str
    asked_at: datetime
    decided_at: datetime | None
    decided_by_id: int | None
    decided_by: str
    by_telephone: bool
    reason: str

    @staticmethod
    def resolve_decided_by(row: Approval) -> str:
        return row.decided_by.name if row.decided_by else ""

    @staticmethod
    def resolve_by_telephone(row: Approval) -> bool:
        return bool(row.heard_by)


class RequestOut(Schema):
    ticket: TicketOut
    details: DetailsOut
    approvals: list[ApprovalOut]


class DecisionIn(Schema):
    """`contact_id` is whose word was heard; a contact decides for itself and names nobody."""

    decision: Literal["granted", "refused"]
    contact_id: int | None = None
    reason: Text300 = ""
