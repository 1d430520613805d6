"""Rows from and to files, for every table that can be exchanged."""

import secrets
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from opale.customers.actions.exchange import CONTACTS, CUSTOMERS, SERVICES
from opale.endpoints.exchange import Preview, Table, carry_out, export, preview
from opale.endpoints.http import AskedRequest, needs
from opale.infrastructure.actions.exchange import ITEMS
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.organisation.actions.exchange import PEOPLE
from opale.ui.toasts import toast_next

TABLES: Mapping[str, Table] = {t.name: t for t in (PEOPLE, CUSTOMERS, CONTACTS, SERVICES, ITEMS)}
KEPT_SECONDS = 3_600
SHOWN = 200
STAFF = "organisation.read"


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV with ; or , as a spreadsheet saves it, with a header line."),
    )


def may_export(table: Table, actor: Actor) -> bool:
    """Files go to people of the provider; a customer's contact reads pages."""
    return actor.can(table.read_right) and actor.can(STAFF)


def table_named(name: str, actor: Actor, *, change: bool) -> Table:
    """Errors: NotFound, NotAllowed."""
    table = TABLES.get(name)
    if table is None:
        raise NotFound
    if not (actor.can(table.right) if change else may_export(table, actor)):
        raise NotAllowed
    return table


@require_GET
@needs(STAFF)
def listing(request: AskedRequest) -> HttpResponse:
    actor = request.actor
    tables = [(t, actor.can(t.right)) for t in TABLES.values() if may_export(t, actor)]
    return render(request, "web/exchange/list.html", {"tables": tables, "form": FileForm()})


@require_GET
@needs(STAFF)
def download(request: AskedRequest, name: str) -> HttpResponse:
    table = table_named(name, request.actor, change=False)
    separator = "," if request.GET.get("separator") == "," else ";"
    content = "".join(export(table, seen_by=request.actor, separator=separator))
    named = {"Content-Disposition": f'attachment; filename="{table.name}.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=named)


@require_POST
@needs(STAFF)
def show(request: AskedRequest, name: str) -> HttpResponse:
    """What the file would change; it is kept for an hour, for whoever sent it."""
    table = table_named(name, request.actor, change=True)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        raise Invalid(file=_("Choose a file first."))
    content = form.cleaned_data["file"].read()
    found = preview(table, content, by=request.actor)
    token = secrets.token_urlsafe(16)
    cache.set(_kept_under(request, token), content, KEPT_SECONDS)
    return _page(request, table, found, token)


@require_POST
@needs(STAFF)
def carry(request: AskedRequest, name: str) -> HttpResponse:
    table = table_named(name, request.actor, change=True)
    token = request.POST.get("token", "")
    content = cache.get(_kept_under(request, token))
    if content is None:
        raise Invalid(file=_("The file is not kept any more: send it again."))
    found = preview(table, content, by=request.actor)
    if found.faults or found.fingerprint != request.POST.get("fingerprint"):
        return _page(request, table, found, token, moved=True)
    done = carry_out(table, content, by=request.actor)
    if done.faults:
        return _page(request, table, done, token)
    cache.delete(_kept_under(request, token))
    count = done.counts["new"] + done.counts["changed"]
    said = ngettext("%(count)s row was written.", "%(count)s rows were written.", count)
    toast_next(request, said % {"count": count})
    return HttpResponse(status=303, headers={"Location": reverse("exchange")})


def _kept_under(request: AskedRequest, token: str) -> str:
    return f"exchange:{request.actor.key}:{token[:40]}"


def _page(
    request: AskedRequest, table: Table, found: Preview, token: str, *, moved: bool = False
) -> HttpResponse:
    context: dict[str, Any] = {
        "table": table,
        "found": found,
        "faults": found.faults[:SHOWN],
        "new": found.of("new")[:SHOWN],
        "changed": found.of("changed")[:SHOWN],
        "token": token,
        "moved": moved,
        "ready": not found.faults and found.counts["new"] + found.counts["changed"] > 0,
    }
    status = 422 if found.faults else 409 if moved else 200
    return render(request, "web/exchange/preview.html", context, status=status)
