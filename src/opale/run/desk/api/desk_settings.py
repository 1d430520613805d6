"""Endpoints of the desk's settings: streams, and the target times of levels."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.run.desk.models import InternalTarget, LevelTarget, StreamSettings
from opale.run.desk.queries import answers as answer_queries
from opale.run.desk.rights import CONSOLE
from opale.run.desk.shapes.desk_settings import InternalTargetOut, LevelTargetOut, StreamOut

router = Router()


@router.get("/desk/streams", response=list[StreamOut], auth=may(CONSOLE))
def list_streams(request: ActorRequest) -> list[StreamSettings]:
    return list(answer_queries.stream_settings(seen_by=request.actor))


@router.get("/desk/internal-targets", response=list[InternalTargetOut], auth=may(CONSOLE))
def list_internal_targets(request: ActorRequest) -> list[InternalTarget]:
    """What incidents of no customer are to keep, by priority."""
    return list(answer_queries.internal_targets(seen_by=request.actor))


@router.get("/desk/level-targets", response=list[LevelTargetOut], auth=may(CONSOLE))
def list_level_targets(request: ActorRequest) -> list[LevelTarget]:
    return list(answer_queries.level_targets(seen_by=request.actor))
