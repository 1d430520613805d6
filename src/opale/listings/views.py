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

from opale.acts.regions import list_address
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Invalid, NotFound
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


def _back_asked(request: ActorRequest, listing: Listing) -> str:
    """Return the address of the page on which lines were marked: the list's, or one that shows its
    rows otherwise."""
    return list_address(request) or _back(listing, address_asked(request, listing, request.actor))


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
    back = _back_asked(request, declared)
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
    if wanted.undo is not None and "confirmed" not in asked:
        return _preview(request, declared, wanted, rows, fields, back)
    outcome = bulk.run(wanted, rows, fields, by=request.actor)
    return _outcome(request, declared, wanted, outcome, back)


@require_POST
@needs("")
def rows_page(request: ActorRequest, listing: str) -> HttpResponse:
    """Lead to the page on which the marked lines, or all that match, are worked on together."""
    declared = open_listing(listing, seen_by=request.actor)
    page = declared.rows_page_for(request.actor)
    if page is None:
        raise NotFound
    try:
        return redirect(page.address(bulk.marked(declared, request.POST, request.actor)))
    except Invalid as refusal:
        toast_next(request, refusal.sentence, tone="bad")
        return redirect(_back_asked(request, declared))


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
        "back": _back_asked(request, listing),
        "page": list_address(request),
    }
    status = 422 if form.is_bound else 200
    return render(request, "listings/act.html", context, status=status)


def _preview(
    request: ActorRequest,
    listing: Listing,
    wanted: BulkAct,
    rows: list[Any],
    fields: dict[str, Any],
    back: str,
) -> HttpResponse:
    """Show what the act would do; confirmed, it is done."""
    outcome = bulk.trial(wanted, rows, fields, by=request.actor)
    refused = [one.row for one in outcome.refused]
    reasons = [one.sentence for one in outcome.refused]
    kept = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {
        "listing": listing,
        "act": wanted,
        "names": listing.names(outcome.done, request.actor),
        "refused": list(zip(listing.names(refused, request.actor), reasons, strict=True)),
        "kept": [one for one in kept if one[0] != "csrfmiddlewaretoken"],
        "back": back,
    }
    return render(request, "listings/preview.html", context)


@require_POST
@needs("")
def undo(request: ActorRequest, token: str) -> HttpResponse:
    """Undo a bulk act, as its toast offers for a time."""
    listing, outcome = bulk.undo(token, by=request.actor)
    toast_next(request, _told(outcome, _("%(count)s undone")))
    if request.htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect(_back(listing, ""))


def _told(outcome: bulk.Outcome, said: str) -> str:
    told = said % {"count": len(outcome.done)}
    if outcome.refused:
        told += ", " + _("%(count)s not changed") % {"count": len(outcome.refused)}
    return told


def _outcome(
    request: ActorRequest, listing: Listing, wanted: BulkAct, outcome: bulk.Outcome, back: str
) -> HttpResponse:
    done = len(outcome.done)
    changed = ngettext("%(count)s changed", "%(count)s changed", done)
    if token := bulk.undo_token(listing, wanted, outcome):
        undoing = reverse("listings_undo", args=[token])
        toast_next(request, _told(outcome, changed), undo=undoing)
        return redirect(back)
    said = changed % {"count": done}
    if not outcome.refused:
        toast_next(request, said)
        return redirect(back)
    rows = [one.row for one in outcome.refused]
    reasons = [one.sentence for one in outcome.refused]
    refused = list(zip(listing.names(rows, request.actor), reasons, strict=True))
    context = {"listing": listing, "act": wanted, "refused": refused, "said": said, "back": back}
    return render(request, "listings/outcome.html", context)
