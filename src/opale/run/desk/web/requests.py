"""Requests at the desk: creation, answers, correction, routing, rejection."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Invalid, NotAllowed
from opale.kernel.whole_numbers import parse_number
from opale.run.desk.actions import requests
from opale.run.desk.actions.requests import NewRequest
from opale.run.desk.domain.catalogue.form_fields import in_language, parse_form
from opale.run.desk.forms.request_decisions import DecisionForm
from opale.run.desk.forms.requests import DeskRequestForm, FilledForm, initial_values
from opale.run.desk.models import RequestType, Source, Ticket
from opale.run.desk.queries import requests as request_queries
from opale.run.desk.queries import tickets
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.web.request_context import request_history, route_preview, sheet_context
from opale.ui.pickers import narrow_pickers
from opale.ui.toasts import toast_next


@require_GET
@needs(WORK)
def choose(request: ActorRequest) -> HttpResponse:
    """Show the catalogue, filtered by text; the recently requested types come first."""
    text = request.GET.get("q", "").strip()
    types = request_queries.request_types(seen_by=request.actor, text=text)
    context = {
        "types": request_queries.recent_first(types),
        "q": text,
        "url_name": "desk_request_new",
    }
    template = "desk/requests/_types.html" if request.htmx else "desk/requests/choose.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def new(request: ActorRequest, code: str) -> HttpResponse:
    kind = request_queries.get_request_type(code, seen_by=request.actor)
    form = _desk_form(request, kind)
    if request.method == "POST" and "more" not in request.POST and form.is_valid():
        try:
            ticket = requests.receive_request(_asked(kind, form), by=request.actor)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return _received(request, ticket)
    context = {"form": form, "kind": kind, "title": in_language(kind.name_en, kind.name_fr)}
    template = "desk/requests/_new.html" if "more" in request.POST else "desk/requests/new.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@needs(WORK)
def outlook(request: ActorRequest, code: str) -> HttpResponse:
    """Preview where a request would be routed and why, and which approvals it would need."""
    kind = request_queries.get_request_type(code, seen_by=request.actor)
    form = _desk_form(request, kind)
    form.is_valid()
    said = form.cleaned_data
    context = route_preview(kind, form.values(), said.get("contact"), said.get("customer"))
    return render(request, "desk/requests/_outlook.html", context)


@require_GET
@needs(CONSOLE)
def sheet(request: ActorRequest, number: int) -> HttpResponse:
    """Show the answers, the route and the approvals: a region of the ticket's page."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    context = {"ticket": ticket, "sheet": sheet_context(ticket, request.actor)}
    return render(request, "desk/requests/_sheet.html", context)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def revision(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    details = request_queries.details_of(ticket, seen_by=request.actor)
    asked = parse_form(details.fields)
    form = FilledForm(
        request.POST or None,
        asked=asked,
        by=request.actor,
        initial=initial_values(asked, details.values),
        more=request.POST.get("more", ""),
    )
    narrow_pickers(form, customer=ticket.customer_id)
    if request.method == "POST" and "more" not in request.POST and form.is_valid():
        try:
            requests.revise_request(ticket, form.values(), by=request.actor)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return redirect("desk_ticket", number)
    return _drawn(request, ticket, form, _("Edit request"), _("Save"))


@require_GET
@needs(CONSOLE)
def history(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    details = request_queries.details_of(ticket, seen_by=request.actor)
    context = {"ticket": ticket, "lines": request_history(ticket, details)}
    return render(request, "desk/requests/history.html", context)


@require_GET
@needs(CONSOLE)
def routing_reason(request: ActorRequest, number: int) -> HttpResponse:
    """Show each rule that was tried, each condition with its facts."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    details = request_queries.details_of(ticket, seen_by=request.actor)
    context = {"details": details, "routed": request_queries.route_of(details, ticket.service)}
    return render(request, "desk/requests/_route.html", context)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def decision(request: ActorRequest, number: int) -> HttpResponse:
    """Record the decision of a contact, given on the telephone."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    form = DecisionForm(request.POST or None, ticket=ticket, by=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            form.decide(by=request.actor)
        except (Invalid, NotAllowed) as refusal:
            form.add_error("contact", refusal.sentence)
        else:
            toast_next(request, _("Decision recorded."))
            return redirect("desk_ticket", number)
    return _drawn(request, ticket, form, _("Record approval given by phone"), _("Record decision"))


def _desk_form(request: ActorRequest, kind: RequestType) -> DeskRequestForm:
    contact = request.GET.get("contact", "")
    return DeskRequestForm(
        request.POST or None,
        asked=parse_form(kind.fields),
        kind=kind,
        by=request.actor,
        more=request.POST.get("more", ""),
        initial={"contact": parse_number(contact)},
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


def _received(request: ActorRequest, ticket: Ticket) -> HttpResponse:
    if request_queries.awaited_approval(ticket):
        toast_next(request, _("Request recorded. Approval has been requested."))
    return redirect("desk_ticket", ticket.number)


def _drawn(request: ActorRequest, ticket: Ticket, form: Any, title: str, verb: str) -> HttpResponse:
    context = {"ticket": ticket, "form": form, "title": title, "verb": verb}
    more = "more" in request.POST
    template = "desk/requests/_revision.html" if more else "desk/requests/revision.html"
    return render(request, template, context, status=422 if form.errors else 200)
