"""Shapes of a ticket's pauses and outages."""

from datetime import datetime
from typing import Any

from ninja import Schema


class PauseOut(Schema):
    id: int
    kind: str
    starts: datetime
    ends: datetime | None
    until: datetime | None
    reason: str


class ServiceOutageOut(Schema):
    """An outage of a ticket. `id` is null of the ticket's own running one, which is stated with the
    ticket; without `ends` it lasts until now."""

    id: int | None
    service_id: int | None
    service: str = ""
    starts: datetime
    ends: datetime | None

    @staticmethod
    def resolve_service_id(row: Any) -> int | None:
        return row.service.pk if row.service else None

    @staticmethod
    def resolve_service(row: Any) -> str:
        return row.service.reference if row.service else ""


class AffectedServiceOut(Schema):
    id: int
    reference: str
    name: str


class AffectedCustomerOut(Schema):
    customer_id: int
    customer: str
    services: list[AffectedServiceOut]

    @staticmethod
    def resolve_customer_id(row: Any) -> int:
        return int(row.customer.pk)

    @staticmethod
    def resolve_customer(row: Any) -> str:
        return str(row.customer.name)
