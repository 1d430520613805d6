"""API shapes of designs."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema

from opale.delivery.designs.actions.orders import OrderResult
from opale.delivery.designs.models import DesignCheck, DesignLine
from opale.reservations.models import Reservation

StateName = Literal["draft", "checked", "quoted", "accepted", "declined", "withdrawn"]


class DesignOut(Schema):
    """`version` is the number of the present version."""

    id: int
    number: int
    reference: str
    customer_id: int
    title: str
    requirements: str
    architect_id: int | None
    wished_on: date | None
    probability: int
    state: StateName
    version: int
    reason: str
    order_id: int | None
    made_at: datetime


class DesignSiteOut(Schema):
    id: int
    name: str
    address: str
    place_id: int | None


class DesignLineOut(Schema):
    """Without `site_id` it is for the whole."""

    id: int
    site_id: int | None
    offering: str
    quantity: int
    options: dict[str, Any]

    @staticmethod
    def resolve_offering(row: DesignLine) -> str:
        return row.offering.code


class DesignVersionOut(Schema):
    """What a version consists of; once `frozen_at` is there it was quoted, and stands still."""

    number: int
    note: str
    made_by: str
    made_at: datetime
    sized_at: datetime
    frozen_at: datetime | None
    sites: list[DesignSiteOut]
    lines: list[DesignLineOut]


class DesignCheckOut(Schema):
    """`p50_on` and `p80_on` are kept with that chance in a hundred; `wished_share` is the chance of
    the wished day; `provisional` while delays are assumed. `stale` says what is another since; what
    is missing is in `result`."""

    id: int
    version: int
    made_by: str
    made_at: datetime
    feasible: bool
    earliest_on: date | None
    p50_on: date | None
    p80_on: date | None
    wished_on: date | None
    wished_share: int | None
    provisional: bool
    result: dict[str, Any]
    stale: list[str]

    @staticmethod
    def of(row: DesignCheck, stale: list[str]) -> "DesignCheckOut":
        return DesignCheckOut(
            id=row.pk,
            version=row.version.number,
            made_by=row.made_by,
            made_at=row.made_at,
            feasible=row.feasible,
            earliest_on=row.earliest_on,
            p50_on=row.p50_on,
            p80_on=row.p80_on,
            wished_on=row.wished_on,
            wished_share=row.wished_share,
            provisional=bool(row.result.get("assumed")),
            result=row.result,
            stale=stale,
        )


class DesignDocumentOut(Schema):
    """`media_type` is what its bytes are."""

    id: int
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    said_by: str
    at: datetime


class AcceptanceOut(Schema):
    contact_id: int
    accepted_on: date
    document_id: int | None
    mail: str
    their_number: str
    said_by: str
    said_at: datetime


class DesignReservationOut(Schema):
    """What is held for a version: the reservation, under the number that it has there."""

    reservation_id: int
    state: str
    probability: int | None
    expires_at: datetime | None

    @staticmethod
    def resolve_reservation_id(row: Reservation) -> int:
        return row.pk


class DesignOrderOut(Schema):
    """`held_anew`: what was held had expired, and all of it was free to be held again.
    `unreserved`: what the order needs and could not reserve, in sentences."""

    order_id: int
    number: int
    reference: str
    held_anew: bool
    unreserved: list[str]

    @staticmethod
    def resolve_order_id(row: OrderResult) -> int:
        return row.order.pk

    @staticmethod
    def resolve_number(row: OrderResult) -> int:
        return row.order.number

    @staticmethod
    def resolve_reference(row: OrderResult) -> str:
        return row.order.reference

    @staticmethod
    def resolve_unreserved(row: OrderResult) -> list[str]:
        return [one.sentence for one in row.unreserved]

    @staticmethod
    def resolve_held_anew(row: OrderResult) -> bool:
        return row.anew
