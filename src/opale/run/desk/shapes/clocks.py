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
