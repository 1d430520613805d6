"""What programs read of needs for staff and of those on duty by the hour."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field


class NeedOut(Schema):
    """What is empty does not matter; without a calendar it is needed at all hours."""

    id: int
    team_id: int
    name: Annotated[str, Field(min_length=1, max_length=100)]
    kind: Literal["", "staffed", "standby"] = ""
    role: Literal["", "agent", "triage", "lead", "manager"] = ""
    minimum: Annotated[int, Field(ge=1, le=500)] = 1
    calendar_id: int | None = None
    skill_id: int | None = None
    level: Annotated[int, Field(ge=1, le=5)] = 1
    language: Literal["", "fr", "en"] = ""


class StaffedHour(Schema):
    """`calls` are needed on the telephone by Erlang C, `tickets` for the backlog; `late_percent` of
    what falls due in the hour would be late."""

    starts: datetime
    on: int
    calls: int
    tickets: int
    waiting_hours: float
    late_percent: int
