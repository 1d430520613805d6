"""Pages to assign a project manager: a fitting one in one click, others by an exception."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opale.delivery.projects.actions import projects
from opale.delivery.projects.forms import ManagerForm
from opale.delivery.projects.queries import managers
from opale.delivery.projects.queries import projects as project_queries
from opale.delivery.projects.rights import WORK
from opale.endpoints.http import ActorRequest, needs
from opale.organisation.queries.people import get_person
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next


@require_http_methods(["GET", "POST"])
@needs(WORK)
def manager(request: ActorRequest, project_number: int) -> HttpResponse:
    """Show the candidates, those who fit first, and assign another one by an exception."""
    project = project_queries.get_project(project_number, seen_by=request.actor)
    form = ManagerForm(request.POST or None, by=request.actor)
    if request.method == "POST" and submit_form(
        form, lambda: projects.assign_manager(project, by=request.actor, **form.arguments())
    ):
        toast_next(request, _("Project manager assigned."))
        return redirect("projects_show", project.number)
    context = {
        "project": project,
        "form": form,
        "senior": managers.required_seniority(project) == "senior",
        "candidates": managers.candidates(project, seen_by=request.actor),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "projects/manager.html", context, status=status)


@require_POST
@needs(WORK)
def lead(request: ActorRequest, project_number: int, person_id: int) -> HttpResponse:
    """Assign a fitting project manager in one click."""
    project = project_queries.get_project(project_number, seen_by=request.actor)
    projects.assign_manager(project, get_person(person_id, seen_by=request.actor), by=request.actor)
    toast_next(request, _("Project manager assigned."))
    return redirect("projects_show", project.number)
