"""Pages of a clock's explanation, a ticket's pauses with their history, and outages."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.errors import NotFound
from opale.run.desk.actions import outages
from opale.run.desk.actions import pauses as pause_actions
from opale.run.desk.forms.clocks import OutageForm, PauseForm, PauseRecordForm
from opale.run.desk.models import Ticket
from opale.run.desk.queries import clocks, tickets
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.web import clock_explanations
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next


@require_GET
@needs(CONSOLE)
def show(request: ActorRequest, number: int, measure: str) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return _explained(
        request, clock_explanations.explain_ticket_clock(ticket, measure, clock.now())
    )


@require_GET
@needs(CONSOLE)
def of_work(request: ActorRequest, number: int, work_id: int, measure: str) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    found = clock_explanations.explain_assignment_clock(ticket, work_id, measure, clock.now())
    return _explained(request, found)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def pause(request: ActorRequest, number: int) -> HttpResponse:
    """Pause the ticket, from now or from a moment since receipt, until a date or a manual
    resume."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    form = PauseForm(request.POST or None)
    if request.method == "POST" and submit_form(
        form, lambda: pause_actions.pause_ticket(ticket, by=request.actor, **form.said())
    ):
        return redirect("desk_ticket", number)
    return _form(request, ticket, form, _("Wait"), _("Wait"))


@require_GET
@needs(CONSOLE)
def pauses(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    context = {
        "ticket": ticket,
        "pauses": clocks.pauses_of(ticket),
        "history": clocks.history_of_pauses(ticket),
        "may_work": tickets.may_work_on(ticket, request.actor),
    }
    return render(request, "desk/clocks/pauses.html", context)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def pause_record(request: ActorRequest, number: int) -> HttpResponse:
    """Record a pause that is over."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    form = PauseRecordForm(request.POST or None, over=True)
    if request.method == "POST" and submit_form(
        form, lambda: pause_actions.record_pause(ticket, by=request.actor, **form.said())
    ):
        return redirect("desk_pauses", number)
    return _form(request, ticket, form, _("A wait that is over"), _("Save"))


@require_http_methods(["GET", "POST"])
@needs(WORK)
def pause_correction(request: ActorRequest, number: int, pause_id: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    row = clocks.get_pause(ticket, pause_id)
    known = PauseRecordForm.initial_of(row)
    form = PauseRecordForm(request.POST or None, initial=known, over=row.ends is not None)
    if request.method == "POST" and submit_form(
        form, lambda: pause_actions.correct_pause(row, by=request.actor, **form.said())
    ):
        return redirect("desk_pauses", number)
    return _form(request, ticket, form, _("Correct the wait"), _("Save"))


@require_POST
@needs(WORK)
def pause_withdrawal(request: ActorRequest, number: int, pause_id: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    pause_actions.withdraw_pause(clocks.get_pause(ticket, pause_id), by=request.actor)
    toast_next(request, _("The wait is taken away; the history keeps it."))
    return redirect("desk_pauses", number)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def outage(request: ActorRequest, number: int) -> HttpResponse:
    """Edit when the service went down: the basis of its availability."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    known = ticket.outage_from or tickets.first_alert_at(ticket) or ticket.received_at
    form = OutageForm(request.POST or None, initial={"down": True, "since": known})
    if request.method == "POST" and submit_form(
        form, lambda: outages.set_outage(ticket, form.moment(), by=request.actor)
    ):
        return redirect("desk_ticket", number)
    return _form(request, ticket, form, _("The service was down from …"), _("Save"))


def _explained(request: ActorRequest, found: dict[str, Any] | None) -> HttpResponse:
    if found is None:
        raise NotFound
    return render(request, "desk/clocks/show.html", found)


def _form(request: ActorRequest, ticket: Ticket, form: Any, title: str, verb: str) -> HttpResponse:
    context = {"ticket": ticket, "form": form, "title": title, "verb": verb}
    return render(request, "desk/tickets/form.html", context, status=422 if form.errors else 200)
