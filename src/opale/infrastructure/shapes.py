"""What the endpoints of the infrastructure answer."""

from datetime import date
from typing import Any

from ninja import Schema

from opale.infrastructure.models import Supplier


class SiteOut(Schema):
    id: int
    code: str
    name: str
    kind: str
    customer_id: int | None
    address: str
    city: str
    country: str
    time_zone: str


class ItemOut(Schema):
    id: int
    name: str
    kind: str
    state: str
    site_id: int | None
    customer_id: int | None
    address: str | None
    serial: str
    attributes: dict[str, Any]


class NeedOut(Schema):
    upper_id: int
    lower_id: int
    redundancy: str


class StandOut(Schema):
    service_id: int
    item_id: int
    redundancy: str


class ImpactOut(Schema):
    """Who is hit if the item fails: ids of what is lost, and of what only loses its reserve.

    `planned_services` stand on what is lost and are not delivered yet.
    """

    services: list[int]
    weakened_services: list[int]
    items: list[int]
    weakened_items: list[int]
    customers: list[int]
    bounded: bool
    planned_services: list[int]


class NeighbourOut(Schema):
    id: int
    name: str
    kind: str
    distance: int


class NeighbourhoodOut(Schema):
    neighbours: list[NeighbourOut]
    links: list[NeedOut]
    bounded: bool


class SupplierOut(Schema):
    id: int
    name: str
    kind: str
    email: str
    phone: str
    portal: str
    language: str
    accepts_within_minutes: int | None
    restores_within_minutes: int | None
    calendar_id: int | None
    left_on: date | None

    @staticmethod
    def resolve_accepts_within_minutes(row: Supplier) -> int | None:
        return int(row.accepts_within.total_seconds() // 60) if row.accepts_within else None

    @staticmethod
    def resolve_restores_within_minutes(row: Supplier) -> int | None:
        return int(row.restores_within.total_seconds() // 60) if row.restores_within else None
