"""Pages of import and export, for every table that can be exchanged."""

import secrets
from typing import Any

from django import forms
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from opale.endpoints.exchange.csv_files import export
from opale.endpoints.exchange.import_run import PREVIEWED_LINES, preview
from opale.endpoints.exchange.import_undo import undo_import
from opale.endpoints.exchange.imports import IMMEDIATE, get_import, submit_file
from opale.endpoints.exchange.registry import get_table, may_import, registered_tables
from opale.endpoints.exchange.tables import Preview, Table
from opale.endpoints.http import ActorRequest, needs
from opale.endpoints.models import FileImport
from opale.kernel.errors import Invalid
from opale.ui.toasts import toast_next
from opale.web.listings import USE, label_of, tone

KEPT_SECONDS = 3_600
SHOWN = 200
State = FileImport.State


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV file separated by ; or , with a header row."),
    )


@require_GET
@needs(USE)
def download(request: ActorRequest, name: str) -> HttpResponse:
    table = get_table(name, request.actor, change=False)
    separator = "," if request.GET.get("separator") == "," else ";"
    content = "".join(export(table, seen_by=request.actor, separator=separator))
    named = {"Content-Disposition": f'attachment; filename="{table.name}.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=named)


@require_POST
@needs(USE)
def show(request: ActorRequest, name: str) -> HttpResponse:
    """Return the preview of an uploaded file, which is kept for an hour for its sender."""
    table = get_table(name, request.actor, change=True)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        raise Invalid(file=_("Choose a file first."))
    content = form.cleaned_data["file"].read()
    found = preview(table, content, by=request.actor)
    token = secrets.token_urlsafe(16)
    cache.set(_kept_under(request, token), content, KEPT_SECONDS)
    return _page(request, table, found, token)


@require_POST
@needs(USE)
def carry(request: ActorRequest, name: str) -> HttpResponse:
    """Write the previewed file: at once, or by a job when it is long."""
    table = get_table(name, request.actor, change=True)
    token = request.POST.get("token", "")
    content = cache.get(_kept_under(request, token))
    if content is None:
        raise Invalid(file=_("The file has expired: upload it again."))
    found = preview(table, content, by=request.actor)
    if found.faults or found.fingerprint != request.POST.get("fingerprint"):
        return _page(request, table, found, token, moved=True)
    sent = submit_file(table, content, found, by=request.actor, credential=request.credential)
    cache.delete(_kept_under(request, token))
    if sent.state == State.WRITTEN:
        said = ngettext("%(count)s row imported.", "%(count)s rows imported.", sent.total)
        undo = reverse("exchange_take_back", args=[sent.pk])
        toast_next(request, said % {"count": sent.total}, undo=undo)
    return _to(sent)


@require_GET
@needs(USE)
def result(request: ActorRequest, import_id: int) -> HttpResponse:
    """Return the progress and the result of an import; requested again while it runs."""
    sent = get_import(import_id, seen_by=request.actor)
    table = next((t for t in registered_tables() if t.name == sent.table), None)
    context = {
        "sent": sent,
        "label": label_of(sent),
        "tone": tone(sent),
        "goes_on": sent.state in (State.WAITING, State.RUNNING, State.TAKING_BACK),
        "may_take_back": sent.may_be_taken_back and table and may_import(table, request.actor),
    }
    template = "web/exchange/_result.html" if request.htmx else "web/exchange/result.html"
    return render(request, template, context)


@require_POST
@needs(USE)
def undo(request: ActorRequest, import_id: int) -> HttpResponse:
    """Undo an import, but for rows changed since."""
    sent = undo_import(import_id, by=request.actor, credential=request.credential)
    if sent.state == State.TAKEN_BACK and not sent.kept_back:
        toast_next(request, _("Import undone."))
    return _to(sent)


def _to(sent: FileImport) -> HttpResponse:
    url = reverse("exchange_import", args=[sent.pk])
    return HttpResponse(status=303, headers={"Location": url})


def _kept_under(request: ActorRequest, token: str) -> str:
    return f"exchange:{request.actor.key}:{token[:40]}"


def _page(
    request: ActorRequest, table: Table, found: Preview, token: str, *, moved: bool = False
) -> HttpResponse:
    context: dict[str, Any] = {
        "table": table,
        "found": found,
        "faults": found.faults[:SHOWN],
        "new": found.of("new")[:SHOWN],
        "changed": found.of("changed")[:SHOWN],
        "token": token,
        "moved": moved,
        "ready": not found.faults and found.changes > 0,
        "untried": found.changes > PREVIEWED_LINES,
        "tried": PREVIEWED_LINES,
        "behind": found.changes > IMMEDIATE,
    }
    status = 422 if found.faults else 409 if moved else 200
    return render(request, "web/exchange/preview.html", context, status=status)
