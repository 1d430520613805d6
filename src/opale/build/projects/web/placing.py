"""Which units a need has by name: proposals that are taken by one press, or another place."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from opale.build.projects import actions, queries
from opale.build.projects.rights import WORK
from opale.build.projects.web.forms import UnitsForm
from opale.build.projects.web.writing import back_to, form_verbs, redirected
from opale.endpoints.http import AskedRequest, needs
from opale.ui.forms import attempted
from opale.ui.toasts import toast_next


@form_verbs
@needs(WORK)
def place(request: AskedRequest, project_number: int, need_id: int) -> HttpResponse:
    """A unit that somebody else holds is answered with 409, and with who holds it."""
    project = queries.get_project(project_number, seen_by=request.actor)
    need = queries.get_need(need_id, seen_by=request.actor, project=project)
    held = queries.place_of(need)
    since = max([queries.today(), *(thing.since for thing in held)])
    initial = {"item": held[0].item.pk if held and held[0].item else None, "since": since}
    form = UnitsForm(request.POST or None, initial=initial, by=request.actor, unit=need.unit)

    def act() -> None:
        said = form.cleaned_data
        actions.place_need(need, said["item"], said["units"], by=request.actor, since=said["since"])

    attempt = attempted(request, form, act)
    if attempt.done:
        toast_next(request, _("The units are held by name."))
        return redirected(request, back_to(project) + "#needs")
    context = {
        "project": project,
        "need": need,
        "place": held,
        "since": since.isoformat(),
        "rooms": queries.rooms_for(need, seen_by=request.actor, since=since),
        "form": form,
        "taken": attempt.conflict,
    }
    return render(request, "projects/place.html", context, status=attempt.status)


@require_POST
@needs(WORK)
def free(request: AskedRequest, project_number: int, need_id: int) -> HttpResponse:
    project = queries.get_project(project_number, seen_by=request.actor)
    need = queries.get_need(need_id, seen_by=request.actor, project=project)
    actions.free_place(need, by=request.actor)
    toast_next(request, _("The units are free again."))
    return redirected(request, back_to(project) + "#needs")
