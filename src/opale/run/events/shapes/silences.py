"""Answers about silences, and the preview of one."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from opale.kernel.clock import now
from opale.run.events.domain.silences import Operator
from opale.run.events.models import Silence
from opale.run.events.queries import silences as queries
from opale.run.events.queries.silences import Phase

KindName = Literal["silence", "maintenance"]


class MatcherSchema(Schema):
    name: str = Field(max_length=200)
    op: Operator = "="
    value: str = Field(max_length=2_000)


class SilenceOut(Schema):
    """`window_starts_at` and `window_ends_at`: the time in force that is running, or the next."""

    id: int
    uuid: UUID
    kind: KindName
    phase: Phase
    comment: str
    author_name: str
    matchers: list[MatcherSchema]
    integration_id: int | None
    item_ids: list[int]
    service_ids: list[int]
    site_ids: list[int]
    customer_ids: list[int]
    starts_at: datetime
    ends_at: datetime | None
    recurrence: str
    duration_seconds: float | None
    zone: str
    ends_on_clear: bool
    window_starts_at: datetime | None
    window_ends_at: datetime | None
    ended_at: datetime | None
    muted: int

    @staticmethod
    def resolve_phase(silence: Silence) -> Phase:
        return queries.phase_of(silence, now())

    @staticmethod
    def resolve_duration_seconds(silence: Silence) -> float | None:
        return None if silence.duration is None else silence.duration.total_seconds()


class MatchedOut(Schema):
    id: int
    title: str
    state: str


class PreviewOut(Schema):
    """The first of what it matches; `partly` where there was more than is looked at."""

    now_count: int
    now: list[MatchedOut]
    week_count: int
    week: list[MatchedOut]
    partly: bool
