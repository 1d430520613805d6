"""Views that people keep: in the column of the console, made from the filters, ordered, removed."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import AskedRequest, needs
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.organisation.models import Team
from opale.organisation.queries import people
from opale.run.desk import actions, queries
from opale.run.desk.models import SavedView
from opale.run.desk.queries import ME, Filters
from opale.run.desk.rights import CONSOLE
from opale.ui import pickers
from opale.ui.toasts import toast_next

LISTS = ("desk_queue", "desk_view")
FIRST = "triage"


@dataclass(frozen=True, slots=True)
class Place:
    """A kept view in the column: where it leads, whether it is what is looked at, how much is in
    it (None as long as nobody counted)."""

    saved: SavedView
    mine: bool
    here: bool
    count: int | None = None

    @property
    def url(self) -> str:
        return address(self.saved.view, self.saved.query)


def address(view: str, query: str) -> str:
    where = reverse("desk_view", args=[view])
    return f"{where}?{query}" if query else where


def list_at(url: str) -> tuple[str, QueryDict]:
    """The list and the filters that an address names; ("", …) where it names no list."""
    asked = urlsplit(url)
    query = QueryDict(asked.query, mutable=True)
    for name in ("before", "after", "open"):
        query.pop(name, None)
    try:
        match = resolve(asked.path)
    except Resolver404:
        return "", query
    view = str(match.kwargs.get("view", FIRST))
    known = match.url_name in LISTS and view in actions.KEPT_LISTS
    return (view if known else ""), query


def kept(actor: Actor, view: str, query: QueryDict, *, counted: bool = False) -> list[Place]:
    """The kept views of an actor who looks at a list."""
    saved = queries.views_shown(seen_by=actor)[: actions.MOST_VIEWS]
    here = (view, Filters.read(query).address())
    counts: list[int | None] = [None] * len(saved)
    if counted and saved:
        found = queries.counts_of_saved(saved, seen_by=actor, at=clock.now())
        counts = [number or None for number in found]
    return [
        Place(one, one.person_id == actor.person_id, (one.view, one.query) == here, number)
        for one, number in zip(saved, counts, strict=True)
    ]


@require_GET
@needs(CONSOLE)
def column(request: AskedRequest) -> HttpResponse:
    """The kept views with their counts, fetched after the list itself is there."""
    at = request.GET.get("at", "")
    view, query = list_at(at)
    places = kept(request.actor, view, query, counted=True)
    return render(request, "desk/queue/_kept.html", {"kept": places, "at": at, "counted": True})


@require_POST
@needs(CONSOLE)
def save(request: AskedRequest) -> HttpResponse:
    """Keep the filters of the dialog, as they stand in it, under a name."""
    said = request.POST
    query = Filters.read(said).address()
    saved = actions.save_view(
        said.get("name", ""), said.get("view", ""), query, by=request.actor, team=_team(request)
    )
    undo = reverse("desk_saved_remove", args=[saved.pk])
    toast_next(request, _("The view “%(name)s” is kept.") % {"name": saved.name}, undo=undo)
    return redirect(address(saved.view, saved.query))


@require_http_methods(["GET", "POST"])
@needs(CONSOLE)
def edit(request: AskedRequest, view_id: int) -> HttpResponse:
    """Its name, and who else has it."""
    saved = queries.get_saved_view(view_id, seen_by=request.actor)
    context: dict[str, Any] = {"saved": saved, "teams": queries.own_teams(seen_by=request.actor)}
    if request.method == "POST":
        actions.edit_view(saved, by=request.actor, name=request.POST.get("name", ""))
        actions.share_view(saved, _team(request), by=request.actor)
        toast_next(request, _("Saved."))
        return redirect(address(saved.view, saved.query))
    return render(request, "desk/queue/_view_form.html", context)


@require_POST
@needs(CONSOLE)
def move(request: AskedRequest, view_id: int) -> HttpResponse:
    saved = queries.get_saved_view(view_id, seen_by=request.actor)
    actions.move_view(saved, by=request.actor, up=request.POST.get("to") == "up")
    return _again(request, saved)


@require_POST
@needs(CONSOLE)
def remove(request: AskedRequest, view_id: int) -> HttpResponse:
    saved = queries.get_saved_view(view_id, seen_by=request.actor)
    actions.remove_view(saved, by=request.actor)
    undo = reverse("desk_saved_restore", args=[saved.pk])
    toast_next(request, _("The view “%(name)s” is removed.") % {"name": saved.name}, undo=undo)
    return redirect(reverse("desk_view", args=[saved.view]))


@require_POST
@needs(CONSOLE)
def restore(request: AskedRequest, view_id: int) -> HttpResponse:
    saved = queries.get_saved_view(view_id, seen_by=request.actor, removed=True)
    actions.restore_view(saved, by=request.actor)
    return redirect(address(saved.view, saved.query))


@require_POST
@needs(CONSOLE)
def first(request: AskedRequest) -> HttpResponse:
    """Let the desk open with the list that is looked at."""
    # A way back names it in its address.
    view, query = list_at(request.POST.get("at") or request.GET.get("at", ""))
    if not view:
        raise Invalid(_("There is no such list."))
    before = queries.first_view(seen_by=request.actor)
    actions.open_first(view, query.urlencode(), by=request.actor)
    was = address(before.view, before.query) if before else reverse("desk_view", args=[FIRST])
    toast_next(
        request, _("Your desk opens with this list."), undo=f"{request.path}?at={quote(was)}"
    )
    return redirect(address(view, Filters.read(query).address()))


@require_GET
@needs(CONSOLE)
def pick_owner(request: AskedRequest) -> HttpResponse:
    """Whose tickets: “me” first, which in a shared view is whoever looks."""
    asked = request.GET.get("q", "").strip()
    me = [pickers.Choice(ME, _("me"), _("whoever looks"))]
    found = people(seen_by=request.actor, text=asked).order_by("name", "id")[: pickers.LIMIT]
    shown = [pickers.Choice(str(one.pk), one.name, one.job_title) for one in found]
    return pickers.answer(request, [*me, *shown] if not asked or asked in me[0].label else shown)


def _team(request: AskedRequest) -> Team | None:
    """The team that the view is shared with; one's own are offered, the action looks."""
    asked = request.POST.get("share", "")
    own = queries.own_teams(seen_by=request.actor)
    found = next((team for team in own if str(team.pk) == asked), None)
    if asked and found is None:
        raise Invalid(team=_("You can share a view with your own teams."))
    return found


def _again(request: AskedRequest, saved: SavedView) -> HttpResponse:
    at = request.POST.get("at") or address(saved.view, saved.query)
    if not request.htmx:
        return redirect(address(saved.view, saved.query))
    view, query = list_at(at)
    places = kept(request.actor, view, query, counted=True)
    return render(request, "desk/queue/_kept.html", {"kept": places, "at": at, "counted": True})
