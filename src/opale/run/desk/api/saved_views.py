"""Endpoints of saved views: one's own and those shared with one's teams."""

from ninja import Router, Schema

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.run.desk import rights
from opale.run.desk.actions import saved_views
from opale.run.desk.models import SavedView
from opale.run.desk.queries import saved_views as saved_view_queries
from opale.run.desk.shapes.saved_views import ViewOut

router = Router()


class Step(Schema):
    up: bool


@router.get("/desk/views", response=list[ViewOut], auth=may(rights.CONSOLE))
def list_views(request: ActorRequest) -> list[SavedView]:
    return list(saved_view_queries.saved_views(seen_by=request.actor))


@router.post("/desk/views/{int:view_id}/place", response=list[ViewOut], auth=may(rights.CONSOLE))
def move_view(request: ActorRequest, view_id: int, body: Step) -> list[SavedView]:
    """One place higher or lower among one's own; answered with the new order."""
    saved = saved_view_queries.get_saved_view(view_id, seen_by=request.actor)
    saved_views.move_view(saved, by=request.actor, up=body.up)
    return list(saved_view_queries.saved_views(seen_by=request.actor))
