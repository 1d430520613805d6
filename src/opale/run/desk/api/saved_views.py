"""Endpoints of saved views: one's own and those shared with one's teams."""

from typing import Annotated

from django.http import QueryDict
from django.urls import reverse
from ninja import Field, Router, Schema
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import unless_resource_changed
from opale.kernel.errors import Invalid
from opale.organisation.models import Team
from opale.organisation.queries.teams import get_team
from opale.run.desk import rights
from opale.run.desk.actions import saved_views
from opale.run.desk.models import SavedView
from opale.run.desk.queries import filters
from opale.run.desk.queries import saved_views as saved_view_queries

router = Router()
Query = Annotated[str, Field(max_length=1000)]


class ViewOut(Schema):
    """`query` holds the filters as the address of the page does; `url` is that address."""

    id: int
    name: str
    view: str
    query: str
    url: str
    person_id: int
    team_id: int | None
    position: int

    @staticmethod
    def resolve_url(row: SavedView) -> str:
        where = reverse("desk_view", args=[row.view])
        return f"{where}?{row.query}" if row.query else where


class NewView(Schema):
    name: str
    view: str = "open"
    query: Query = ""
    team_id: int | None = None


class ViewChanges(Schema):
    name: str | None = None
    view: str | None = None
    query: Query | None = None
    team_id: int | None = None


class Step(Schema):
    up: bool


class FirstIn(Schema):
    view: str
    query: Query = ""


@router.get("/desk/views", response=list[ViewOut], auth=may(rights.CONSOLE))
def list_views(request: ActorRequest) -> list[SavedView]:
    return list(saved_view_queries.saved_views(seen_by=request.actor))


@router.post("/desk/views", response={201: ViewOut}, auth=may(rights.CONSOLE))
def create_view(request: ActorRequest, body: NewView) -> Status[SavedView]:
    team = _team(request, body.team_id)
    _readable(body.query)
    saved = saved_views.save_view(body.name, body.view, body.query, by=request.actor, team=team)
    return Status(201, saved)


@router.patch("/desk/views/{int:view_id}", response=ViewOut, auth=may(rights.CONSOLE))
def change_view(request: ActorRequest, view_id: int, body: ViewChanges) -> SavedView:
    """Only what is sent changes; `team_id: null` keeps it for oneself."""
    saved = saved_view_queries.get_saved_view(view_id, seen_by=request.actor)
    said = body.dict(exclude_unset=True)

    def shown() -> ViewOut:
        return ViewOut.from_orm(saved_view_queries.get_saved_view(view_id, seen_by=request.actor))

    with unless_resource_changed(request, f"desk.view:{view_id}", shown):
        if "team_id" in said:
            saved_views.share_view(saved, _team(request, said.pop("team_id")), by=request.actor)
        saved_views.edit_view(saved, by=request.actor, **said)
    return saved_view_queries.get_saved_view(view_id, seen_by=request.actor)


@router.post("/desk/views/{int:view_id}/place", response=list[ViewOut], auth=may(rights.CONSOLE))
def move_view(request: ActorRequest, view_id: int, body: Step) -> list[SavedView]:
    """One place higher or lower among one's own; answered with the new order."""
    saved = saved_view_queries.get_saved_view(view_id, seen_by=request.actor)
    saved_views.move_view(saved, by=request.actor, up=body.up)
    return list(saved_view_queries.saved_views(seen_by=request.actor))


@router.delete("/desk/views/{int:view_id}", response={204: None}, auth=may(rights.CONSOLE))
def delete_view(request: ActorRequest, view_id: int) -> Status[None]:
    saved = saved_view_queries.get_saved_view(view_id, seen_by=request.actor)
    saved_views.remove_view(saved, by=request.actor)
    return Status(204, None)


@router.put("/desk/first-view", response={204: None}, auth=may(rights.CONSOLE))
def set_first_view(request: ActorRequest, body: FirstIn) -> Status[None]:
    """Which list one's desk opens with."""
    _readable(body.query)
    saved_views.set_first_view(body.view, body.query, by=request.actor)
    return Status(204, None)


def _team(request: ActorRequest, team_id: int | None) -> Team | None:
    return None if team_id is None else get_team(team_id, seen_by=request.actor)


def _readable(query: str) -> None:
    """Refuse filters that a page would ignore. Errors: Invalid."""
    asked = QueryDict(query)
    kept = filters.Filters.read(asked)
    unknown = [name for name in asked if not getattr(kept, name, "")]
    if unknown:
        raise Invalid(query=", ".join(sorted(unknown)))
