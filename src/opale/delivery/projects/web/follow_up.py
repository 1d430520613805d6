"""Risks, actions and minutes: each act a form or a button that calls one action."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opale.delivery.projects.actions import follow_up
from opale.delivery.projects.forms import ActionForm, MinutesForm, RiskForm
from opale.delivery.projects.queries import follow_up as follow_up_queries
from opale.delivery.projects.queries import projects, workdays
from opale.delivery.projects.rights import CONTRIBUTE, WORK
from opale.delivery.projects.web.projects import back_to, redirected
from opale.endpoints.http import ActorRequest, needs
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])
HERE = "projects_following"


@form_verbs
@needs(WORK)
def new_risk(request: ActorRequest, project_number: int) -> HttpResponse:
    project = projects.get_project(project_number, seen_by=request.actor)
    form = RiskForm(request.POST or None, by=request.actor)
    return form_page(
        request,
        form,
        lambda: follow_up.raise_risk(project, by=request.actor, **form.cleaned_data),
        title=_("A risk"),
        button=_("Write down"),
        back=back_to(project, HERE),
        back_label=project.reference,
        said=_("The risk is written down."),
    )


@form_verbs
@needs(WORK)
def edit_risk(request: ActorRequest, project_number: int, risk_id: int) -> HttpResponse:
    project = projects.get_project(project_number, seen_by=request.actor)
    risk = follow_up_queries.get_risk(risk_id, seen_by=request.actor, project=project)
    initial = {
        "title": risk.title,
        "likelihood": risk.likelihood,
        "harm": risk.harm,
        "response": risk.response,
        "owner": risk.owner_id,
        "closed": risk.closed_at is not None,
    }
    form = RiskForm(request.POST or None, initial=initial, by=request.actor, risk=risk)
    return form_page(
        request,
        form,
        lambda: follow_up.edit_risk(risk, by=request.actor, **form.cleaned_data),
        title=_("Change the risk"),
        button=_("Save"),
        back=back_to(project, HERE),
        back_label=project.reference,
        said=_("The risk is changed."),
    )


@form_verbs
@needs(WORK)
def new_action(request: ActorRequest, project_number: int) -> HttpResponse:
    project = projects.get_project(project_number, seen_by=request.actor)
    form = ActionForm(request.POST or None, by=request.actor)
    return form_page(
        request,
        form,
        lambda: follow_up.add_action(project, by=request.actor, **form.cleaned_data),
        title=_("An action"),
        button=_("Write down"),
        back=back_to(project, HERE),
        back_label=project.reference,
        said=_("The action is written down."),
    )


@require_POST
@needs(CONTRIBUTE)
def settle(request: ActorRequest, project_number: int, action_item_id: int) -> HttpResponse:
    """Done; pressed again, not done after all."""
    project = projects.get_project(project_number, seen_by=request.actor)
    item = follow_up_queries.get_action(action_item_id, seen_by=request.actor, project=project)
    done = item.done_at is None
    follow_up.settle_action(item, by=request.actor, done=done)
    toast_next(request, _("The action is done.") if done else _("The action is open again."))
    return redirected(request, back_to(project, HERE))


@form_verbs
@needs(WORK)
def new_minutes(request: ActorRequest, project_number: int) -> HttpResponse:
    project = projects.get_project(project_number, seen_by=request.actor)
    initial = {"held_on": workdays.today()}
    form = MinutesForm(request.POST or None, initial=initial)
    return form_page(
        request,
        form,
        lambda: follow_up.write_minutes(project, by=request.actor, **form.cleaned_data),
        title=_("Minutes of a meeting"),
        button=_("Keep"),
        back=back_to(project, HERE),
        back_label=project.reference,
        said=_("The minutes are kept."),
    )
