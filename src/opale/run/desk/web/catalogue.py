"""Pages that edit the request catalogue."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Conflict, Invalid
from opale.run.desk.actions import catalogue as catalogue_actions
from opale.run.desk.actions.catalogue import RequestTypeInput
from opale.run.desk.domain.catalogue.form_fields import parse_form
from opale.run.desk.forms.catalogue import RequestTypeEditor
from opale.run.desk.forms.requests import FilledForm
from opale.run.desk.models import RequestType
from opale.run.desk.queries import requests
from opale.run.desk.rights import ADMINISTER
from opale.run.desk.web.request_context import request_type_history
from opale.ui.toasts import toast_next


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def new(request: ActorRequest) -> HttpResponse:
    editor = RequestTypeEditor(request.POST or None, None, by=request.actor)
    return _edited(request, editor, None)


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def edit(request: ActorRequest, code: str) -> HttpResponse:
    kind = requests.get_request_type(code, seen_by=request.actor, retired=True)
    editor = RequestTypeEditor(request.POST or None, RequestTypeInput.of(kind), by=request.actor)
    return _edited(request, editor, kind)


@require_POST
@needs(ADMINISTER)
def preview(request: ActorRequest) -> HttpResponse:
    """Preview the form in both languages, without saving anything."""
    editor = RequestTypeEditor(request.POST, None, by=request.actor)
    if not editor.valid:
        return render(request, "desk/catalogue/_preview.html", {"drawn": []})
    asked = parse_form(editor.sheet().fields)
    drawn = []
    for language in ("en", "fr"):
        with translation.override(language):
            form = FilledForm(asked=asked, by=request.actor, prefix=language)
            html = render(request, "desk/catalogue/_drawn.html", {"form": form})
            drawn.append((language, html.content.decode()))
    return render(request, "desk/catalogue/_preview.html", {"drawn": drawn})


@require_GET
@needs(ADMINISTER)
def history(request: ActorRequest, code: str) -> HttpResponse:
    kind = requests.get_request_type(code, seen_by=request.actor, retired=True)
    context = {"kind": kind, "lines": request_type_history(kind)}
    return render(request, "desk/catalogue/history.html", context)


def _edited(
    request: ActorRequest, editor: RequestTypeEditor, kind: RequestType | None
) -> HttpResponse:
    act = request.POST.get("move", "")
    if act:
        editor.move(act)
    elif request.method == "POST" and editor.valid:
        try:
            saved = _save(request, editor, kind)
        except (Invalid, Conflict) as refusal:
            editor.refuse(getattr(refusal, "fields", {}), refusal.sentence)
        else:
            toast_next(request, _("Saved. Existing requests keep their form."))
            return redirect("desk_catalogue_edit", saved.code)
    template = "desk/catalogue/_form.html" if act and request.htmx else "desk/catalogue/edit.html"
    wrong = bool(request.method == "POST" and not act)
    context = {"editor": editor, "kind": kind, "wrong": wrong}
    return render(request, template, context, status=422 if wrong else 200)


def _save(
    request: ActorRequest, editor: RequestTypeEditor, kind: RequestType | None
) -> RequestType:
    if kind is None:
        return catalogue_actions.create_type(editor.sheet(), by=request.actor)
    return catalogue_actions.edit_type(kind, editor.sheet(), by=request.actor)
