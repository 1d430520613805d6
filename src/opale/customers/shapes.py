"""The shapes of customers and what they buy in the API."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from opale.customers.models import (
    ClocksShown,
    Contract,
    ContractedPlan,
    ContractOption,
    Coverage,
    Measure,
    PlanTarget,
    SoldCommitment,
    Stream,
    SupportPlan,
    SupportPlanVersion,
)
from opale.customers.queries.comparisons import ComparedLine, ComparedValue
from opale.customers.queries.plan_tables import ContractItem
from opale.endpoints.fields import Day

LanguageCode = Literal["fr", "en"]
Seconds = Annotated[int, Field(gt=0, lt=10**9)]
Days = Annotated[int, Field(ge=0, le=3_660, description="Days from today")]


class CustomerOut(Schema):
    id: int
    code: str
    name: str
    language: str
    time_zone: str
    domains: list[str]
    phone: str
    calendar_id: int
    architect_id: int | None
    service_manager_id: int | None
    left_on: date | None


class ContactOut(Schema):
    id: int
    customer_id: int
    name: str
    email: str
    phone: str
    language: str
    may_open: bool
    may_order: bool
    may_approve: bool
    may_enter: bool
    left_on: date | None


class ServiceOut(Schema):
    id: int
    reference: str
    name: str
    state: str
    customer_id: int
    offering_id: int
    parent_id: int | None
    started_on: date | None
    ended_on: date | None


class OptionChoice(Schema):
    value: str
    name_en: str
    name_fr: str


class OfferingOption(Schema):
    """`kind`: text, number or choice. `least` and `most` are in the unit; `decimals` is how many a
    number may have."""

    key: str
    name_en: str
    name_fr: str
    unit: str = ""
    kind: str = "text"
    least: str | None = None
    most: str | None = None
    decimals: int = 0
    choices: list[OptionChoice] = []
    required: bool = False


class OfferingOut(Schema):
    id: int
    code: str
    family: str
    name_en: str
    name_fr: str
    options: list[OfferingOption]
    retired_on: date | None


class ContractOut(Schema):
    id: int
    number: str
    customer_id: int
    signed_on: date
    starts: date
    ends: date | None
    notice_months: int | None
    decide_by: Annotated[
        date | None,
        Field(description="The last day on which it can be renewed, changed or ended"),
    ]

    @staticmethod
    def resolve_starts(row: Contract) -> date:
        return row.period.lower  # type: ignore[no-any-return]  # a range is not typed

    @staticmethod
    def resolve_ends(row: Contract) -> date | None:
        return row.period.upper  # type: ignore[no-any-return]  # a range is not typed


class Referred(Schema):
    id: int
    name: str


class Dated(Schema):
    """`ends` is the first day without it; null while that is not known."""

    id: int
    starts: date
    ends: date | None

    @staticmethod
    def resolve_starts(row: ContractItem) -> date:
        return row.period.lower  # type: ignore[no-any-return]  # a range is not typed

    @staticmethod
    def resolve_ends(row: ContractItem) -> date | None:
        return row.period.upper  # type: ignore[no-any-return]  # a range is not typed


class ContractedPlanOut(Dated):
    service: Referred
    plan: str

    @staticmethod
    def resolve_plan(row: ContractedPlan) -> str:
        return row.plan.code


class ContractOptionOut(Dated):
    kind: ContractOption.Kind
    service: Referred | None


class CommitmentOut(Dated):
    measure: Measure
    service: Referred | None
    priority: int | None
    target_seconds: int | None
    percent: Decimal | None
    coverage: Coverage
    penalty: str
    penalty_terms: dict[str, Any]

    @staticmethod
    def resolve_target_seconds(row: SoldCommitment) -> int | None:
        return None if row.target is None else int(row.target.total_seconds())


class TargetOut(Schema):
    measure: str
    priority: int
    premium: bool
    coverage: str
    target_seconds: int

    @staticmethod
    def resolve_target_seconds(row: PlanTarget) -> int:
        return int(row.target.total_seconds())


class VersionOut(Schema):
    id: int
    starts: date
    ends: date | None
    stream: str
    coverage: str
    matrix: dict[str, dict[str, int]]
    premium_matrix: dict[str, dict[str, int]]
    targets: list[TargetOut]
    clocks_shown: ClocksShown
    exceptional_interventions: bool

    @staticmethod
    def resolve_starts(row: SupportPlanVersion) -> date:
        return row.period.lower  # type: ignore[no-any-return]  # a range is not typed

    @staticmethod
    def resolve_ends(row: SupportPlanVersion) -> date | None:
        return row.period.upper  # type: ignore[no-any-return]  # a range is not typed

    @staticmethod
    def resolve_targets(row: SupportPlanVersion) -> list[PlanTarget]:
        return list(row.targets.all())


class PlanOut(Schema):
    code: str
    name_en: str
    name_fr: str
    versions: list[VersionOut]

    @staticmethod
    def resolve_versions(row: SupportPlan) -> list[SupportPlanVersion]:
        return list(row.versions.all())


class NewTarget(Schema):
    """The time promised for a measure and a priority from 1 to 5."""

    measure: Measure
    priority: int
    target_seconds: Seconds
    coverage: Coverage
    premium: bool = False


class NewVersion(Schema):
    """All that the version says: what is left out of `targets` is not promised.

    `matrix[impact][urgency]` is the priority, for impact and urgency from 1 to 3.
    """

    starts: Day
    stream: Stream
    coverage: Coverage
    matrix: dict[str, dict[str, int]]
    premium_matrix: dict[str, dict[str, int]]
    targets: Annotated[list[NewTarget], Field(max_length=100)]
    clocks_shown: ClocksShown = ClocksShown.PROMISES
    exceptional_interventions: bool = False


class ChangedClockOut(Schema):
    """When it falls due now, and would then; null is no promise, or no time of it."""

    measure: str = Field(alias="code")
    before: datetime | None
    after: datetime | None
    breaks: bool


class ChangedTicketOut(Schema):
    """`follows`: the change holds for it, as it was received since that day."""

    reference: str
    subject: str
    customer: str
    follows: bool
    breaks: bool
    clocks: list[ChangedClockOut]


class PreviewOut(Schema):
    """The running tickets whose promises differ, those that would break one first.

    So many were `looked_at`, those that fall due soonest; `left_out` were not.
    """

    tickets: list[ChangedTicketOut]
    looked_at: int
    left_out: int


class DifferenceOut(Schema):
    """`subject` is stable; lengths of time are in seconds, null is not promised."""

    subject: str
    label: str
    before: str | bool | int | None
    after: str | bool | int | None

    @staticmethod
    def resolve_before(line: ComparedLine) -> str | int | None:
        return _seconds(line.before)

    @staticmethod
    def resolve_after(line: ComparedLine) -> str | int | None:
        return _seconds(line.after)


class ComparisonOut(Schema):
    before: VersionOut
    after: VersionOut
    differences: list[DifferenceOut]


def _seconds(said: ComparedValue) -> str | int | None:
    return int(said.total_seconds()) if isinstance(said, timedelta) else said
