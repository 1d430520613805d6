"""Pages of calls: present ones, missed ones to call back, and past ones."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.telephone.models import Call
from opale.run.telephone.queries import calls as call_queries
from opale.run.telephone.queries.calls import View
from opale.run.telephone.rights import READ, WORK
from opale.run.telephone.states import CallState, FollowUp
from opale.ui import keyset
from opale.ui.components.lists import Tab

SHOWN = 6
VIEWS: tuple[View, ...] = ("waiting", "mine", "all")
OLDEST_FIRST = keyset.Order(("began_at", "id"))
NEWEST_FIRST = keyset.Order(("-began_at", "-id"))


@require_GET
@needs(READ)
def index(request: ActorRequest) -> HttpResponse:
    asked = request.GET.get("view", "")
    view = next((one for one in VIEWS if one == asked), VIEWS[0])
    text = request.GET.get("q", "").strip()
    found = call_queries.calls_in(view, seen_by=request.actor)
    if text:
        found = call_queries.search_calls(found, text)
    order = OLDEST_FIRST if view == "waiting" else NEWEST_FIRST
    own_url = reverse("telephone_calls")
    page = keyset.page(found, order, request.GET)
    context = {
        "page": page,
        "first_open": _first_open(page.rows),
        "view": view,
        "text": text,
        "works": request.actor.can(WORK),
        "tabs": [
            Tab(name, f"{own_url}?view={one}", one == view)
            for one, name in zip(VIEWS, _names(), strict=True)
        ],
    }
    template = "telephone/calls/_list.html" if request.htmx else "telephone/calls/list.html"
    return render(request, template, context)


def _first_open(calls: Sequence[Call]) -> int | None:
    """Return the call that the shortcut calls back."""
    return next((call.pk for call in calls if call.follow_up == FollowUp.OPEN), None)


def _names() -> list[str]:
    return [_("To call back"), _("My calls"), _("All calls")]


@require_GET
@needs(WORK)
def strip(request: ActorRequest) -> HttpResponse:
    """Return the strip on top of every page: the calls for this person now."""
    going_on = call_queries.ongoing_calls(seen_by=request.actor, at=clock.now())
    at = request.GET.get("at", "")
    # The sheet of a call shows its own call: the strip leaves that one out.
    elsewhere = [one for one in going_on if at != reverse("telephone_call", args=[one.pk])]
    talking = next((one for one in elsewhere if one.state == CallState.ANSWERED), None)
    ringing = [one for one in elsewhere if one.state == CallState.RINGING]
    context = {"talking": talking, "ringing": ringing, "at": at}
    return render(request, "telephone/_strip.html", context)


@require_GET
@needs(READ)
def missed(request: ActorRequest) -> HttpResponse:
    """Return the missed calls, for the list of work that needs attention now."""
    rows = call_queries.calls_in("waiting", seen_by=request.actor).order_by("began_at", "id")
    calls = list(rows[:SHOWN])
    context = {
        "calls": calls,
        "first_open": _first_open(calls),
        "works": request.actor.can(WORK),
    }
    return render(request, "telephone/calls/_missed.html", context)
