"""Pages of notifications."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import NotFound
from opale.notifications import queries
from opale.notifications.actions.read_state import mark_read
from opale.notifications.acts import kept_times
from opale.notifications.domain.kinds import Pace
from opale.notifications.rights import USE
from opale.ui.toasts import toast_next


@require_GET
@needs(USE)
def open_notification(request: ActorRequest, notification_id: int) -> HttpResponse:
    """Go to what a notification is about; it is read by that. From the mail about one that was
    deleted, as of a deleted comment, it goes to the inbox.
    """
    try:
        found = queries.get_notification(notification_id, seen_by=request.actor)
    except NotFound:
        toast_next(request, _("This notification no longer exists."))
        return redirect("notifications_inbox")
    mark_read(found, by=request.actor)
    return redirect(found.url)


@require_GET
@needs(USE)
def buttons(request: ActorRequest) -> HttpResponse:
    """Show the buttons above the inbox, a region of its own."""
    return render(request, "notifications/_buttons.html")


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
