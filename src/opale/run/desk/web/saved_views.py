"""Saved views: shown in the console's column, made from the filters, ordered, removed."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.organisation.models import Team
from opale.organisation.queries.people import people
from opale.run.desk.actions import saved_views
from opale.run.desk.models import SavedView
from opale.run.desk.queries import saved_views as saved_view_queries
from opale.run.desk.queries.filters import ME, Filters
from opale.run.desk.rights import CONSOLE
from opale.run.desk.shapes.saved_views import list_url
from opale.ui import pickers
from opale.ui.toasts import toast_next

LISTS = ("desk_queue", "desk_view")
FIRST = "triage"


@dataclass(frozen=True, slots=True)
class Place:
    """A saved view in the column: its address, whether it is the one shown, and its count (None
    until counted)."""

    saved: SavedView
    mine: bool
    here: bool
    count: int | None = None

    @property
    def url(self) -> str:
        return list_url(self.saved.view, self.saved.query)


def parse_list_url(url: str) -> tuple[str, QueryDict]:
    """Return the list and the filters that an address names; ("", …) where it names no list."""
    asked = urlsplit(url)
    query = QueryDict(asked.query, mutable=True)
    for name in ("before", "after", "open"):
        query.pop(name, None)
    try:
        match = resolve(asked.path)
    except Resolver404:
        return "", query
    view = str(match.kwargs.get("view", FIRST))
    known = match.url_name in LISTS and view in saved_views.SAVABLE_LISTS
    return (view if known else ""), query


def places_of_saved_views(
    actor: Actor, view: str, query: QueryDict, *, counted: bool = False
) -> list[Place]:
    """Return the saved views of an actor who looks at a list."""
    saved = saved_view_queries.views_shown(seen_by=actor)[: saved_views.MOST_VIEWS]
    here = (view, Filters.read(query).address())
    counts: list[int | None] = [None] * len(saved)
    if counted and saved:
        found = saved_view_queries.count_saved_views(saved, seen_by=actor, at=clock.now())
        counts = [number or None for number in found]
    return [
        Place(one, one.person_id == actor.person_id, (one.view, one.query) == here, number)
        for one, number in zip(saved, counts, strict=True)
    ]


@require_GET
@needs(CONSOLE)
def column(request: ActorRequest) -> HttpResponse:
    """Show the saved views with their counts, fetched after the list itself."""
    at = request.GET.get("at", "")
    view, query = parse_list_url(at)
    places = places_of_saved_views(request.actor, view, query, counted=True)
    return render(request, "desk/queue/_kept.html", {"kept": places, "at": at, "counted": True})


@require_POST
@needs(CONSOLE)
def save(request: ActorRequest) -> HttpResponse:
    """Save the filters of the dialog under a name."""
    said = request.POST
    query = Filters.read(said).address()
    saved = saved_views.save_view(
        said.get("name", ""), said.get("view", ""), query, by=request.actor, team=_team(request)
    )
    undo = reverse("desk_saved_remove", args=[saved.pk])
    toast_next(request, _("View “%(name)s” saved.") % {"name": saved.name}, undo=undo)
    return redirect(list_url(saved.view, saved.query))


@require_http_methods(["GET", "POST"])
@needs(CONSOLE)
def edit(request: ActorRequest, view_id: int) -> HttpResponse:
    """Edit a view's name, and the team that it is shared with."""
    saved = saved_view_queries.get_saved_view(view_id, seen_by=request.actor)
    context: dict[str, Any] = {
        "saved": saved,
        "teams": saved_view_queries.own_teams(seen_by=request.actor),
    }
    if request.method == "POST":
        saved_views.edit_view(saved, by=request.actor, name=request.POST.get("name", ""))
        saved_views.share_view(saved, _team(request), by=request.actor)
        toast_next(request, _("Saved."))
        return redirect(list_url(saved.view, saved.query))
    return render(request, "desk/queue/_view_form.html", context)


@require_POST
@needs(CONSOLE)
def move(request: ActorRequest, view_id: int) -> HttpResponse:
    saved = saved_view_queries.get_saved_view(view_id, seen_by=request.actor)
    saved_views.move_view(saved, by=request.actor, up=request.POST.get("to") == "up")
    return _again(request, saved)


@require_POST
@needs(CONSOLE)
def first(request: ActorRequest) -> HttpResponse:
    """Open the desk with the present list from now on."""
    # An undo names it in its address.
    view, query = parse_list_url(request.POST.get("at") or request.GET.get("at", ""))
    if not view:
        raise Invalid(_("This list does not exist."))
    before = saved_view_queries.first_view(seen_by=request.actor)
    saved_views.set_first_view(view, query.urlencode(), by=request.actor)
    was = list_url(before.view, before.query) if before else reverse("desk_view", args=[FIRST])
    toast_next(
        request, _("The desk now opens with this view."), undo=f"{request.path}?at={quote(was)}"
    )
    return redirect(list_url(view, Filters.read(query).address()))


@require_GET
@needs(CONSOLE)
def pick_owner(request: ActorRequest) -> HttpResponse:
    """Choose an owner: “me” first, which in a shared view is the reader."""
    asked = request.GET.get("q", "").strip()
    me = [pickers.Choice(ME, _("me"), _("current user"))]
    found = people(seen_by=request.actor, text=asked).order_by("name", "id")[: pickers.LIMIT]
    shown = [pickers.Choice(str(one.pk), one.name, one.job_title) for one in found]
    return pickers.picker_response(
        request, [*me, *shown] if not asked or asked in me[0].label else shown
    )


def _team(request: ActorRequest) -> Team | None:
    """Return the team to share the view with, one of the actor's own; the action checks it
    again."""
    asked = request.POST.get("share", "")
    own = saved_view_queries.own_teams(seen_by=request.actor)
    found = next((team for team in own if str(team.pk) == asked), None)
    if asked and found is None:
        raise Invalid(team=_("You can only share a view with your own teams."))
    return found


def _again(request: ActorRequest, saved: SavedView) -> HttpResponse:
    at = request.POST.get("at") or list_url(saved.view, saved.query)
    if not request.htmx:
        return redirect(list_url(saved.view, saved.query))
    view, query = parse_list_url(at)
    places = places_of_saved_views(request.actor, view, query, counted=True)
    return render(request, "desk/queue/_kept.html", {"kept": places, "at": at, "counted": True})
