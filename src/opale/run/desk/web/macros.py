"""Macros on a ticket: choice, preview and run; and the pages that edit them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.dates import parse_instant
from opale.kernel.errors import NotAllowed
from opale.run.desk.actions import macro_definitions, macros
from opale.run.desk.actions.macro_definitions import may_edit_macro
from opale.run.desk.forms.macros import MacroPageForm
from opale.run.desk.models import Macro
from opale.run.desk.queries import macros as macro_queries
from opale.run.desk.queries import tickets
from opale.run.desk.rights import ADMINISTER, CONSOLE, WORK
from opale.ui.forms import submit_form
from opale.ui.toasts import toast, toast_next


@require_GET
@needs(WORK)
def offered(request: ActorRequest, number: int) -> HttpResponse:
    """Show the macros for this ticket, each with a digit."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    found = macro_queries.offered_macros(ticket, seen_by=request.actor)
    language = (get_language() or "fr")[:2]
    context = {"ticket": ticket, "macros": [(row, row.name(language)) for row in found]}
    return _panel(request, "desk/macros/_offered.html", context)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def running(request: ActorRequest, number: int, macro_id: int) -> HttpResponse:
    """Preview the macro, tried on the ticket and rolled back; a POST runs it."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    macro = macro_queries.get_macro(macro_id, seen_by=request.actor)
    name = macro.name((get_language() or "fr")[:2])
    if request.method == "GET":
        tried = macros.try_macro(ticket, macro, by=request.actor)
        context = {"ticket": ticket, "macro": macro, "name": name, "tried": tried}
        context["seen"] = ticket.updated_at.isoformat()
        return _panel(request, "desk/macros/_preview.html", context)
    seen = parse_instant(request.POST.get("seen", ""))
    run = macros.run_macro(ticket, macro, by=request.actor, seen=seen)
    undo = reverse("desk_undo_macro", args=[run.pk]) if run.back else ""
    said = _("Macro run: %(name)s") % {"name": name}
    if not request.htmx:
        toast_next(request, said, undo=undo)
        return redirect("desk_ticket", number)
    return toast(render(request, "desk/macros/_closed.html", {"ticket": ticket}), said, undo=undo)


@require_GET
@needs(CONSOLE)
def closed(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return render(request, "desk/macros/_closed.html", {"ticket": ticket})


@require_http_methods(["GET", "POST"])
@needs(CONSOLE)
def new(request: ActorRequest) -> HttpResponse:
    if not _may_write(request.actor):
        raise NotAllowed
    form = MacroPageForm(request.POST or None, by=request.actor, macro=None)
    if request.method == "POST" and submit_form(
        form, lambda: macro_definitions.create_macro(by=request.actor, **form.arguments())
    ):
        toast_next(request, _("Saved."))
        return redirect("desk_macros")
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
@needs(CONSOLE)
def edit(request: ActorRequest, macro_id: int) -> HttpResponse:
    macro = macro_queries.get_macro(macro_id, seen_by=request.actor)
    initial = MacroPageForm.initial_of(macro)
    form = MacroPageForm(request.POST or None, initial=initial, by=request.actor, macro=macro)
    if request.method == "POST" and submit_form(
        form, lambda: macro_definitions.edit_macro(macro, by=request.actor, **form.arguments())
    ):
        toast_next(request, _("Saved."))
        return redirect("desk_macros")
    return _form(request, form, macro)


def _may_write(actor: Actor) -> bool:
    return actor.can(WORK) or actor.can(ADMINISTER)


def _panel(request: ActorRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render the panel in place for htmx, else as a page of its own."""
    if request.htmx:
        return render(request, template, context)
    return render(request, "desk/macros/panel.html", {**context, "template": template})


def _form(request: ActorRequest, form: MacroPageForm, macro: Macro | None) -> HttpResponse:
    context = {
        "form": form,
        "macro": macro,
        "may_edit": macro is None or may_edit_macro(macro, request.actor),
        "uses": macro_queries.uses_of_macro(macro) if macro else [],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "desk/macros/edit.html", context, status=status)
