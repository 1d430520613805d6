"""Settings of the desk for administrators: streams, and targets of levels."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.organisation.models import WorkingCalendar
from opale.organisation.queries.reference import calendars
from opale.run.desk.actions import desk_settings
from opale.run.desk.models import Level, LevelTarget, StreamSettings
from opale.run.desk.queries import answers, incoming_mail
from opale.run.desk.rights import ADMINISTER
from opale.run.desk.web.assignments import add_errors
from opale.ui.toasts import toast_next

PRIORITIES = [("", gettext_lazy("All priorities")), *((n, f"P{n}") for n in range(1, 6))]


class StreamForm(forms.Form):
    engineer_answers = forms.ChoiceField(
        label=gettext_lazy("Answers that engineers write"), choices=StreamSettings.Answers.choices
    )
    triage_minutes = forms.IntegerField(
        label=gettext_lazy("Triage within (minutes)"), min_value=1, max_value=10_000
    )


class LevelTargetForm(forms.Form):
    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=Level.choices)
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), choices=PRIORITIES, coerce=int, empty_value=None,
        required=False,
    )  # fmt: skip
    accept_minutes = forms.IntegerField(
        label=gettext_lazy("Accepts within (minutes)"), min_value=1, max_value=100_000
    )
    deliver_minutes = forms.IntegerField(
        label=gettext_lazy("Delivers within (minutes)"), min_value=1, max_value=100_000
    )
    calendar: "forms.ModelChoiceField[WorkingCalendar]" = forms.ModelChoiceField(
        label=gettext_lazy("Hours"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Day and night"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Any]", self.fields["calendar"]).queryset = calendars(
            seen_by=actor
        )

    def lengths(self) -> dict[str, timedelta]:
        said = self.cleaned_data
        return {name: timedelta(minutes=said[f"{name}_minutes"]) for name in ("accept", "deliver")}


@require_GET
@needs(ADMINISTER)
def show(request: ActorRequest) -> HttpResponse:
    context = {
        "streams": answers.stream_settings(seen_by=request.actor),
        "targets": answers.level_targets(seen_by=request.actor),
        "mailboxes": incoming_mail.mailboxes(seen_by=request.actor),
    }
    return render(request, "desk/settings/show.html", context)


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def stream(request: ActorRequest, stream: str) -> HttpResponse:
    held = answers.get_stream(stream, seen_by=request.actor)
    minutes = int(held.triage_target.total_seconds() // 60)
    initial = {"engineer_answers": held.engineer_answers, "triage_minutes": minutes}
    form = StreamForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        desk_settings.edit_stream(
            held,
            by=request.actor,
            engineer_answers=said["engineer_answers"],
            triage_target=timedelta(minutes=said["triage_minutes"]),
        )
        return _saved(request)
    return _form(request, form, held.get_stream_display())


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def level_target(request: ActorRequest, target_id: int | None = None) -> HttpResponse:
    """Add a target, or with its id change the one of the same level and priority."""
    held = answers.get_level_target(target_id, seen_by=request.actor) if target_id else None
    form = LevelTargetForm(request.POST or None, initial=_initial(held), actor=request.actor)
    if held:
        form.fields["level"].disabled = form.fields["priority"].disabled = True
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            desk_settings.set_level_target(
                said["level"],
                said["priority"] or None,
                by=request.actor,
                calendar=said["calendar"],
                **form.lengths(),
            )
        except Invalid as refusal:
            add_errors(form, refusal)
        else:
            return _saved(request)
    return _form(request, form, _("What a level promises"))


@require_POST
@needs(ADMINISTER)
def level_target_end(request: ActorRequest, target_id: int) -> HttpResponse:
    held = answers.get_level_target(target_id, seen_by=request.actor)
    desk_settings.remove_level_target(held, by=request.actor)
    return _saved(request)


def _initial(held: LevelTarget | None) -> dict[str, Any]:
    if held is None:
        return {}
    return {
        "level": held.level,
        "priority": held.priority or "",
        "accept_minutes": int(held.accept.total_seconds() // 60),
        "deliver_minutes": int(held.deliver.total_seconds() // 60),
        "calendar": held.calendar_id,
    }


def _saved(request: ActorRequest) -> HttpResponse:
    toast_next(request, _("Saved."))
    return redirect("desk_settings")


def _form(request: ActorRequest, form: Any, title: str) -> HttpResponse:
    context = {"form": form, "title": title}
    return render(request, "desk/settings/form.html", context, status=422 if form.errors else 200)
