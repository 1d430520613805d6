"""Pages that list, edit and retire text modules, with how often each is sent."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed
from opale.run.desk.actions import text_modules
from opale.run.desk.actions.text_modules import (
    MAX_BODY_LENGTH,
    TextModuleInput,
    may_edit_text_module,
)
from opale.run.desk.domain.text_variables import VARIABLES
from opale.run.desk.models import TextModule
from opale.run.desk.queries import text_modules as text_module_queries
from opale.run.desk.rights import ADMINISTER, CONSOLE, WORK
from opale.ui.components.lists import Chip
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next


class ModuleForm(forms.Form):
    name_fr = forms.CharField(label=gettext_lazy("Name in French"), max_length=100)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=100)
    body_fr = forms.CharField(
        label=gettext_lazy("Text in French"), widget=forms.Textarea, max_length=MAX_BODY_LENGTH
    )
    body_en = forms.CharField(
        label=gettext_lazy("Text in English"), widget=forms.Textarea, max_length=MAX_BODY_LENGTH
    )
    folder = forms.CharField(label=gettext_lazy("Folder"), max_length=60, required=False)
    tags = forms.CharField(
        label=gettext_lazy("Tags, with commas between them"), max_length=500, required=False
    )
    personal = forms.BooleanField(
        label=gettext_lazy("For me alone"),
        required=False,
        help_text=gettext_lazy("Nobody else is offered it."),
    )

    def __init__(self, *args: Any, actor: Actor, module: TextModule | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Only leads may edit shared ones, everybody their own: without a choice, none is shown.
        shared = module is not None and module.person_id is None
        self._fixed: bool | None = None
        if shared or not actor.can(WORK) or actor.person_id is None:
            self._fixed = False
        elif not actor.can(ADMINISTER):
            self._fixed = True
        if self._fixed is not None:
            del self.fields["personal"]
        if module is not None and not may_edit_text_module(module, actor):
            for name in self.fields:
                self.fields[name].disabled = True

    def sheet(self) -> TextModuleInput:
        said = dict(self.cleaned_data)
        said["tags"] = tuple(said["tags"].split(","))
        said["personal"] = said.get("personal", False) if self._fixed is None else self._fixed
        return TextModuleInput(**said)


@require_GET
@needs(CONSOLE)
def listing(request: ActorRequest) -> HttpResponse:
    text, folder = request.GET.get("q", "").strip()[:100], request.GET.get("folder")
    retired = bool(request.GET.get("retired"))
    rows = text_module_queries.text_modules(
        seen_by=request.actor, text=text, folder=folder, retired=True
    )
    rows = rows.filter(retired_at__isnull=not retired).order_by(
        "folder", F("times").desc(), "name_en", "pk"
    )
    language = (get_language() or "fr")[:2]
    context = {
        "modules": [
            {
                "row": row,
                "name": row.name(language),
                "text": row.body(language),
                "may_edit": may_edit_text_module(row, request.actor),
            }
            for row in rows[:500]
        ],
        "q": text,
        "folder": folder,
        "retired": retired,
        "chips": _chips(request, folder, retired=retired),
        "may_write": _may_write(request.actor),
    }
    return render(request, "desk/modules/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(CONSOLE)
def new(request: ActorRequest) -> HttpResponse:
    if not _may_write(request.actor):
        raise NotAllowed
    form = ModuleForm(request.POST or None, actor=request.actor, module=None)
    if request.method == "POST" and submit_form(
        form, lambda: text_modules.create_text_module(form.sheet(), by=request.actor)
    ):
        toast_next(request, _("Saved. It is offered from now on."))
        return redirect("desk_modules")
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
@needs(CONSOLE)
def edit(request: ActorRequest, module_id: int) -> HttpResponse:
    module = text_module_queries.get_text_module(module_id, seen_by=request.actor)
    form = ModuleForm(
        request.POST or None, initial=_initial(module), actor=request.actor, module=module
    )
    if request.method == "POST" and submit_form(
        form, lambda: text_modules.edit_text_module(module, form.sheet(), by=request.actor)
    ):
        toast_next(request, _("Saved."))
        return redirect("desk_modules")
    return _form(request, form, module)


@require_POST
@needs(CONSOLE)
def retirement(request: ActorRequest, module_id: int) -> HttpResponse:
    module = text_module_queries.get_text_module(module_id, seen_by=request.actor)
    text_modules.retire_text_module(module, by=request.actor)
    undo = reverse("desk_module_reinstate", args=[module_id])
    toast_next(request, _("It is offered no more."), undo=undo)
    return redirect("desk_modules")


@require_POST
@needs(CONSOLE)
def reinstatement(request: ActorRequest, module_id: int) -> HttpResponse:
    module = text_module_queries.get_text_module(module_id, seen_by=request.actor)
    text_modules.reinstate_text_module(module, by=request.actor)
    toast_next(request, _("Offered again."))
    return redirect("desk_modules")


def _may_write(actor: Actor) -> bool:
    return actor.can(WORK) or actor.can(ADMINISTER)


def _initial(module: TextModule) -> dict[str, Any]:
    sheet = TextModuleInput.of(module)
    return {
        "name_fr": sheet.name_fr,
        "name_en": sheet.name_en,
        "body_fr": sheet.body_fr,
        "body_en": sheet.body_en,
        "folder": sheet.folder,
        "tags": ", ".join(sheet.tags),
        "personal": sheet.personal,
    }


def _chips(request: ActorRequest, here: str | None, *, retired: bool) -> list[Chip]:
    where = reverse("desk_modules")
    chips = [Chip(_("All folders"), where, on=here is None and not retired)]
    for folder in text_module_queries.folders(seen_by=request.actor):
        address = f"{where}?{urlencode({'folder': folder})}"
        chips.append(Chip(folder, address, on=folder == here))
    return [*chips, Chip(pgettext("text modules", "Retired"), f"{where}?retired=1", on=retired)]


def _form(request: ActorRequest, form: ModuleForm, module: TextModule | None) -> HttpResponse:
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
