"""Pages of one text module: write it, change it, and how often it is sent."""

from dataclasses import asdict

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed
from opale.run.desk.actions import text_modules
from opale.run.desk.actions.text_modules import TextModuleInput, may_edit_text_module
from opale.run.desk.domain.text_variables import VARIABLES
from opale.run.desk.forms.text_modules import OwnTextModuleForm
from opale.run.desk.models import TextModule
from opale.run.desk.queries import text_modules as text_module_queries
from opale.run.desk.rights import ADMINISTER, CONSOLE, WORK
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next


@require_http_methods(["GET", "POST"])
@needs(CONSOLE)
def new(request: ActorRequest) -> HttpResponse:
    if not _may_write(request.actor):
        raise NotAllowed
    form = OwnTextModuleForm(request.POST or None, by=request.actor, module=None)
    if request.method == "POST" and submit_form(
        form, lambda: text_modules.create_text_module(by=request.actor, **form.arguments())
    ):
        toast_next(request, _("Saved."))
        return redirect("desk_modules")
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
@needs(CONSOLE)
def edit(request: ActorRequest, module_id: int) -> HttpResponse:
    module = text_module_queries.get_text_module(module_id, seen_by=request.actor)
    initial = asdict(TextModuleInput.of(module))
    form = OwnTextModuleForm(request.POST or None, initial=initial, by=request.actor, module=module)
    if request.method == "POST" and submit_form(
        form, lambda: text_modules.edit_text_module(module, by=request.actor, **form.arguments())
    ):
        toast_next(request, _("Saved."))
        return redirect("desk_modules")
    return _form(request, form, module)


def _may_write(actor: Actor) -> bool:
    return actor.can(WORK) or actor.can(ADMINISTER)


def _form(
    request: ActorRequest, form: OwnTextModuleForm, module: TextModule | None
) -> HttpResponse:
    may_edit = module is None or may_edit_text_module(module, request.actor)
    context = {
        "form": form,
        "module": module,
        "may_edit": may_edit,
        "uses": text_module_queries.uses_of_module(module) if module else [],
        "variables": VARIABLES,
        "folders": text_module_queries.folders(seen_by=request.actor),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "desk/modules/edit.html", context, status=status)
