"""Endpoints of proposed answers, and of the settings of streams and levels."""

from datetime import timedelta
from typing import Annotated, Literal

from ninja import Field, Router, Schema
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import unless_changed
from opale.organisation.queries.reference import get_calendar
from opale.run.desk import rights
from opale.run.desk.actions import desk_settings
from opale.run.desk.models import LevelTarget, ProposedAnswer, StreamSettings
from opale.run.desk.queries import answers as answer_queries
from opale.run.desk.queries import tickets
from opale.run.desk.shapes.answers import AnswerOut

router = Router()
Minutes = Annotated[int, Field(ge=1, le=366 * 24 * 60)]


class StreamOut(Schema):
    stream: str
    engineer_answers: str
    triage_target_minutes: int

    @staticmethod
    def resolve_triage_target_minutes(row: StreamSettings) -> int:
        return int(row.triage_target.total_seconds() // 60)


class StreamChanges(Schema):
    engineer_answers: Literal["owner_sends", "standing_consent"] | None = None
    triage_target_minutes: Minutes | None = None


class LevelTargetOut(Schema):
    id: int
    level: str
    priority: int | None
    accept_minutes: int
    deliver_minutes: int
    calendar_id: int | None

    @staticmethod
    def resolve_accept_minutes(row: LevelTarget) -> int:
        return int(row.accept.total_seconds() // 60)

    @staticmethod
    def resolve_deliver_minutes(row: LevelTarget) -> int:
        return int(row.deliver.total_seconds() // 60)


class LevelTargetIn(Schema):
    """Without `priority` for every priority that has no row of its own."""

    level: Literal["level_1", "level_2", "level_3", "group", "supplier"]
    priority: Literal[1, 2, 3, 4, 5] | None = None
    accept_minutes: Minutes
    deliver_minutes: Minutes
    calendar_id: int | None = None


@router.get("/tickets/{int:number}/answers", response=list[AnswerOut], auth=may(rights.CONSOLE))
def list_answers(request: ActorRequest, number: int) -> list[ProposedAnswer]:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return list(answer_queries.answers(seen_by=request.actor).filter(ticket=ticket).order_by("id"))


@router.get("/answers/{int:answer_id}", response=AnswerOut, auth=may(rights.CONSOLE))
def get_answer(request: ActorRequest, answer_id: int) -> ProposedAnswer:
    return answer_queries.get_answer(answer_id, seen_by=request.actor)


@router.get("/desk/streams", response=list[StreamOut], auth=may(rights.CONSOLE))
def list_streams(request: ActorRequest) -> list[StreamSettings]:
    return list(answer_queries.stream_settings(seen_by=request.actor))


@router.patch("/desk/streams/{stream}", response=StreamOut, auth=may(rights.ADMINISTER))
def edit_stream(request: ActorRequest, stream: str, body: StreamChanges) -> StreamSettings:
    rows = answer_queries.stream_settings(seen_by=request.actor).filter(stream=stream)
    with unless_changed(request, rows, StreamOut) as held:
        minutes = body.triage_target_minutes
        desk_settings.edit_stream(
            held,
            by=request.actor,
            engineer_answers=body.engineer_answers,
            triage_target=None if minutes is None else timedelta(minutes=minutes),
        )
    return answer_queries.get_stream(stream, seen_by=request.actor)


@router.get("/desk/level-targets", response=list[LevelTargetOut], auth=may(rights.CONSOLE))
def list_level_targets(request: ActorRequest) -> list[LevelTarget]:
    return list(answer_queries.level_targets(seen_by=request.actor))


@router.put("/desk/level-targets", response=LevelTargetOut, auth=may(rights.ADMINISTER))
def set_level_target(request: ActorRequest, body: LevelTargetIn) -> LevelTarget:
    """Set what a level promises for a priority, or for all; the row is made where none is."""
    calendar = get_calendar(body.calendar_id, seen_by=request.actor) if body.calendar_id else None
    return desk_settings.set_level_target(
        body.level,
        body.priority,
        by=request.actor,
        accept=timedelta(minutes=body.accept_minutes),
        deliver=timedelta(minutes=body.deliver_minutes),
        calendar=calendar,
    )


@router.delete(
    "/desk/level-targets/{int:target_id}", response={204: None}, auth=may(rights.ADMINISTER)
)
def remove_level_target(request: ActorRequest, target_id: int) -> Status[None]:
    target = answer_queries.get_level_target(target_id, seen_by=request.actor)
    desk_settings.remove_level_target(target, by=request.actor)
    return Status(204, None)
