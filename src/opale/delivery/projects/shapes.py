"""API shapes of projects."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from opale.delivery.projects.domain.template_content import content_record
from opale.delivery.projects.models import (
    Baseline,
    CarrierPromise,
    Deliverable,
    DeliverableVersion,
    Evidence,
    Gate,
    Project,
    Slip,
    TechnicalNeed,
    WorkPackage,
)
from opale.delivery.projects.queries.managers import LOAD_WEEKS, ManagerLine
from opale.delivery.projects.queries.templates import OfferingTemplate
from opale.reservations.states import HOLDING


class ProjectOut(Schema):
    """`waits_for`: us, customer, carrier or stock. `next_was_on` is what the last promise says of
    the next milestone; `promised_on` the day last promised to the customer."""

    number: int
    reference: str
    name: str
    size: str
    state: str
    order_number: int
    customer_code: str
    manager_id: int | None
    exception_by_id: int | None
    exception_reason: str
    calendar_id: int
    backward: bool
    begins_on: date
    wanted_on: date | None
    ordered_on: date | None
    promised_on: date | None
    ends_on: date | None
    late_by: int
    weather: str
    waits_for: str
    next_package_id: int | None
    next_was_on: date | None
    opened_at: datetime
    ended_at: datetime | None

    @staticmethod
    def resolve_order_number(row: Project) -> int:
        return row.order.number

    @staticmethod
    def resolve_customer_code(row: Project) -> str:
        return row.customer.code


class ProjectManagerOut(Schema):
    """A manager with the number of open projects led, and the booked part of the available hours of
    this week, and of the next 4 and 8, in per cent; null for who may not see the load of people."""

    person_id: int
    name: str
    open: int
    off_track: int
    at_risk: int
    end_within_30_days: int
    booked_this_week: int | None
    booked_4_weeks: int | None
    booked_8_weeks: int | None

    @classmethod
    def of(cls, line: ManagerLine) -> "ProjectManagerOut":
        counts: Any = line.person
        return cls(
            person_id=line.person.pk,
            name=line.person.name,
            open=counts.open_count,
            off_track=counts.storm_count,
            at_risk=counts.cloud_count,
            end_within_30_days=counts.soon_count,
            booked_this_week=line.share(1),
            booked_4_weeks=line.share(4),
            booked_8_weeks=line.share(LOAD_WEEKS),
        )


class WorkPackageOut(Schema):
    """`because`: what the start hangs on (`kind`, the day `on`, and `of` which package)."""

    id: int
    project_number: int
    line: str | None
    name_en: str
    name_fr: str
    kind: str
    party: str
    role: str
    skill_id: int | None
    level: int
    hours: Decimal
    days: int
    not_before: date | None
    promised_on: date | None
    person_id: int | None
    reservation_id: int | None
    state: str
    begun_on: date | None
    done_on: date | None
    starts_on: date | None
    ends_on: date | None
    slack: int
    critical: bool
    because: dict[str, str]

    @staticmethod
    def resolve_project_number(row: WorkPackage) -> int:
        return row.project.number

    @staticmethod
    def resolve_line(row: WorkPackage) -> str | None:
        return row.line.item_id if row.line else None


class MovedPackageOut(WorkPackageOut):
    not_held: Annotated[
        str, Field(description="Why what was given back with its end is not held again")
    ]


class MovedHoursOut(Schema):
    moved: int
    refused: list[str]


class LinkOut(Schema):
    before_id: int
    after_id: int
    lag: int


class PlacedUnit(Schema):
    item_id: int
    item: str
    unit: str


class NeedOut(Schema):
    id: int
    line: str
    name_en: str
    name_fr: str
    unit: str
    quantity: Decimal
    pool_id: int | None
    reservation_id: int | None
    place: Annotated[list[PlacedUnit], Field(description="The units that are held by name")]

    @staticmethod
    def resolve_line(row: TechnicalNeed) -> str:
        return row.line.item_id

    @staticmethod
    def resolve_place(row: TechnicalNeed) -> list[PlacedUnit]:
        if row.place is None or row.place.state not in HOLDING:
            return []
        return [
            PlacedUnit(item_id=line.item.pk, item=line.item.name, unit=line.unit)
            for line in row.place.lines.all()
            if line.item is not None
        ]


class BaselineOut(Schema):
    """`dates`: the first and last day of each work package, by its id, as they were promised."""

    number: int
    promised_on: date
    note: str
    dates: dict[str, list[date]]
    made_by: str
    made_at: datetime

    @staticmethod
    def resolve_dates(row: Baseline) -> Any:
        return row.dates


class SlipOut(Schema):
    id: int
    work_package_id: int
    cause: str
    was_on: date
    now_on: date
    days: int
    note: str
    said_by: str
    said_at: datetime

    @staticmethod
    def resolve_work_package_id(row: Slip) -> int:
        return row.package_id


class CarrierPromiseOut(Schema):
    id: int
    work_package_id: int
    supplier_id: int | None
    reference: str
    promised_on: date
    said_by: str
    said_at: datetime

    @staticmethod
    def resolve_work_package_id(row: CarrierPromise) -> int:
        return row.package_id


class VersionOut(Schema):
    number: int
    place: str
    note: str
    given_by: str
    given_at: datetime
    accepted: bool | None
    reason: str
    decided_by: str
    decided_at: datetime | None


class DeliverableOut(Schema):
    id: int
    name_en: str
    name_fr: str
    work_package_id: int | None
    state: str
    refusals: int
    versions: list[VersionOut]

    @staticmethod
    def resolve_work_package_id(row: Deliverable) -> int | None:
        return row.package_id

    @staticmethod
    def resolve_versions(row: Deliverable) -> list[DeliverableVersion]:
        return list(row.versions.all())


class EvidenceOut(Schema):
    id: int
    name_en: str
    name_fr: str
    place: str
    given_by: str
    given_at: datetime | None


class GateOut(Schema):
    id: int
    name_en: str
    name_fr: str
    automatic: bool
    state: str
    passed_by: str
    passed_at: datetime | None
    evidences: list[EvidenceOut]

    @staticmethod
    def resolve_evidences(row: Gate) -> list[Evidence]:
        return list(row.evidences.all())


class RiskOut(Schema):
    id: int
    title: str
    likelihood: int
    harm: int
    response: str
    owner_id: int | None
    raised_at: datetime
    closed_at: datetime | None


class ActionOut(Schema):
    id: int
    title: str
    owner_id: int | None
    due_on: date | None
    done_at: datetime | None


class MinutesOut(Schema):
    id: int
    held_on: date
    title: str
    present: str
    text: str
    written_by: str


class TemplateOut(Schema):
    """`own`: the offering has a template of its own; else it is delivered as its family."""

    offering: str
    own: bool
    content: dict[str, Any]

    @staticmethod
    def of(found: OfferingTemplate) -> "TemplateOut":
        return TemplateOut(
            offering=found.offering.code, own=found.own, content=content_record(found.content)
        )
