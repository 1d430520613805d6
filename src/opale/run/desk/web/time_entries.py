"""Time entries and the timer, in a region of the ticket's page."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.errors import Invalid
from opale.run.desk.actions import time_entries
from opale.run.desk.models import Ticket, TimeEntry
from opale.run.desk.queries import tickets
from opale.run.desk.queries import time_entries as time_entry_queries
from opale.run.desk.rights import CONSOLE, WORK
from opale.ui.toasts import toast, toast_next
from opale.ui.typed_dates import WhenField


class TimeForm(forms.Form):
    starts = WhenField(label=gettext_lazy("From"), past=True)
    ends = WhenField(label=gettext_lazy("Until"), past=True)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


@require_GET
@needs(CONSOLE)
def spent(request: ActorRequest, number: int) -> HttpResponse:
    return _region(request, tickets.get_ticket(number, seen_by=request.actor))


@require_POST
@needs(WORK)
def start(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    time_entries.start_timer(ticket, by=request.actor)
    return _answer(request, ticket, _("Your timer runs."))


@require_POST
@needs(WORK)
def stop(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    time_entries.stop_timer(by=request.actor)
    return _answer(request, ticket, _("Your timer has stopped."))


@require_http_methods(["GET", "POST"])
@needs(WORK)
def log(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    form = TimeForm(request.POST or None, initial={"ends": clock.now()})
    if request.method == "POST" and form.is_valid():
        try:
            time_entries.log_time(ticket, by=request.actor, **form.cleaned_data)
        except Invalid as refusal:
            _add_errors(form, refusal)
        else:
            toast_next(request, _("Written down."))
            return redirect("desk_ticket", number)
    return _page(request, ticket, form, _("Time spent"))


@require_http_methods(["GET", "POST"])
@needs(WORK)
def correct(request: ActorRequest, number: int, entry_id: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    entry = time_entry_queries.get_time_entry(ticket, entry_id)
    form = TimeForm(request.POST or None, initial=_initial(entry))
    if request.method == "POST" and form.is_valid():
        try:
            time_entries.correct_time(entry, by=request.actor, **form.cleaned_data)
        except Invalid as refusal:
            _add_errors(form, refusal)
        else:
            toast_next(request, _("Corrected; what it said before is kept."))
            return redirect("desk_ticket", number)
    return _page(request, ticket, form, _("Correct time spent"))


@require_POST
@needs(WORK)
def remove(request: ActorRequest, number: int, entry_id: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    time_entries.remove_time(time_entry_queries.get_time_entry(ticket, entry_id), by=request.actor)
    return _answer(request, ticket, _("Removed; its history is kept."))


def _initial(entry: TimeEntry) -> dict[str, Any]:
    return {"starts": entry.starts, "ends": entry.ends, "note": entry.note}


def _region(request: ActorRequest, ticket: Ticket) -> HttpResponse:
    time = time_entry_queries.time_spent(ticket, seen_by=request.actor)
    contract = next((e.contract for e in time.entries if e.contract), None)
    context = {
        "ticket": ticket,
        "spent": time,
        "actor": request.actor,
        "corrections": time_entry_queries.history_of_time(ticket),
        "said": time_entry_queries.HISTORY_FIELDS,
        "may_work": tickets.may_work_on(ticket, request.actor),
        "hours": time_entry_queries.contract_hours_of(contract, clock.now().date())
        if contract
        else None,
    }
    return render(request, "desk/time/_spent.html", context)


def _answer(request: ActorRequest, ticket: Ticket, said: str) -> HttpResponse:
    if not request.htmx:
        toast_next(request, said)
        return redirect("desk_ticket", ticket.number)
    return toast(_region(request, ticket), said)


def _page(request: ActorRequest, ticket: Ticket, form: forms.Form, title: str) -> HttpResponse:
    context = {"ticket": ticket, "form": form, "title": title, "verb": _("Save")}
    return render(request, "desk/tickets/form.html", context, status=422 if form.errors else 200)


def _add_errors(form: forms.Form, refusal: Invalid) -> None:
    for name, sentence in refusal.fields.items():
        form.add_error(name if name in form.fields else None, sentence)
