"""Regions of calls on other pages: present ones, and missed ones to call back."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.telephone.models import Call
from opale.run.telephone.queries import calls as call_queries
from opale.run.telephone.rights import READ, WORK
from opale.run.telephone.states import CallState, FollowUp

SHOWN = 6


def _first_open(calls: Sequence[Call]) -> int | None:
    """Return the call that the shortcut calls back."""
    return next((call.pk for call in calls if call.follow_up == FollowUp.OPEN), None)


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
