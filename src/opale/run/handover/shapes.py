"""Answers of the endpoints of handovers."""

from collections.abc import Sized
from datetime import datetime
from typing import Any, Literal

from ninja import Schema

from opale.run.handover.models import HandoverItem, WatchItem


class HandoverOut(Schema):
    """A change of shift: who leaves, who arrives, and whether both leads have signed."""

    id: int
    team_id: int
    kind: Literal["change", "early", "absence"]
    state: Literal["open", "signed"]
    ends_at: datetime
    leaver_ids: list[int]
    leaving_lead_id: int | None
    arriving_lead_id: int | None
    passed_at: datetime | None
    left_at: datetime | None
    left_by_id: int | None
    arrived_at: datetime | None
    arrived_by_id: int | None
    signed_at: datetime | None


class WholeHandover(HandoverOut):
    """`situation` is what stands beside the tickets: incidents, muted alerts, work that comes, what
    is watched, the staffing of the next shift. Of a signed record it is as it stood then."""

    cards: int
    accepted: int
    waiting: int
    situation: dict[str, list[dict[str, Any]]]


class RefusalOut(Schema):
    person_id: int
    reason: str
    note: str
    at: datetime


class ItemOut(Schema):
    """A ticket that changes hands. `reasons` say why it is hot, `why` why somebody is proposed."""

    id: int
    ticket_id: int
    number: int
    subject: str
    priority: int
    place: Literal["card", "block"]
    state: Literal["waiting", "with_lead", "with_manager", "accepted", "gone"]
    reasons: list[str]
    leaver_id: int
    proposed_id: int | None
    why: list[str]
    taker_id: int | None
    decided_at: datetime | None
    next: str
    note: str
    due_at: datetime | None
    refusals: list[RefusalOut]

    @staticmethod
    def resolve_number(row: HandoverItem) -> int:
        return int(row.told["number"])

    @staticmethod
    def resolve_subject(row: HandoverItem) -> str:
        return str(row.told["subject"])

    @staticmethod
    def resolve_priority(row: HandoverItem) -> int:
        return int(row.told["priority"])

    @staticmethod
    def resolve_next(row: HandoverItem) -> str:
        return str(row.told["next"])

    @staticmethod
    def resolve_refusals(row: HandoverItem) -> list[Any]:
        return list(row.refusals.all())


class WatchOut(Schema):
    """Something to watch; an alert on `item_id` that stands for `minutes` calls by itself."""

    id: int
    text: str
    until: datetime
    calls_id: int
    item_id: int | None
    minutes: int | None
    state: Literal["watched", "called", "over"]
    called_at: datetime | None
    ended_at: datetime | None

    @staticmethod
    def resolve_minutes(row: WatchItem) -> int | None:
        return None if row.longest is None else int(row.longest.total_seconds() // 60)


class CountOut(Schema):
    tickets: int

    @staticmethod
    def resolve_tickets(made: int | Sized) -> int:
        return made if isinstance(made, int) else len(made)
