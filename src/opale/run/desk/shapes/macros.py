"""Shapes of macros, their trials and their runs."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema

from opale.endpoints.fields import Text40
from opale.run.desk.models import Macro, MacroRun

GradeNumber = Literal[1, 2, 3]
LongText = Annotated[str, Field(max_length=5000)]


class MacroActsShape(Schema):
    """What it does, always in the order of these fields."""

    take: bool = False
    owner_id: int | None = None
    impact: GradeNumber | None = None
    urgency: GradeNumber | None = None
    tags: Annotated[list[Text40], Field(max_length=20)] = []
    note_fr: LongText = ""
    note_en: LongText = ""
    module_id: int | None = None
    team_id: int | None = None
    pause: Literal["", "customer", "supplier", "change", "agreed_date"] = ""
    pause_minutes: Annotated[int, Field(ge=1, le=86_400)] | None = None
    restore: bool = False
    resolve: bool = False
    cause_fr: LongText = ""
    cause_en: LongText = ""
    close: bool = False


class MacroOut(Schema):
    """`times` and `last_at`: how often it was run in the last three months, and when last."""

    id: int
    name_fr: str
    name_en: str
    acts: MacroActsShape
    only_kind: str
    only_mine: bool
    most_priority: int
    personal: bool
    retired_at: datetime | None
    times: int
    last_at: datetime | None

    @staticmethod
    def resolve_personal(row: Macro) -> bool:
        return row.person_id is not None


class MacroActOut(Schema):
    sentence: str
    text: str


class MacroTrialOut(Schema):
    """What it would do; with a `refusal` it would do nothing."""

    done: list[MacroActOut]
    refusal: str
    undoable: bool


class MacroRunOut(Schema):
    id: int
    macro_id: int
    at: datetime
    undoable: bool
    undone_at: datetime | None

    @staticmethod
    def resolve_undoable(row: MacroRun) -> bool:
        return bool(row.back)
