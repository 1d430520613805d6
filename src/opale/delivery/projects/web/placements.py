"""Which units a need has by name: proposals that are taken by one press, or another place."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from opale.delivery.projects.actions import placements
from opale.delivery.projects.forms import UnitsForm
from opale.delivery.projects.queries import packages, projects, workdays
from opale.delivery.projects.rights import WORK
from opale.delivery.projects.web.projects import back_to, form_verbs, redirected
from opale.endpoints.http import ActorRequest, needs
from opale.ui.forms import attempt_form
from opale.ui.toasts import toast_next


@form_verbs
@needs(WORK)
def place(request: ActorRequest, project_number: int, need_id: int) -> HttpResponse:
    """A unit that somebody else holds is answered with 409, and with who holds it."""
    project = projects.get_project(project_number, seen_by=request.actor)
    need = packages.get_need(need_id, seen_by=request.actor, project=project)
    held = packages.place_of(need)
    since = max([workdays.today(), *(thing.since for thing in held)])
    initial = {"item": held[0].item.pk if held and held[0].item else None, "since": since}
    form = UnitsForm(request.POST or None, initial=initial, by=request.actor, unit=need.unit)

    def act() -> None:
        said = form.cleaned_data
        placements.place_need(
            need, said["item"], said["units"], by=request.actor, since=said["since"]
        )

    attempt = attempt_form(request, form, act)
    if attempt.done:
        toast_next(request, _("The units are held by name."))
        return redirected(request, back_to(project) + "#needs")
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


@require_POST
@needs(WORK)
def free(request: ActorRequest, project_number: int, need_id: int) -> HttpResponse:
    project = projects.get_project(project_number, seen_by=request.actor)
    need = packages.get_need(need_id, seen_by=request.actor, project=project)
    placements.free_place(need, by=request.actor)
    toast_next(request, _("The units are free again."))
    return redirected(request, back_to(project) + "#needs")
