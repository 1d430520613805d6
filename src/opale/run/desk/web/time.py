"""Time spent: the timer and the entries, in a region of the ticket's page."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import AskedRequest, needs
from opale.kernel import clock
from opale.kernel.errors import Invalid
from opale.run.desk import actions, queries
from opale.run.desk.models import Ticket, TimeEntry
from opale.run.desk.rights import CONSOLE, WORK
from opale.ui.toasts import toast, toast_next
from opale.ui.whens import WhenField


class TimeForm(forms.Form):
    starts = WhenField(label=gettext_lazy("From"), past=True)
    ends = WhenField(label=gettext_lazy("Until"), past=True)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


@require_GET
@needs(CONSOLE)
def spent(request: AskedRequest, number: int) -> HttpResponse:
    return _region(request, queries.get_ticket(number, seen_by=request.actor))


@require_POST
@needs(WORK)
def start(request: AskedRequest, number: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    actions.start_timer(ticket, by=request.actor)
    return _answer(request, ticket, _("Your timer runs."))


@require_POST
@needs(WORK)
def stop(request: AskedRequest, number: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    actions.stop_timer(by=request.actor)
    return _answer(request, ticket, _("Your timer has stopped."))


@require_http_methods(["GET", "POST"])
@needs(WORK)
def log(request: AskedRequest, number: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    form = TimeForm(request.POST or None, initial={"ends": clock.now()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.log_time(ticket, by=request.actor, **form.cleaned_data)
        except Invalid as refusal:
            _add_errors(form, refusal)
        else:
            toast_next(request, _("Written down."))
            return redirect("desk_ticket", number)
    return _page(request, ticket, form, _("Time spent"))


@require_http_methods(["GET", "POST"])
@needs(WORK)
def correct(request: AskedRequest, number: int, entry_id: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    entry = queries.get_time_entry(ticket, entry_id)
    form = TimeForm(request.POST or None, initial=_initial(entry))
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_time(entry, by=request.actor, **form.cleaned_data)
        except Invalid as refusal:
            _add_errors(form, refusal)
        else:
            toast_next(request, _("Corrected; what it said before is kept."))
            return redirect("desk_ticket", number)
    return _page(request, ticket, form, _("Correct time spent"))


@require_POST
@needs(WORK)
def remove(request: AskedRequest, number: int, entry_id: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    actions.remove_time(queries.get_time_entry(ticket, entry_id), by=request.actor)
    return _answer(request, ticket, _("Removed; its history is kept."))


def _initial(entry: TimeEntry) -> dict[str, Any]:
    return {"starts": entry.starts, "ends": entry.ends, "note": entry.note}


def _region(request: AskedRequest, ticket: Ticket) -> HttpResponse:
    time = queries.time_spent(ticket, seen_by=request.actor)
    contract = next((e.contract for e in time.entries if e.contract), None)
    context = {
        "ticket": ticket,
        "spent": time,
        "actor": request.actor,
        "corrections": queries.history_of_time(ticket),
        "said": queries.SAID,
        "may_work": queries.may_work_on(ticket, request.actor),
        "hours": queries.hours_of(contract, clock.now().date()) if contract else None,
    }
    return render(request, "desk/time/_spent.html", context)


def _answer(request: AskedRequest, ticket: Ticket, said: str) -> HttpResponse:
    if not request.htmx:
        toast_next(request, said)
        return redirect("desk_ticket", ticket.number)
    return toast(_region(request, ticket), said)


def _page(request: AskedRequest, ticket: Ticket, form: forms.Form, title: str) -> HttpResponse:
    context = {"ticket": ticket, "form": form, "title": title, "verb": _("Save")}
    return render(request, "desk/tickets/form.html", context, status=422 if form.errors else 200)


def _add_errors(form: forms.Form, refusal: Invalid) -> None:
    for name, sentence in refusal.fields.items():
        form.add_error(name if name in form.fields else None, sentence)
