"""Macros on a ticket: choice, preview, run and undo; and the pages that edit them."""

from typing import Any, cast

from django import forms
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed
from opale.organisation.queries.teams import teams
from opale.run.desk.actions import macro_definitions, macros
from opale.run.desk.actions.macro_definitions import MacroInput, may_edit_macro
from opale.run.desk.actions.macros import MacroActs
from opale.run.desk.models import Grade, Kind, Macro, Pause
from opale.run.desk.queries import macros as macro_queries
from opale.run.desk.queries import text_modules, tickets
from opale.run.desk.rights import ADMINISTER, CONSOLE, WORK
from opale.ui.forms import submit_form
from opale.ui.toasts import toast, toast_next

AS_IT_IS = ("", gettext_lazy("As it is"))


def _number(text: Any) -> int | None:
    return int(text) if text not in ("", None) else None


class MacroForm(forms.Form):
    name_fr = forms.CharField(label=gettext_lazy("Name in French"), max_length=100)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=100)
    only_kind = forms.ChoiceField(
        label=gettext_lazy("For tickets of the kind"),
        choices=[("", gettext_lazy("Any")), *Kind.choices],
        required=False,
    )
    most_priority = forms.TypedChoiceField(
        label=gettext_lazy("Up to priority"),
        choices=[(1, "P1"), (2, "P2"), (3, "P3"), (4, "P4"), (5, "P5")],
        coerce=int,
        initial=1,
    )
    only_mine = forms.BooleanField(
        label=gettext_lazy("Only on tickets of one’s own"), required=False
    )
    take = forms.BooleanField(label=gettext_lazy("Take the ticket"), required=False)
    impact = forms.TypedChoiceField(
        label=gettext_lazy("Impact"),
        choices=[AS_IT_IS, *Grade.choices],
        coerce=_number,
        empty_value=None,
        required=False,
    )
    urgency = forms.TypedChoiceField(
        label=gettext_lazy("Urgency"),
        choices=[AS_IT_IS, *Grade.choices],
        coerce=_number,
        empty_value=None,
        required=False,
    )
    tags = forms.CharField(label=gettext_lazy("Add tags"), max_length=200, required=False)
    note_fr = forms.CharField(
        label=gettext_lazy("Internal note in French"), widget=forms.Textarea, required=False
    )
    note_en = forms.CharField(
        label=gettext_lazy("Internal note in English"), widget=forms.Textarea, required=False
    )
    module_id = forms.TypedChoiceField(
        label=gettext_lazy("Answer with the text module"),
        coerce=_number,
        empty_value=None,
        required=False,
    )
    team_id = forms.TypedChoiceField(
        label=gettext_lazy("Ask a team for work"), coerce=_number, empty_value=None, required=False
    )
    pause = forms.ChoiceField(
        label=gettext_lazy("Wait"),
        choices=[("", gettext_lazy("Does not wait")), *Pause.Kind.choices],
        required=False,
    )
    pause_minutes = forms.IntegerField(
        label=gettext_lazy("Wait for so many minutes"), min_value=1, required=False
    )
    restore = forms.BooleanField(
        label=gettext_lazy("Say that the service works again"), required=False
    )
    resolve = forms.BooleanField(label=gettext_lazy("Resolve it"), required=False)
    cause_fr = forms.CharField(
        label=gettext_lazy("Cause in French"), widget=forms.Textarea, required=False
    )
    cause_en = forms.CharField(
        label=gettext_lazy("Cause in English"), widget=forms.Textarea, required=False
    )
    close = forms.BooleanField(label=gettext_lazy("Close it"), required=False)
    personal = forms.BooleanField(
        label=gettext_lazy("For me alone"),
        required=False,
        help_text=gettext_lazy("Nobody else is offered it."),
    )

    def __init__(self, *args: Any, actor: Actor, macro: Macro | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = (get_language() or "fr")[:2]
        modules = text_modules.text_modules(seen_by=actor).order_by("folder", "pk")
        self._choose("module_id", [(row.pk, row.name(language)) for row in modules])
        named = teams(seen_by=actor).order_by("name").values_list("pk", "name")
        self._choose("team_id", list(named))
        # Only leads may edit shared ones, everybody their own: without a choice, none is shown.
        self._fixed: bool | None = None
        if (macro is not None and macro.person_id is None) or not actor.can(WORK):
            self._fixed = False
        elif not actor.can(ADMINISTER):
            self._fixed = True
        if self._fixed is not None:
            del self.fields["personal"]
        if macro is not None and not may_edit_macro(macro, actor):
            for name in self.fields:
                self.fields[name].disabled = True

    def _choose(self, name: str, choices: list[tuple[int, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", _("Nothing")), *choices]

    def sheet(self) -> MacroInput:
        said = dict(self.cleaned_data)
        personal = said.pop("personal", False) if self._fixed is None else self._fixed
        outer = {
            name: said.pop(name)
            for name in ("name_fr", "name_en", "only_kind", "only_mine", "most_priority")
        }
        said["tags"] = tuple(tag.strip() for tag in said["tags"].split(",") if tag.strip())
        return MacroInput(acts=MacroActs(**said), personal=personal, **outer)

    @staticmethod
    def initial_of(macro: Macro) -> dict[str, Any]:
        sheet = MacroInput.of(macro)
        held = {name: getattr(sheet.acts, name) for name in MacroActs.__dataclass_fields__}
        outer = {name: getattr(sheet, name) for name in MacroInput.__dataclass_fields__}
        return {**held, **outer, "tags": ", ".join(sheet.acts.tags)}


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
    seen = parse_datetime(request.POST.get("seen", ""))
    run = macros.run_macro(ticket, macro, by=request.actor, seen=seen)
    undo = reverse("desk_macro_undo", args=[run.pk]) if run.back else ""
    said = _("Done: %(name)s") % {"name": name}
    if not request.htmx:
        toast_next(request, said, undo=undo)
        return redirect("desk_ticket", number)
    return toast(render(request, "desk/macros/_closed.html", {"ticket": ticket}), said, undo=undo)


@require_GET
@needs(CONSOLE)
def closed(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return render(request, "desk/macros/_closed.html", {"ticket": ticket})


@require_POST
@needs(WORK)
def undoing(request: ActorRequest, run_id: int) -> HttpResponse:
    run = macro_queries.get_macro_run(run_id, seen_by=request.actor)
    macros.undo_macro(run, by=request.actor)
    if not request.htmx:
        toast_next(request, _("Taken back."))
        return redirect("desk_ticket", run.ticket.number)
    return toast(HttpResponse(status=204), _("Taken back."))


@require_GET
@needs(CONSOLE)
def listing(request: ActorRequest) -> HttpResponse:
    retired = bool(request.GET.get("retired"))
    rows = macro_queries.macros(seen_by=request.actor, retired=True)
    rows = rows.filter(retired_at__isnull=not retired).order_by(F("times").desc(), "pk")
    language = (get_language() or "fr")[:2]
    context = {
        "macros": [{"row": row, "name": row.name(language)} for row in rows[:500]],
        "retired": retired,
        "may_write": _may_write(request.actor),
    }
    return render(request, "desk/macros/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(CONSOLE)
def new(request: ActorRequest) -> HttpResponse:
    if not _may_write(request.actor):
        raise NotAllowed
    form = MacroForm(request.POST or None, actor=request.actor, macro=None)
    if request.method == "POST" and submit_form(
        form, lambda: macro_definitions.create_macro(form.sheet(), by=request.actor)
    ):
        toast_next(request, _("Saved. It is offered from now on."))
        return redirect("desk_macros")
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
@needs(CONSOLE)
def edit(request: ActorRequest, macro_id: int) -> HttpResponse:
    macro = macro_queries.get_macro(macro_id, seen_by=request.actor)
    initial = MacroForm.initial_of(macro)
    form = MacroForm(request.POST or None, initial=initial, actor=request.actor, macro=macro)
    if request.method == "POST" and submit_form(
        form, lambda: macro_definitions.edit_macro(macro, form.sheet(), by=request.actor)
    ):
        toast_next(request, _("Saved."))
        return redirect("desk_macros")
    return _form(request, form, macro)


@require_POST
@needs(CONSOLE)
def retirement(request: ActorRequest, macro_id: int) -> HttpResponse:
    macro_definitions.retire_macro(
        macro_queries.get_macro(macro_id, seen_by=request.actor), by=request.actor
    )
    undo = reverse("desk_macro_reinstate", args=[macro_id])
    toast_next(request, _("It is offered no more."), undo=undo)
    return redirect("desk_macros")


@require_POST
@needs(CONSOLE)
def reinstatement(request: ActorRequest, macro_id: int) -> HttpResponse:
    macro_definitions.reinstate_macro(
        macro_queries.get_macro(macro_id, seen_by=request.actor), by=request.actor
    )
    toast_next(request, _("Offered again."))
    return redirect("desk_macros")


def _may_write(actor: Actor) -> bool:
    return actor.can(WORK) or actor.can(ADMINISTER)


def _panel(request: ActorRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render the panel in place for htmx, else as a page of its own."""
    if request.htmx:
        return render(request, template, context)
    return render(request, "desk/macros/panel.html", {**context, "template": template})


def _form(request: ActorRequest, form: MacroForm, macro: Macro | None) -> HttpResponse:
    context = {
        "form": form,
        "macro": macro,
        "may_edit": macro is None or may_edit_macro(macro, request.actor),
        "uses": macro_queries.uses_of_macro(macro) if macro else [],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "desk/macros/edit.html", context, status=status)
