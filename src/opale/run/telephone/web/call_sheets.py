"""The call sheet: the caller, open tickets, and a new ticket in a few keys."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.errors import Invalid
from opale.run.desk.models import Kind, Ticket
from opale.run.desk.queries.tickets import get_ticket
from opale.run.telephone.actions import tickets
from opale.run.telephone.forms import SheetForm
from opale.run.telephone.models import Call
from opale.run.telephone.queries import call_sheets, calls
from opale.run.telephone.queries.call_sheets import Caller
from opale.run.telephone.rights import WORK
from opale.run.telephone.states import WAITING, Dismissal
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next

PAGE = "telephone/sheet/show.html"
REGION = "telephone/sheet/_sheet.html"


@require_GET
@needs(WORK)
def now(request: ActorRequest) -> HttpResponse:
    """Show what F2 opens: the present call, else an empty sheet."""
    going_on = calls.ongoing_calls(seen_by=request.actor, at=clock.now())
    if going_on:
        return redirect("telephone_call", going_on[0].pk)
    return redirect("telephone_sheet")


@require_http_methods(["GET", "POST"])
@needs(WORK)
def blank(request: ActorRequest) -> HttpResponse:
    """Show a sheet for a call that no telephone system reported."""
    return _sheet(request, None)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def show(request: ActorRequest, call_id: int) -> HttpResponse:
    return _sheet(request, calls.get_call(call_id, seen_by=request.actor))


@require_GET
@needs(WORK)
def state(request: ActorRequest, call_id: int) -> HttpResponse:
    """Return the state of the call while the sheet is being filled in."""
    call = calls.get_call(call_id, seen_by=request.actor)
    return render(request, "telephone/sheet/_call.html", {"call": call})


@require_POST
@needs(WORK)
def affected(request: ActorRequest, call_id: int, number: int) -> HttpResponse:
    return _affected(request, calls.get_call(call_id, seen_by=request.actor), number)


@require_POST
@needs(WORK)
def affected_by_hand(request: ActorRequest, number: int) -> HttpResponse:
    return _affected(request, None, number)


@require_POST
@needs(WORK)
def put(request: ActorRequest, call_id: int, number: int) -> HttpResponse:
    """Link the call to an existing ticket."""
    call = calls.get_call(call_id, seen_by=request.actor)
    ticket = get_ticket(number, seen_by=request.actor)
    caller = _caller(request, call)
    ticket = tickets.link_call_to_ticket(call, ticket, contact=caller.contact, by=request.actor)
    return _to(request, ticket, _("Call linked to %(number)s.") % {"number": ticket.reference})


def _affected(request: ActorRequest, call: Call | None, number: int) -> HttpResponse:
    caller = _caller(request, call)
    if caller.customer is None:
        raise Invalid(_("Choose the caller first."))
    felt = call_sheets.get_affecting_incident(caller.customer, number, seen_by=request.actor)
    ticket = tickets.add_affected_caller(
        felt, customer=caller.customer, contact=caller.contact, call=call, by=request.actor
    )
    said = _("Caller added to %(number)s. They will receive its updates.")
    return _to(request, ticket, said % {"number": felt.ticket.reference})


def _sheet(request: ActorRequest, call: Call | None) -> HttpResponse:
    caller = _caller(request, call)
    form = _form(request, caller)
    opened: list[Ticket] = []
    if request.method == "POST" and submit_form(
        form,
        lambda: opened.append(tickets.open_ticket(form.sheet(), call=call, by=request.actor)),
    ):
        return _to(
            request,
            opened[0],
            _("%(number)s opened and assigned to you.") % {"number": opened[0].reference},
        )
    context = _about(request, call, caller) | {"form": form}
    template = REGION if request.htmx else PAGE
    return render(request, template, context, status=422 if form.errors else 200)


def _form(request: ActorRequest, caller: Caller) -> SheetForm:
    told = request.POST if request.method == "POST" else None
    kept = {name: request.GET.get(name, "") for name in ("subject", "body", "service", "kind")}
    initial: dict[str, Any] = {
        **kept,
        "kind": kept["kind"] or Kind.REQUEST,
        "impact": request.GET.get("impact", "3"),
        "urgency": request.GET.get("urgency", "3"),
        "contact": caller.contact.pk if caller.contact else None,
        "customer": caller.customer.pk if caller.customer else None,
        "began_at": request.GET.get("began_at") or clock.now().isoformat(),
    }
    return SheetForm(told, initial=initial, by=request.actor, caller=caller)


def _caller(request: ActorRequest, call: Call | None) -> Caller:
    said = request.POST if request.method == "POST" else request.GET
    return call_sheets.get_caller(
        call,
        seen_by=request.actor,
        contact_id=_number(said.get("contact", "")),
        customer_id=_number(said.get("customer", "")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _about(request: ActorRequest, call: Call | None, caller: Caller) -> dict[str, Any]:
    """Return what is shown beside the form."""
    actor, customer = request.actor, caller.customer
    found = call_sheets.services_of(customer, seen_by=actor) if customer else []
    language = caller.contact.language if caller.contact else ""
    incidents = (
        call_sheets.incidents_affecting(customer, seen_by=actor, language=language)
        if customer
        else []
    )
    felt = {one.ticket.pk for one in incidents}
    return {
        "call": call,
        "visible_ticket": calls.visible_ticket(call, seen_by=actor) if call else None,
        "caller": caller,
        "own_url": _address(call),
        "services": found[: call_sheets.SERVICES],
        "more_services": len(found) > call_sheets.SERVICES,
        "incidents": incidents,
        "said_in": language or (customer.language if customer else ""),
        "tickets": call_sheets.open_tickets_of(caller, besides=felt, seen_by=actor),
        "earlier": calls.earlier_calls(call, seen_by=actor) if call else [],
        "waits": call is not None and call.follow_up in WAITING,
        "reasons": Dismissal.choices,
        "unknown_number": actor.can("customers.edit_contacts")
        and call_sheets.is_unknown_number(call, caller),
    }


def _address(call: Call | None) -> str:
    return reverse("telephone_call", args=[call.pk]) if call else reverse("telephone_sheet")


def _to(request: ActorRequest, ticket: Ticket, said: str) -> HttpResponse:
    toast_next(request, said)
    where = reverse("desk_ticket", args=[ticket.number])
    return HttpResponse(headers={"HX-Redirect": where}) if request.htmx else redirect(where)
