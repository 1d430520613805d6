"""Endpoints of macros: read, write, try and run."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Router, Schema
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.fields import Text40, Text100
from opale.endpoints.http import ActorRequest
from opale.run.desk import rights
from opale.run.desk.actions import macro_definitions, macros
from opale.run.desk.actions.macro_definitions import MacroInput
from opale.run.desk.actions.macros import MacroActs, MacroTrial
from opale.run.desk.models import Macro, MacroRun
from opale.run.desk.queries import macros as macro_queries
from opale.run.desk.queries import tickets

router = Router()
GradeNumber = Literal[1, 2, 3]
LongText = Annotated[str, Field(max_length=5000)]


class ActsShape(Schema):
    """What it does, always in the order of these fields."""

    take: bool = False
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
    acts: ActsShape
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


class MacroIn(Schema):
    name_fr: Text100
    name_en: Text100
    acts: ActsShape
    only_kind: Literal["", "incident", "request"] = ""
    only_mine: bool = False
    most_priority: Literal[1, 2, 3, 4, 5] = 1
    personal: bool = False


class DoneOut(Schema):
    sentence: str
    text: str


class TriedOut(Schema):
    """What it would do; with a `refusal` it would do nothing."""

    done: list[DoneOut]
    refusal: str
    undoable: bool


class RunOut(Schema):
    id: int
    macro_id: int
    at: datetime
    undoable: bool
    undone_at: datetime | None

    @staticmethod
    def resolve_undoable(row: MacroRun) -> bool:
        return bool(row.back)


@router.get("/desk/macros", response=list[MacroOut], auth=may(rights.CONSOLE))
def list_macros(request: ActorRequest, retired: bool = False) -> list[Macro]:
    """The shared ones and one's own."""
    return list(macro_queries.macros(seen_by=request.actor, retired=retired).order_by("pk")[:500])


@router.get("/desk/macros/{int:macro_id}", response=MacroOut, auth=may(rights.CONSOLE))
def get_macro(request: ActorRequest, macro_id: int) -> Macro:
    return macro_queries.get_macro(macro_id, seen_by=request.actor)


@router.post("/desk/macros", response={201: MacroOut}, auth=may(rights.WORK, rights.ADMINISTER))
def create_macro(request: ActorRequest, body: MacroIn) -> Status[Macro]:
    """Shared ones need desk.administer, one's own desk.work."""
    made = macro_definitions.create_macro(_sheet(body), by=request.actor)
    return Status(201, macro_queries.get_macro(made.pk, seen_by=request.actor))


@router.put(
    "/desk/macros/{int:macro_id}", response=MacroOut, auth=may(rights.WORK, rights.ADMINISTER)
)
def edit_macro(request: ActorRequest, macro_id: int, body: MacroIn) -> Macro:
    macro = macro_queries.get_macro(macro_id, seen_by=request.actor)
    macro_definitions.edit_macro(macro, _sheet(body), by=request.actor)
    return macro_queries.get_macro(macro_id, seen_by=request.actor)


@router.post(
    "/desk/macros/{int:macro_id}/retirement",
    response=MacroOut,
    auth=may(rights.WORK, rights.ADMINISTER),
)
def retire_macro(request: ActorRequest, macro_id: int) -> Macro:
    macro_definitions.retire_macro(
        macro_queries.get_macro(macro_id, seen_by=request.actor), by=request.actor
    )
    return macro_queries.get_macro(macro_id, seen_by=request.actor)


@router.post(
    "/desk/macros/{int:macro_id}/reinstatement",
    response=MacroOut,
    auth=may(rights.WORK, rights.ADMINISTER),
)
def reinstate_macro(request: ActorRequest, macro_id: int) -> Macro:
    macro_definitions.reinstate_macro(
        macro_queries.get_macro(macro_id, seen_by=request.actor), by=request.actor
    )
    return macro_queries.get_macro(macro_id, seen_by=request.actor)


@router.get(
    "/tickets/{int:number}/macros/{int:macro_id}/trial",
    response=TriedOut,
    auth=may(rights.WORK),
)
def try_macro(request: ActorRequest, number: int, macro_id: int) -> MacroTrial:
    """What it would do to the ticket as it stands; nothing of it is done."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    macro = macro_queries.get_macro(macro_id, seen_by=request.actor)
    return macros.try_macro(ticket, macro, by=request.actor)


@router.post(
    "/tickets/{int:number}/macros/{int:macro_id}", response={201: RunOut}, auth=may(rights.WORK)
)
def run_macro(request: ActorRequest, number: int, macro_id: int) -> Status[MacroRun]:
    """All of it, or nothing; with `If-Match` only if the ticket still is as it was seen."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    macro = macro_queries.get_macro(macro_id, seen_by=request.actor)
    return Status(201, macros.run_macro(ticket, macro, by=request.actor))


@router.post("/macro-runs/{int:run_id}/undoing", response=RunOut, auth=may(rights.WORK))
def undo_macro(request: ActorRequest, run_id: int) -> MacroRun:
    """Take all of it back; whoever ran it may, while nobody has gone on from it."""
    macros.undo_macro(macro_queries.get_macro_run(run_id, seen_by=request.actor), by=request.actor)
    return macro_queries.get_macro_run(run_id, seen_by=request.actor)


def _sheet(body: MacroIn) -> MacroInput:
    said: dict[str, Any] = body.dict()
    acts = said.pop("acts")
    return MacroInput(acts=MacroActs(**{**acts, "tags": tuple(acts["tags"])}), **said)
