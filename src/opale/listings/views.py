"""Views of every listing beside its page: files, columns, saved views, acts on marked lines."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Invalid
from opale.listings import bulk, exports
from opale.listings.declarations import BulkAct, Listing
from opale.listings.pages import address_asked
from opale.listings.registry import open_listing
from opale.listings.saved_views import settings_of, store
from opale.listings.selection import COLUMNS, Selection
from opale.ui.toasts import toast_next


def _back(listing: Listing, query: str) -> str:
    root = reverse(listing.url_name)
    return f"{root}?{query}" if query else root


def export_of(listing: Listing, kind: str) -> Callable[..., Any]:
    """Return the view of a listing's file at an address of its own."""

    @require_GET
    @needs(listing.right)
    def view(request: ActorRequest) -> HttpResponseBase:
        return _file(request, listing, kind)

    return view


@require_GET
@needs("")
def export(request: ActorRequest, listing: str, kind: str) -> HttpResponseBase:
    """Return the whole list of this address as a file, with the columns that are shown."""
    return _file(request, open_listing(listing, seen_by=request.actor), kind)


def _file(request: ActorRequest, listing: Listing, kind: str) -> HttpResponseBase:
    if kind not in exports.FORMATS:
        raise Http404
    saved = settings_of(listing.name, request.actor)
    selection = Selection.read(listing, request.GET, request.actor, saved.columns)
    return exports.FORMATS[kind](selection)


@require_POST
@needs("")
def columns(request: ActorRequest, listing: str) -> HttpResponse:
    """Save the columns that the person chose for a list; with `reset`, the list's own again."""
    declared = open_listing(listing, seen_by=request.actor)
    offered = [one.name for one in declared.offered(request.actor) if not one.fixed]
    asked = [] if "reset" in request.POST else request.POST.getlist("column")
    chosen = [name for name in offered if name in asked]
    query = address_asked(request, declared, request.actor)
    if asked and not chosen:
        raise Invalid(_("Choose at least one column."))
    store().choose(declared.name, chosen, by=request.actor)
    # The address names no columns, which would override the kept ones.
    said = QueryDict(query, mutable=True)
    said.pop(COLUMNS, None)
    return redirect(_back(declared, said.urlencode()))


@require_POST
@needs("")
def act(request: ActorRequest, listing: str, act: str) -> HttpResponse:
    """Run an act on the marked lines, or on all that match, after its form where it has one."""
    declared = open_listing(listing, seen_by=request.actor)
    wanted = bulk.get_act(declared, act, request.actor)
    asked = request.POST
    back = _back(declared, address_asked(request, declared, request.actor))
    try:
        rows = bulk.marked(declared, asked, request.actor)
    except Invalid as refusal:
        toast_next(request, refusal.sentence, tone="bad")
        return redirect(back)
    fields: dict[str, Any] = {}
    if wanted.form is not None:
        form = wanted.form(asked if "given" in asked else None, by=request.actor)
        if not form.is_valid():
            return _ask(request, declared, wanted, form, rows)
        fields = form.cleaned_data
    outcome = bulk.run(wanted, rows, fields, by=request.actor)
    return _outcome(request, declared, wanted, outcome, back)


def _ask(
    request: ActorRequest, listing: Listing, wanted: BulkAct, form: forms.Form, rows: list[Any]
) -> HttpResponse:
    query = address_asked(request, listing, request.actor)
    context = {
        "listing": listing,
        "act": wanted,
        "form": form,
        "rows": rows,
        "names": listing.names(rows, request.actor),
        "query": query,
        "back": _back(listing, query),
    }
    status = 422 if form.is_bound else 200
    return render(request, "listings/act.html", context, status=status)


def _outcome(
    request: ActorRequest, listing: Listing, wanted: BulkAct, outcome: bulk.Outcome, back: str
) -> HttpResponse:
    done = len(outcome.done)
    said = ngettext("%(count)s changed", "%(count)s changed", done) % {"count": done}
    if not outcome.refused:
        toast_next(request, said)
        return redirect(back)
    rows = [one.row for one in outcome.refused]
    reasons = [one.sentence for one in outcome.refused]
    refused = list(zip(listing.names(rows, request.actor), reasons, strict=True))
    context = {"listing": listing, "act": wanted, "refused": refused, "said": said, "back": back}
    return render(request, "listings/outcome.html", context)
