"""What is changed in a project and its work packages: each a form that calls one action."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opale.delivery.orders.queries import get_order
from opale.delivery.projects.actions import (
    packages,
    projects,
    reservations,
    resource_requests,
    slippage,
    wanted_date,
)
from opale.delivery.projects.forms import (
    BaselineForm,
    ManagerForm,
    NeedsForm,
    PackageForm,
    ProjectForm,
    PromiseForm,
    SlipForm,
)
from opale.delivery.projects.models import Project, WorkPackage
from opale.delivery.projects.queries import managers, workdays
from opale.delivery.projects.queries import packages as package_queries
from opale.delivery.projects.queries import projects as project_queries
from opale.delivery.projects.rights import CONTRIBUTE, WORK
from opale.delivery.projects.states import BEGIN, FINISH, MOVES_OF_PACKAGES
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import NotFound
from opale.organisation.queries.people import get_person
from opale.ui.forms import form_page, submit_form
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])
MOVES = {move.name: move for move in (BEGIN, FINISH)}


def back_to(project: Project, url_name: str = "projects_show") -> str:
    return reverse(url_name, args=[project.number])


def redirected(request: ActorRequest, url: str) -> HttpResponse:
    """Back to where the button stood."""
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)


@require_POST
@needs(WORK)
def open_of_order(request: ActorRequest, order_number: int) -> HttpResponse:
    order = get_order(order_number, seen_by=request.actor)
    project = projects.open_project(order, by=request.actor)
    toast_next(request, _("The order is decomposed into what has to be done."))
    return redirected(request, back_to(project))


@form_verbs
@needs(WORK)
def edit(request: ActorRequest, project_number: int) -> HttpResponse:
    project = project_queries.get_project(project_number, seen_by=request.actor)
    initial = {
        "name": project.name,
        "begins_on": project.begins_on,
        "wanted_on": project.wanted_on,
        "backward": "yes" if project.backward else "no",
        "calendar": project.calendar_id,
    }
    form = ProjectForm(request.POST or None, initial=initial, by=request.actor)
    return form_page(
        request,
        form,
        lambda: projects.edit_project(project, by=request.actor, **form.cleaned_data),
        title=_("Change the project"),
        button=_("Save"),
        back=back_to(project),
        back_label=project.reference,
        said=_("The project is changed, and its dates are worked out anew."),
    )


@form_verbs
@needs(WORK)
def manager(request: ActorRequest, project_number: int) -> HttpResponse:
    """Who could lead it, who the policy wants first; anybody else by an exception."""
    project = project_queries.get_project(project_number, seen_by=request.actor)
    form = ManagerForm(request.POST or None, by=request.actor)

    def act() -> None:
        said = form.cleaned_data
        projects.assign_manager(
            project,
            said["manager"],
            by=request.actor,
            exception_by=said["exception_by"],
            exception_reason=said["exception_reason"],
        )

    if request.method == "POST" and submit_form(form, act):
        toast_next(request, _("The project has a manager."))
        return redirect(back_to(project))
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
def set_manager(request: ActorRequest, project_number: int, person_id: int) -> HttpResponse:
    """Give it to one who fits, by one click."""
    project = project_queries.get_project(project_number, seen_by=request.actor)
    projects.assign_manager(project, get_person(person_id, seen_by=request.actor), by=request.actor)
    toast_next(request, _("The project has a manager."))
    return redirected(request, back_to(project))


@require_POST
@needs(WORK)
def move(request: ActorRequest, project_number: int, project_move: str) -> HttpResponse:
    project = project_queries.get_project(project_number, seen_by=request.actor)
    if project_move not in MOVES:
        raise NotFound
    projects.move_project(project, MOVES[project_move], by=request.actor)
    toast_next(
        request,
        _("The project runs.") if project_move == BEGIN.name else _("The project is done."),
    )
    return redirected(request, back_to(project))


@require_POST
@needs(WORK)
def adopt_ordered_day(request: ActorRequest, project_number: int) -> HttpResponse:
    """The day that the order names by now, by one click."""
    project = project_queries.get_project(project_number, seen_by=request.actor)
    wanted_date.adopt_ordered_day(project, by=request.actor)
    toast_next(request, _("It is planned for the customer’s day."))
    return redirected(request, back_to(project))


@form_verbs
@needs(WORK)
def new_package(request: ActorRequest, project_number: int) -> HttpResponse:
    project = project_queries.get_project(project_number, seen_by=request.actor)
    initial = {"kind": "work", "party": "us", "days": 1}
    form = PackageForm(request.POST or None, initial=initial, by=request.actor, project=project)
    return form_page(
        request,
        form,
        lambda: packages.add_package(
            project, by=request.actor, after=form.waits(), **form.columns()
        ),
        title=_("A further work package"),
        button=_("Add"),
        back=back_to(project),
        back_label=project.reference,
        said=_("The work package is planned."),
    )


@form_verbs
@needs(WORK)
def edit_package(request: ActorRequest, project_number: int, package_id: int) -> HttpResponse:
    project, package = _package(request, project_number, package_id)
    waits = package_queries.waits_of([package], seen_by=request.actor).get(package.pk, [])
    fields = (
        "name_fr", "name_en", "kind", "party", "days", "hours", "not_before", "role", "level",
    )  # fmt: skip
    initial = {name: getattr(package, name) for name in fields} | {
        "skill": package.skill_id,
        "person": package.person_id,
        "after": [link.before_id for link in waits],
        "lag": max((link.lag for link in waits), default=0),
    }
    form = PackageForm(
        request.POST or None, initial=initial, by=request.actor, project=project, package=package
    )

    def act() -> None:
        said = form.cleaned_data
        packages.edit_package(
            package,
            by=request.actor,
            after=form.waits(),
            cause=said.get("cause", ""),
            note=said.get("note", ""),
            **form.columns(),
        )

    return form_page(
        request,
        form,
        act,
        title=_("Change the work package"),
        button=_("Save"),
        back=back_to(project),
        back_label=project.reference,
        said=_("The work package is changed, and the dates are worked out anew."),
    )


@require_POST
@needs(CONTRIBUTE)
def move_package(
    request: ActorRequest, project_number: int, package_id: int, package_move: str
) -> HttpResponse:
    project, package = _package(request, project_number, package_id)
    if package_move not in MOVES_OF_PACKAGES:
        raise NotFound
    lost = packages.move_package(package, MOVES_OF_PACKAGES[package_move], by=request.actor)
    package.refresh_from_db()
    said = {"name": package.name, "state": package.get_state_display().lower(), "why": lost}
    if lost:
        sentence = _("“%(name)s”: %(state)s, without the hours that it held. %(why)s")
        toast_next(request, sentence % said, tone="note")
    else:
        toast_next(request, _("“%(name)s”: %(state)s.") % said)
    return redirected(request, back_to(project))


@form_verbs
@needs(WORK)
def carrier_promise(request: ActorRequest, project_number: int, package_id: int) -> HttpResponse:
    project, package = _package(request, project_number, package_id)
    initial = {"promised_on": package.promised_on}
    form = PromiseForm(request.POST or None, initial=initial, by=request.actor)
    return form_page(
        request,
        form,
        lambda: slippage.record_carrier_promise(package, by=request.actor, **form.cleaned_data),
        title=_("What the carrier promises: %(name)s") % {"name": package.name},
        button=_("Write down"),
        back=back_to(project),
        back_label=project.reference,
        said=_("The carrier's promise is written down, and the dates are worked out anew."),
    )


@require_POST
@needs(WORK)
def reserve_hours(request: ActorRequest, project_number: int, package_id: int) -> HttpResponse:
    project, package = _package(request, project_number, package_id)
    reservations.reserve_hours(package, by=request.actor)
    toast_next(request, _("The hours are reserved on the planned days."))
    return redirected(request, back_to(project))


@require_POST
@needs(WORK)
def request_person(request: ActorRequest, project_number: int, package_id: int) -> HttpResponse:
    """Ask the team of the package for somebody; its lead answers on a clock."""
    _project, package = _package(request, project_number, package_id)
    made = resource_requests.request_person(package, by=request.actor)
    toast_next(request, _("It is asked; the lead of the team answers."))
    return redirected(request, reverse("resources_show", args=[made.pk]))


@form_verbs
@needs(WORK)
def reserve_needs(request: ActorRequest, project_number: int) -> HttpResponse:
    project = project_queries.get_project(project_number, seen_by=request.actor)
    rows = package_queries.needs_of(project, seen_by=request.actor)
    open_needs = [need for need in rows if not reservations.is_holding(need.reservation)]
    form = NeedsForm(request.POST or None, initial={"since": workdays.today()}, needs=open_needs)
    return form_page(
        request,
        form,
        lambda: reservations.reserve_needs(
            project, form.pools(), by=request.actor, since=form.cleaned_data["since"]
        ),
        title=_("Reserve what is needed"),
        button=_("Reserve"),
        back=back_to(project),
        back_label=project.reference,
        said=_("Everything that was chosen is reserved."),
    )


@form_verbs
@needs(WORK)
def promise(request: ActorRequest, project_number: int) -> HttpResponse:
    project = project_queries.get_project(project_number, seen_by=request.actor)
    initial = {"promised_on": project.ends_on}
    form = BaselineForm(request.POST or None, initial=initial)
    return form_page(
        request,
        form,
        lambda: slippage.create_baseline(project, by=request.actor, **form.cleaned_data),
        title=_("Promise a day to the customer"),
        button=_("Promise and freeze the plan"),
        back=back_to(project, "projects_promises"),
        back_label=project.reference,
        said=_("The plan is frozen as it stands: what moves from now on is seen against it."),
    )


@form_verbs
@needs(WORK)
def slip_cause(request: ActorRequest, project_number: int, package_id: int) -> HttpResponse:
    project, package = _package(request, project_number, package_id)
    form = SlipForm(request.POST or None, initial={"cause": package.party})
    return form_page(
        request,
        form,
        lambda: slippage.explain_slip(package, by=request.actor, **form.cleaned_data),
        title=_("Why it is late: %(name)s") % {"name": package.name},
        button=_("Write down"),
        back=back_to(project, "projects_promises"),
        back_label=project.reference,
        said=_("The cause of the slip is written down."),
    )


def _package(
    request: ActorRequest, project_number: int, package_id: int
) -> tuple[Project, WorkPackage]:
    project = project_queries.get_project(project_number, seen_by=request.actor)
    return project, package_queries.get_package(package_id, seen_by=request.actor, project=project)
