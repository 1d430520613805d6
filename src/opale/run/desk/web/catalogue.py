"""The pages on which the request catalogue is edited."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import AskedRequest, needs
from opale.kernel.errors import Conflict, Invalid
from opale.run.desk import actions, queries
from opale.run.desk.actions import TypeSheet
from opale.run.desk.catalogue import form_of
from opale.run.desk.models import RequestType
from opale.run.desk.rights import ADMINISTER
from opale.run.desk.web.request_form import FilledForm
from opale.run.desk.web.request_reading import told_history_of_type
from opale.run.desk.web.type_form import Editor
from opale.ui.toasts import toast_next


@require_GET
@needs(ADMINISTER)
def catalogue(request: AskedRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    types = queries.request_types(seen_by=request.actor, text=text, retired=True)
    context = {"types": types.select_related("team"), "q": text}
    return render(request, "desk/catalogue/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def new(request: AskedRequest) -> HttpResponse:
    editor = Editor(request.POST or None, None, actor=request.actor)
    return _edited(request, editor, None)


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def edit(request: AskedRequest, code: str) -> HttpResponse:
    kind = queries.request_type_coded(code, seen_by=request.actor, retired=True)
    editor = Editor(request.POST or None, TypeSheet.of(kind), actor=request.actor)
    return _edited(request, editor, kind)


@require_POST
@needs(ADMINISTER)
def preview(request: AskedRequest) -> HttpResponse:
    """The form as it would be drawn, in both languages, without anything being saved."""
    editor = Editor(request.POST, None, actor=request.actor)
    if not editor.valid:
        return render(request, "desk/catalogue/_preview.html", {"drawn": []})
    asked = form_of(editor.sheet().fields)
    drawn = []
    for language in ("en", "fr"):
        with translation.override(language):
            form = FilledForm(asked=asked, actor=request.actor, prefix=language)
            html = render(request, "desk/catalogue/_drawn.html", {"form": form})
            drawn.append((language, html.content.decode()))
    return render(request, "desk/catalogue/_preview.html", {"drawn": drawn})


@require_POST
@needs(ADMINISTER)
def retirement(request: AskedRequest, code: str) -> HttpResponse:
    kind = queries.request_type_coded(code, seen_by=request.actor, retired=True)
    actions.retire_type(kind, by=request.actor)
    toast_next(request, _("No longer offered. What was asked for goes on."))
    return redirect("desk_catalogue_edit", code)


@require_POST
@needs(ADMINISTER)
def reinstatement(request: AskedRequest, code: str) -> HttpResponse:
    kind = queries.request_type_coded(code, seen_by=request.actor, retired=True)
    actions.reinstate_type(kind, by=request.actor)
    toast_next(request, _("Offered again."))
    return redirect("desk_catalogue_edit", code)


@require_GET
@needs(ADMINISTER)
def history(request: AskedRequest, code: str) -> HttpResponse:
    kind = queries.request_type_coded(code, seen_by=request.actor, retired=True)
    context = {"kind": kind, "lines": told_history_of_type(kind)}
    return render(request, "desk/catalogue/history.html", context)


def _edited(request: AskedRequest, editor: Editor, kind: RequestType | None) -> HttpResponse:
    act = request.POST.get("move", "")
    if act:
        editor.move(act)
    elif request.method == "POST" and editor.valid:
        try:
            saved = _save(request, editor, kind)
        except (Invalid, Conflict) as refusal:
            editor.refuse(getattr(refusal, "fields", {}), refusal.sentence)
        else:
            toast_next(request, _("Saved. Requests that exist keep the form of their day."))
            return redirect("desk_catalogue_edit", saved.code)
    template = "desk/catalogue/_form.html" if act and request.htmx else "desk/catalogue/edit.html"
    wrong = bool(request.method == "POST" and not act)
    context = {"editor": editor, "kind": kind, "wrong": wrong}
    return render(request, template, context, status=422 if wrong else 200)


def _save(request: AskedRequest, editor: Editor, kind: RequestType | None) -> RequestType:
    if kind is None:
        return actions.create_type(editor.sheet(), by=request.actor)
    return actions.edit_type(kind, editor.sheet(), by=request.actor)
