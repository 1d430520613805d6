"""Endpoints of the desk's settings: streams, and the target times of levels."""

from datetime import timedelta
from typing import Annotated, Literal

from ninja import Field, Router, Schema

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import unless_changed
from opale.run.desk.actions import desk_settings
from opale.run.desk.models import LevelTarget, StreamSettings
from opale.run.desk.queries import answers as answer_queries
from opale.run.desk.rights import ADMINISTER, CONSOLE
from opale.run.desk.shapes.desk_settings import LevelTargetOut, StreamOut

router = Router()
Minutes = Annotated[int, Field(ge=1, le=366 * 24 * 60)]


class StreamChanges(Schema):
    engineer_answers: Literal["owner_sends", "standing_consent"] | None = None
    triage_target_minutes: Minutes | None = None


@router.get("/desk/streams", response=list[StreamOut], auth=may(CONSOLE))
def list_streams(request: ActorRequest) -> list[StreamSettings]:
    return list(answer_queries.stream_settings(seen_by=request.actor))


@router.patch("/desk/streams/{stream}", response=StreamOut, auth=may(ADMINISTER))
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


@router.get("/desk/level-targets", response=list[LevelTargetOut], auth=may(CONSOLE))
def list_level_targets(request: ActorRequest) -> list[LevelTarget]:
    return list(answer_queries.level_targets(seen_by=request.actor))
