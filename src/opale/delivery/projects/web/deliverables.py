"""Deliverables, evidences and gates: each act a form or a button that calls one action."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opale.delivery.projects.actions import deliverables
from opale.delivery.projects.forms import DeliverableForm, PlaceForm, RefusalForm, VersionForm
from opale.delivery.projects.models import Project
from opale.delivery.projects.queries import deliverables as deliverable_queries
from opale.delivery.projects.queries import projects
from opale.delivery.projects.rights import CONTRIBUTE, WORK
from opale.delivery.projects.web.projects import back_to, redirected
from opale.endpoints.http import ActorRequest, needs
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])


def back(project: Project) -> str:
    """Where deliverables and gates stand: on an express delivery, on its one page."""
    return back_to(project, "projects_show" if project.express else "projects_proofs")


@form_verbs
@needs(WORK)
def new_deliverable(request: ActorRequest, project_number: int) -> HttpResponse:
    project = projects.get_project(project_number, seen_by=request.actor)
    form = DeliverableForm(request.POST or None, by=request.actor, project=project)
    return form_page(
        request,
        form,
        lambda: deliverables.add_deliverable(project, by=request.actor, **form.cleaned_data),
        title=_("A further deliverable"),
        button=_("Add"),
        back=back(project),
        back_label=project.reference,
        said=_("The deliverable is added."),
    )


@form_verbs
@needs(CONTRIBUTE)
def hand_in(request: ActorRequest, project_number: int, deliverable_id: int) -> HttpResponse:
    project = projects.get_project(project_number, seen_by=request.actor)
    row = deliverable_queries.get_deliverable(
        deliverable_id, seen_by=request.actor, project=project
    )
    form = VersionForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: deliverables.submit_deliverable(row, by=request.actor, **form.cleaned_data),
        title=_("Hand in: %(name)s") % {"name": row.name},
        button=_("Hand in"),
        back=back(project),
        back_label=project.reference,
        said=_("The version is handed in, to be accepted or refused."),
    )


@require_POST
@needs(WORK)
def accept(request: ActorRequest, project_number: int, deliverable_id: int) -> HttpResponse:
    project = projects.get_project(project_number, seen_by=request.actor)
    row = deliverable_queries.get_deliverable(
        deliverable_id, seen_by=request.actor, project=project
    )
    deliverables.accept_deliverable(row, by=request.actor)
    toast_next(request, _("The deliverable is accepted."))
    return redirected(request, back(project))


@form_verbs
@needs(WORK)
def refuse(request: ActorRequest, project_number: int, deliverable_id: int) -> HttpResponse:
    project = projects.get_project(project_number, seen_by=request.actor)
    row = deliverable_queries.get_deliverable(
        deliverable_id, seen_by=request.actor, project=project
    )
    form = RefusalForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: deliverables.refuse_deliverable(row, by=request.actor, **form.cleaned_data),
        title=_("Refuse: %(name)s") % {"name": row.name},
        button=_("Refuse"),
        back=back(project),
        back_label=project.reference,
        said=_("The deliverable is refused, with its reason."),
    )


@form_verbs
@needs(CONTRIBUTE)
def attach_evidence(request: ActorRequest, project_number: int, evidence_id: int) -> HttpResponse:
    project = projects.get_project(project_number, seen_by=request.actor)
    row = deliverable_queries.get_evidence(evidence_id, seen_by=request.actor, project=project)
    form = PlaceForm(request.POST or None, initial={"place": row.place})
    return form_page(
        request,
        form,
        lambda: deliverables.attach_evidence(row, by=request.actor, **form.cleaned_data),
        title=_("Give the evidence: %(name)s") % {"name": row.name},
        button=_("Give"),
        back=back(project),
        back_label=project.reference,
        said=_("The evidence is given."),
    )


@require_POST
@needs(WORK)
def pass_gate(request: ActorRequest, project_number: int, gate_id: int) -> HttpResponse:
    project = projects.get_project(project_number, seen_by=request.actor)
    row = deliverable_queries.get_gate(gate_id, seen_by=request.actor, project=project)
    deliverables.pass_gate(row, by=request.actor)
    toast_next(request, _("The gate is passed."))
    return redirected(request, back(project))
