"""API shapes of resource requests and plan proposals."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from ninja import Schema

from opale.delivery.resources.models import Offer, PlanProposal, ResourceRequest

StateName = Literal["asked", "offered", "countered", "refused", "staffed", "withdrawn"]


class DaysOut(Schema):
    """The same hours on each day of work, both days included."""

    since: date
    last: date
    hours_a_day: float


class OfferOut(Schema):
    id: int
    person_id: int
    rank: int
    days: list[DaysOut]

    @staticmethod
    def resolve_days(row: Offer) -> list[DaysOut]:
        return [DaysOut(since=s, last=last, hours_a_day=h) for s, last, h in row.days]


class ResourceRequestOut(Schema):
    id: int
    team_id: int
    purpose: str
    source: str
    customer_id: int | None
    skill_id: int | None
    level: int
    hours: Decimal
    since: date
    last: date
    state: StateName
    asked_by_id: int | None
    asked_at: datetime
    answer_by: datetime
    answered_by_id: int | None
    answered_at: datetime | None
    counter_on: date | None
    reason: str
    reservation_id: int | None
    offers: list[OfferOut]

    @staticmethod
    def resolve_offers(row: ResourceRequest) -> list[Offer]:
        return list(row.offers.all())


class PlanOut(Schema):
    """`searched` of `seconds` is how far the search is. Nothing of it is reserved.

    `lines` counts them by state; `pieces` is how many pieces of work were looked at.
    """

    id: int
    team_id: int | None
    first: date
    weeks: int
    seconds: int
    searched: int
    pieces: int
    state: str
    lines: dict[str, int]
    sentence: str
    asked_at: datetime
    finished_at: datetime | None

    @staticmethod
    def resolve_lines(row: PlanProposal) -> dict[str, int]:
        return row.line_counts()
