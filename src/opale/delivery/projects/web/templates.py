"""Pages of delivery templates, edited step by step."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.customers.queries.plan_tables import offering_name
from opale.delivery.projects.actions import templates
from opale.delivery.projects.domain.template_content import Step, content_record
from opale.delivery.projects.forms import StepForm
from opale.delivery.projects.models import Party, Size, WorkPackage
from opale.delivery.projects.queries import templates as template_queries
from opale.delivery.projects.queries.templates import OfferingTemplate
from opale.delivery.projects.rights import READ, TEMPLATES
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.organisation.models import Team
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])
FIELDS = (
    "fr", "en", "kind", "party", "days", "hours", "role", "skill", "level", "after", "each",
)  # fmt: skip


@require_GET
@needs(READ)
def show(request: ActorRequest, offering_code: str) -> HttpResponse:
    found = template_queries.template_of(offering_code, seen_by=request.actor)
    names = {step.key: _named(step) for step in found.content.steps}
    for key in {one for step in found.content.steps for one in step.after} - names.keys():
        names[key] = _step_of_another(key, request.actor)
    context = {
        "found": found,
        "name": offering_name(found.offering),
        "size": Size(found.content.size).label,
        "steps": [_line(step, names) for step in found.content.steps],
        "needs": [(_named(one), one) for one in found.content.needs],
        "deliverables": [
            (_named(one), names.get(one.step, "")) for one in found.content.deliverables
        ],
        "gates": [
            (_named(one), one.automatic, [_named(proof) for proof in one.evidences])
            for one in found.content.gates
        ],
        "may_edit": request.actor.can(TEMPLATES),
    }
    return render(request, "projects/template.html", context)


def _named(one: Any) -> str:
    return str(one.fr if (get_language() or "").startswith("fr") else one.en)


def _step_of_another(key: str, actor: Actor) -> str:
    """Return the name of another offering's step, with the offering."""
    code, _slash, step_key = key.partition("/")
    try:
        found = template_queries.template_of(code, seen_by=actor)
    except NotFound:
        return key
    steps = {step.key: _named(step) for step in found.content.steps}
    return f"{steps.get(step_key, step_key)} ({offering_name(found.offering)})"


def _line(step: Step, names: dict[str, str]) -> dict[str, Any]:
    return {
        "step": step,
        "name": _named(step),
        "kind": WorkPackage.Kind(step.kind).label,
        "party": Party(step.party).label,
        "role": Team.Kind(step.role).label if step.role in Team.Kind.values else "",
        "after": ", ".join(names.get(key, key) for key in step.after),
    }


@require_POST
@needs(TEMPLATES)
def own(request: ActorRequest, offering_code: str) -> HttpResponse:
    """Copy the family's template to the offering, to be changed for it alone."""
    found = template_queries.template_of(offering_code, seen_by=request.actor)
    templates.write_template(found.offering, content_record(found.content), by=request.actor)
    toast_next(request, _("Specific template created."))
    return redirect("projects_template", offering_code)


@form_verbs
@needs(TEMPLATES)
def edit_step(request: ActorRequest, offering_code: str, step_key: str) -> HttpResponse:
    found = template_queries.template_of(offering_code, seen_by=request.actor)
    step = next((one for one in found.content.steps if one.key == step_key), None)
    if step is None:
        raise NotFound
    initial = {name: getattr(step, name) for name in FIELDS}
    form = _form(request, found, initial, without=step_key)
    return form_page(
        request,
        form,
        lambda: _write(request, found, step_key, form.cleaned_data),
        title=_("Edit task"),
        button=_("Save"),
        back=reverse("projects_template", args=[offering_code]),
        back_label=offering_name(found.offering),
        said=_("Template saved. Running projects keep their plan."),
    )


@form_verbs
@needs(TEMPLATES)
def new_step(request: ActorRequest, offering_code: str) -> HttpResponse:
    found = template_queries.template_of(offering_code, seen_by=request.actor)
    form = _form(request, found, {"kind": "work", "party": "us", "days": 1})
    known = {step.key for step in found.content.steps}
    key = next(name for n in range(1, 1000) if (name := f"step-{n}") not in known)
    return form_page(
        request,
        form,
        lambda: _write(request, found, key, form.cleaned_data),
        title=_("Add task"),
        button=_("Add"),
        back=reverse("projects_template", args=[offering_code]),
        back_label=offering_name(found.offering),
        said=_("Template saved. Running projects keep their plan."),
    )


def _form(
    request: ActorRequest, found: OfferingTemplate, initial: dict[str, Any], *, without: str = ""
) -> StepForm:
    others = [(step.key, _named(step)) for step in found.content.steps if step.key != without]
    elsewhere = [key for key in initial.get("after", ()) if "/" in key]
    others += [(key, key) for key in elsewhere]
    return StepForm(request.POST or None, initial=initial, others=others)


def _write(request: ActorRequest, found: OfferingTemplate, key: str, said: dict[str, Any]) -> None:
    """Write the document with the changed step, or with the step added at its end."""
    content = content_record(found.content)
    step = {**said, "key": key, "hours": said["hours"] or 0, "level": said["level"] or 0}
    place = [one["key"] for one in content["steps"]]
    if key in place:
        content["steps"][place.index(key)] |= step
    else:
        content["steps"].append(step)
    templates.write_template(found.offering, content, by=request.actor)
