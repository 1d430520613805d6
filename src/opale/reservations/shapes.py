"""Answers of the endpoints of reservations, of capacity pools and of people's load."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from opale.infrastructure.domain.units import Unit
from opale.reservations.models import Reservation, ReservationLine

StateName = Literal["proposed", "tentative", "confirmed", "consumed", "released", "expired"]


class ReservationLineOut(Schema):
    """Hours a day of a person, a quantity of a pool, or a unit of an item.

    `last` is the last day on which it is held, null for one without end.
    """

    id: int
    person_id: int | None
    pool_id: int | None
    item_id: int | None
    unit: str
    quantity: Decimal
    since: date
    last: date | None
    overbooked: bool
    holds: bool


class ReservationOut(Schema):
    id: int
    purpose: str
    source: str
    state: StateName
    customer_id: int | None
    holder_id: int | None
    probability: int | None
    expires_at: datetime | None
    approved_by_id: int | None
    approval_reason: str
    made_at: datetime
    lines: list[ReservationLineOut]

    @staticmethod
    def resolve_lines(row: Reservation) -> list[ReservationLine]:
        return list(row.lines.all())


class CapacityPoolOut(Schema):
    id: int
    name: str
    unit: Unit
    site_id: int | None
    parent_id: Annotated[int | None, Field(description="The pool of which it is a part")]
    item_id: Annotated[int | None, Field(description="The rack whose units or power it is")]
    derived: Annotated[bool, Field(description="Whether its capacity follows the register")]
    capacity: Decimal


class CapacityFilled(CapacityPoolOut):
    """What is held of a pool and its parts on a day, tentatively apart.

    `left` is what it and each pool above it have left.
    """

    on: date
    confirmed: Decimal
    tentative: Decimal
    left: Decimal


class WeekLoad(Schema):
    """Hours in one week. `given` is what the calendar opens, `available` less the absences.

    `share` is per cent of what is available; 100 and more is full.
    """

    week: date
    given: Decimal
    available: Decimal
    confirmed: Decimal
    tentative: Decimal
    duty: Decimal
    level3: Decimal
    absent: Decimal
    standby: Decimal
    free: Decimal
    share: int


class PersonLoad(Schema):
    person_id: int
    name: str
    weeks: list[WeekLoad]


class LoadOut(Schema):
    """`weeks` are the Mondays."""

    weeks: list[date]
    people: list[PersonLoad]
