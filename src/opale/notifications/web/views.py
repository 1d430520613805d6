"""Pages of notifications."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.notifications import queries
from opale.notifications.actions.read_state import mark_read
from opale.notifications.acts import kept_times
from opale.notifications.domain.kinds import Pace
from opale.notifications.rights import USE


@require_GET
@needs(USE)
def open_notification(request: ActorRequest, notification_id: int) -> HttpResponse:
    """Go to what a notification is about; it is read by that."""
    found = queries.get_notification(notification_id, seen_by=request.actor)
    mark_read(found, by=request.actor)
    return redirect(found.url)


@require_GET
@needs(USE)
def choices(request: ActorRequest) -> HttpResponse:
    chosen = queries.own_choices(seen_by=request.actor)
    groups = groupby(chosen, key=lambda one: str(one[0].group))
    context = {
        "groups": [(name, list(kinds)) for name, kinds in groups],
        "paces": Pace.choices,
        "times": kept_times(None, request.actor),
    }
    return render(request, "notifications/choices.html", context)
