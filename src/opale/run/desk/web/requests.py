"""Requests at the desk: asked by the catalogue, read as a sheet, put right, sent on, refused."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import AskedRequest, needs
from opale.kernel.errors import Invalid, NotAllowed
from opale.run.desk import actions, queries
from opale.run.desk.actions import NewRequest
from opale.run.desk.catalogue import form_of, in_language
from opale.run.desk.models import Override, Refusal, RequestType, Route, Source, Ticket
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.web.request_acts import DecisionForm, RejectionForm, RoutingForm
from opale.run.desk.web.request_form import DeskRequestForm, FilledForm, initial_of
from opale.run.desk.web.request_reading import preview, sheet_of, told_history
from opale.ui.toasts import toast_next


@require_GET
@needs(WORK)
def choose(request: AskedRequest) -> HttpResponse:
    """The catalogue, searched; what was asked for last stands first."""
    text = request.GET.get("q", "").strip()
    types = queries.request_types(seen_by=request.actor, text=text)
    context = {"types": queries.recent_first(types), "q": text, "url_name": "desk_request_new"}
    template = "desk/requests/_types.html" if request.htmx else "desk/requests/choose.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def new(request: AskedRequest, code: str) -> HttpResponse:
    kind = queries.request_type_coded(code, seen_by=request.actor)
    form = _desk_form(request, kind)
    if request.method == "POST" and "more" not in request.POST and form.is_valid():
        try:
            ticket = actions.receive_request(_asked(kind, form), by=request.actor)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return _received(request, ticket)
    context = {"form": form, "kind": kind, "title": in_language(kind.name_en, kind.name_fr)}
    template = "desk/requests/_new.html" if "more" in request.POST else "desk/requests/new.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@needs(WORK)
def outlook(request: AskedRequest, code: str) -> HttpResponse:
    """Before it is sent: where it would go and why, and whose word it would need."""
    kind = queries.request_type_coded(code, seen_by=request.actor)
    form = _desk_form(request, kind)
    form.is_valid()
    said = form.cleaned_data
    context = preview(kind, form.values(), said.get("contact"), said.get("customer"))
    return render(request, "desk/requests/_outlook.html", context)


@require_GET
@needs(CONSOLE)
def sheet(request: AskedRequest, number: int) -> HttpResponse:
    """What was filled in, where it goes, whose word was asked: a region of the ticket's page."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    context = {"ticket": ticket, "sheet": sheet_of(ticket, request.actor)}
    return render(request, "desk/requests/_sheet.html", context)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def revision(request: AskedRequest, number: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    details = queries.details_of(ticket, seen_by=request.actor)
    asked = form_of(details.fields)
    form = FilledForm(
        request.POST or None,
        asked=asked,
        actor=request.actor,
        initial=initial_of(asked, details.values),
        more=request.POST.get("more", ""),
    )
    if request.method == "POST" and "more" not in request.POST and form.is_valid():
        try:
            actions.revise_request(ticket, form.values(), by=request.actor)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return redirect("desk_ticket", number)
    return _drawn(request, ticket, form, _("Correct the request"), _("Save"))


@require_GET
@needs(CONSOLE)
def history(request: AskedRequest, number: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    details = queries.details_of(ticket, seen_by=request.actor)
    context = {"ticket": ticket, "lines": told_history(ticket, details)}
    return render(request, "desk/requests/history.html", context)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def routing(request: AskedRequest, number: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    details = queries.details_of(ticket, seen_by=request.actor)
    form = RoutingForm(request.POST or None, initial={"route": details.route})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.reroute_request(
            ticket, Route(said["route"]), Override(said["reason"]), by=request.actor
        )
        return redirect("desk_ticket", number)
    return _drawn(request, ticket, form, _("Send it another way"), _("Send"))


@require_GET
@needs(CONSOLE)
def routing_reason(request: AskedRequest, number: int) -> HttpResponse:
    """Each rule that was tried, each condition with what was found."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    details = queries.details_of(ticket, seen_by=request.actor)
    context = {"details": details, "routed": queries.route_of(details, ticket.service)}
    return render(request, "desk/requests/_route.html", context)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def decision(request: AskedRequest, number: int) -> HttpResponse:
    """The word of a contact, heard on the telephone."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    form = DecisionForm(request.POST or None, ticket=ticket, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            form.decide(by=request.actor)
        except (Invalid, NotAllowed) as refusal:
            form.add_error("contact", refusal.sentence)
        else:
            toast_next(request, _("The word is recorded."))
            return redirect("desk_ticket", number)
    return _drawn(
        request, ticket, form, _("An approval heard on the telephone"), _("Record the decision")
    )


@require_http_methods(["GET", "POST"])
@needs(WORK)
def rejection(request: AskedRequest, number: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    form = RejectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.reject_ticket(ticket, Refusal(said["reason"]), by=request.actor, note=said["note"])
        undo = reverse("desk_reopen", args=[number])
        toast_next(request, _("Refused; the requester is told why."), undo=undo)
        return redirect("desk_ticket", number)
    return _drawn(request, ticket, form, _("Refuse the request"), _("Refuse"))


def _desk_form(request: AskedRequest, kind: RequestType) -> DeskRequestForm:
    contact = request.GET.get("contact", "")
    return DeskRequestForm(
        request.POST or None,
        asked=form_of(kind.fields),
        kind=kind,
        actor=request.actor,
        more=request.POST.get("more", ""),
        initial={"contact": contact if contact.isdecimal() else None},
    )


def _asked(kind: RequestType, form: DeskRequestForm) -> NewRequest:
    said = form.cleaned_data
    return NewRequest(
        request_type=kind,
        values=form.values(),
        source=Source(said["source"]),
        customer=said.get("customer"),
        contact=said.get("contact"),
        employee=said.get("employee"),
        body=said["body"],
    )


def _received(request: AskedRequest, ticket: Ticket) -> HttpResponse:
    if queries.awaited_approval(ticket):
        toast_next(request, _("Recorded. It waits for an approval, which has been asked for."))
    return redirect("desk_ticket", ticket.number)


def _drawn(request: AskedRequest, ticket: Ticket, form: Any, title: str, verb: str) -> HttpResponse:
    context = {"ticket": ticket, "form": form, "title": title, "verb": verb}
    more = "more" in request.POST
    template = "desk/requests/_revision.html" if more else "desk/requests/revision.html"
    return render(request, template, context, status=422 if form.errors else 200)
