"""Pages to choose the named units of a need: proposals in one click, or another place."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opale.delivery.projects.actions import placements
from opale.delivery.projects.acts.subjects import place_of_needs
from opale.delivery.projects.forms import UnitsForm
from opale.delivery.projects.queries import packages, projects, workdays
from opale.delivery.projects.rights import WORK
from opale.endpoints.http import ActorRequest, needs
from opale.ui.forms import attempt_form
from opale.ui.toasts import toast_next


@require_http_methods(["GET", "POST"])
@needs(WORK)
def place(request: ActorRequest, project_number: int, need_id: int) -> HttpResponse:
    """Place a need; answer 409 with the holder where somebody else holds a unit."""
    project = projects.get_project(project_number, seen_by=request.actor)
    need = packages.get_need(need_id, seen_by=request.actor, project=project)
    held = packages.place_of(need)
    since = max([workdays.today(), *(thing.since for thing in held)])
    initial = {"item": held[0].item.pk if held and held[0].item else None, "since": since}
    form = UnitsForm(request.POST or None, initial=initial, by=request.actor, need=need)

    attempt = attempt_form(
        request, form, lambda: placements.place_need(need, by=request.actor, **form.arguments())
    )
    if attempt.done:
        toast_next(request, _("Units reserved."))
        return redirect(place_of_needs(need)[0])
    context = {
        "project": project,
        "need": need,
        "place": held,
        "since": since.isoformat(),
        "rooms": packages.rooms_for(need, seen_by=request.actor, since=since),
        "form": form,
        "taken": attempt.conflict,
    }
    return render(request, "projects/place.html", context, status=attempt.status)
